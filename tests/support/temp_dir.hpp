#pragma once
// A directory of a test's own, removed with everything in it when the test ends.
// Thread: one. Owns: the directory. Errors: aborts when there is none to be had.
#include "adapter/base/check.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace facet::support {

class TempDir {
 public:
  explicit TempDir(const std::string& name = "facet-test") {
    std::string pattern = (std::filesystem::temp_directory_path() / (name + ".XXXXXX")).string();
    ADAPTER_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string path() const { return path_.string(); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace facet::support
