#include "adapter/store/lock_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace facet::store {

Result<std::unique_ptr<LockFile>> LockFile::Acquire(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    const bool no_directory = errno == ENOENT;  // O_CREAT makes the file itself
    return MakeError(ErrorCode::kStoreOpen, path,
                     no_directory ? "its directory does not exist" : std::generic_category().message(errno));
  }
  std::unique_ptr<LockFile> lock(new LockFile(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return MakeError(ErrorCode::kStoreLocked, path, "another facet-adapter process uses this store");
    }
    return MakeError(ErrorCode::kStoreOpen, path, std::generic_category().message(errno));
  }
  // The file stays when the lock goes: removing it would let two processes hold locks on two files of one name.
  return lock;
}

LockFile::~LockFile() { ::close(descriptor_); }

}  // namespace facet::store
