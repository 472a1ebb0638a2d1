#include "tests/support/child_process.hpp"

#include "adapter/base/check.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace facet::support {
namespace {

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> Environment(const ChildOptions& options) {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "JAVA_HOME"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : options.environment) out.push_back(name + "=" + value);
  return out;
}

// Behind fork in a program with threads: nothing but system calls.
[[noreturn]] void BecomeChild(char** arguments, char** environment, int out, int err, std::uint64_t file_bytes_max,
                              pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, 0);
  ::dup2(out >= 0 ? out : null, 1);
  ::dup2(err >= 0 ? err : null, 2);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (file_bytes_max > 0) {
    const rlimit limit{file_bytes_max, file_bytes_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
  }
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options) {
  std::array<int, 2> out{-1, -1};
  std::array<int, 2> err{-1, -1};
  if (options.on_stdout) ADAPTER_CHECK(::pipe2(out.data(), O_CLOEXEC) == 0);
  if (options.on_stderr) ADAPTER_CHECK(::pipe2(err.data(), O_CLOEXEC) == 0);
  std::vector<std::string> arguments = options.arguments;
  std::vector<std::string> environment = Environment(options);
  const std::vector<char*> argument_pointers = Pointers(arguments);
  const std::vector<char*> environment_pointers = Pointers(environment);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  ADAPTER_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    BecomeChild(const_cast<char**>(argument_pointers.data()), const_cast<char**>(environment_pointers.data()), out[1],
                err[1], options.file_bytes_max, parent);
  }
  for (const int fd : {out[1], err[1]}) {
    if (fd >= 0) ::close(fd);
  }
  pid_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  ADAPTER_CHECK(pid_fd_ >= 0);
  reader_ = std::thread([this, out, err, options] { Read(out[0], err[0], options); });
}

ChildProcess::~ChildProcess() {
  if (!status_) {
    Signal(SIGKILL);
    WaitExit(std::chrono::seconds(30));
  }
  if (reader_.joinable()) reader_.join();
  ::close(pid_fd_);
}

void ChildProcess::Read(int out, int err, const ChildOptions& options) {
  std::array<pollfd, 2> watched{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::array<char, 16384> buffer{};
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      const ssize_t got = ::read(watched[i].fd, buffer.data(), buffer.size());
      if (got > 0) {
        (i == 0 ? options.on_stdout : options.on_stderr)({buffer.data(), static_cast<std::size_t>(got)});
      } else if (got == 0 || errno != EINTR) {
        ::close(watched[i].fd);
        watched[i].fd = -1;
      }
    }
  }
}

void ChildProcess::Signal(int signal) const {
  if (!status_) ::kill(pid_, signal);
}

std::optional<int> ChildProcess::WaitExit(std::chrono::milliseconds patience) {
  if (status_) return status_;
  pollfd ended{pid_fd_, POLLIN, 0};
  if (::poll(&ended, 1, static_cast<int>(patience.count())) <= 0) return std::nullopt;
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) return std::nullopt;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (reader_.joinable()) reader_.join();
  return status_;
}

std::int64_t ChildProcess::StatusLine(std::string_view name) const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(name)) return std::strtoll(line.c_str() + name.size(), nullptr, 10);
  }
  return 0;
}

std::int64_t ChildProcess::ResidentKib() const { return StatusLine("VmRSS:"); }
std::int64_t ChildProcess::PeakResidentKib() const { return StatusLine("VmHWM:"); }

std::int64_t ChildProcess::OpenFiles() const {
  std::error_code gone;
  std::int64_t count = 0;
  for (std::filesystem::directory_iterator it("/proc/" + std::to_string(pid_) + "/fd", gone), end; !gone && it != end;
       it.increment(gone)) {
    ++count;
  }
  return count;
}

Finished RunToEnd(std::vector<std::string> arguments, std::vector<std::pair<std::string, std::string>> environment,
                  std::chrono::seconds patience) {
  Finished finished;
  ChildOptions options;
  options.arguments = std::move(arguments);
  options.environment = std::move(environment);
  options.on_stdout = [&](std::string_view text) { finished.out += text; };
  options.on_stderr = [&](std::string_view text) { finished.err += text; };
  {
    ChildProcess child(options);
    finished.status = child.WaitExit(patience).value_or(-1);
  }
  return finished;
}

}  // namespace facet::support
