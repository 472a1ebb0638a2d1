#pragma once
// One writer a store: an advisory lock on "<store>.lock", held as long as the object lives. Readers (operators'
// commands) do not take it. The kernel frees it when the process dies, however it dies.
// Thread: one. Owns: the descriptor. Errors: store.locked, store.open.
#include "adapter/base/result.hpp"

#include <memory>
#include <string>

namespace facet::store {

class LockFile {
 public:
  static Result<std::unique_ptr<LockFile>> Acquire(const std::string& path);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace facet::store
