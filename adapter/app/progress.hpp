#pragma once
// A progress bar on stderr, where that is a terminal; nothing elsewhere.
// Thread: one. Errors: none.
#include <cstdint>
#include <string>

namespace facet::app {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // `total` 0: not known.
  void Show(const std::string& what, std::int64_t done, std::int64_t total);
  void Clear();

 private:
  bool terminal_ = false;
  bool shown_ = false;
  std::int64_t shown_at_ = 0;
};

}  // namespace facet::app
