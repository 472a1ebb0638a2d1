#include "adapter/app/progress.hpp"

#include "adapter/app/clock.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace facet::app {
namespace {

constexpr std::int64_t kShowEveryMs = 100;
constexpr std::int64_t kBarWidth = 30;

}  // namespace

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1) {}
Progress::~Progress() { Clear(); }

void Progress::Show(const std::string& what, std::int64_t done, std::int64_t total) {
  if (!terminal_) return;
  const std::int64_t now = SteadyMs();
  if (shown_ && now - shown_at_ < kShowEveryMs && done < total) return;
  shown_ = true;
  shown_at_ = now;
  std::string line = "\r" + what + "  ";
  if (total > 0) {
    const std::int64_t filled = std::clamp<std::int64_t>(kBarWidth * done / total, 0, kBarWidth);
    line += "[" + std::string(static_cast<std::size_t>(filled), '=') +
            std::string(static_cast<std::size_t>(kBarWidth - filled), ' ') + "] " + std::to_string(done) + " of " +
            std::to_string(total);
  } else {
    line += std::to_string(done);
  }
  std::fprintf(stderr, "%s\x1b[K", line.c_str());
  std::fflush(stderr);
}

void Progress::Clear() {
  if (shown_) std::fprintf(stderr, "\r\x1b[K");
  shown_ = false;
}

}  // namespace facet::app
