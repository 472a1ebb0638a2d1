#pragma once
// A program that a test starts, talks to by signals, and sees the end of. It never outlives the test: the kernel kills
// it with the thread that started it, and the destructor kills it anyway.
//
// Thread: one, except that the outputs are handed over on a reader thread.
// Owns: the process and the pipes. Errors: a program that cannot be started ends with status 127.
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <thread>
#include <utility>
#include <vector>

namespace facet::support {

struct ChildOptions {
  std::vector<std::string> arguments;  // [0]: path of the program
  // Added to PATH, HOME, TMPDIR and JAVA_HOME of this process; nothing else is inherited.
  std::vector<std::pair<std::string, std::string>> environment;
  // Called on the reader thread with whatever came; empty: /dev/null.
  std::function<void(std::string_view)> on_stdout;
  std::function<void(std::string_view)> on_stderr;
  // No file grows beyond this (RLIMIT_FSIZE, SIGXFSZ ignored): a full disk without one. 0: no limit.
  std::uint64_t file_bytes_max = 0;
};

class ChildProcess {
 public:
  explicit ChildProcess(const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const noexcept { return pid_; }
  bool Running() { return !WaitExit(std::chrono::milliseconds(0)).has_value(); }
  void Signal(int signal) const;
  // Exit status, or 128 + the signal that ended it; nullopt if it still runs then. Its outputs have been handed over.
  std::optional<int> WaitExit(std::chrono::milliseconds patience);
  // VmRSS and VmHWM of /proc/PID/status; 0 when it is gone.
  std::int64_t ResidentKib() const;
  std::int64_t PeakResidentKib() const;
  std::int64_t OpenFiles() const;

 private:
  void Read(int out, int err, const ChildOptions& options);
  std::int64_t StatusLine(std::string_view name) const;

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  std::optional<int> status_;
  std::thread reader_;
};

struct Finished {
  int status = -1;  // -1: it did not end in time and was killed
  std::string out;
  std::string err;
};
Finished RunToEnd(std::vector<std::string> arguments, std::vector<std::pair<std::string, std::string>> environment = {},
                  std::chrono::seconds patience = std::chrono::seconds(60));

}  // namespace facet::support
