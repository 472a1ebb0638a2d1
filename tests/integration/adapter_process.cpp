#include "tests/integration/adapter_process.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <netinet/in.h>
#include <random>
#include <set>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace facet::live {

std::string ConfigText(const Keys& keys) {
  std::string out;
  std::string section;
  for (const auto& [key, value] : keys) {
    const std::size_t dot = key.find('.');
    if (key.substr(0, dot) != section) {
      section = key.substr(0, dot);
      out += section + ":\n";
    }
    out += "  " + key.substr(dot + 1) + ": " + value + "\n";
  }
  return out;
}

namespace {

bool IsFree(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool free = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return free;
}

}  // namespace

std::uint16_t FreePort() {
  // Below the range that connections get theirs from, or one of them could take it before it is listened on; and none
  // that this run has handed out.
  static std::set<std::uint16_t> given;
  static std::mt19937 draw{std::random_device{}()};
  std::uniform_int_distribution<int> ports(15'000, 31'999);
  for (;;) {
    const auto port = static_cast<std::uint16_t>(ports(draw));
    if (IsFree(port) && given.insert(port).second) return port;
  }
}

std::string Program() {
  const char* program = std::getenv("FACET_ADAPTER");
  return program == nullptr ? "" : program;
}

support::Finished RunProgram(std::vector<std::string> arguments, std::chrono::seconds patience) {
  arguments.insert(arguments.begin(), Program());
  return support::RunToEnd(std::move(arguments), {{"FACET_ADAPTER_HOOK_SECRET", kSecret}}, patience);
}

AdapterProcess::AdapterProcess(std::string dir, const std::string& base_url, const std::string& system_id)
    : dir_(std::move(dir)), port_(FreePort()), admin_port_(FreePort()),
      public_url_("http://127.0.0.1:" + std::to_string(port_)) {
  keys_ = {
      {"admin.listen", "127.0.0.1:" + std::to_string(admin_port_)},
      {"delivery.retry_base_ms", "100"},
      {"delivery.retry_max_secs", "2"},
      {"delivery.settle_secs", "2"},
      {"fhir.base_url", base_url},
      {"fhir.system_id", system_id},
      {"fhir.timeout_ms", "15000"},
      {"follow.not_before", "2020-01-01"},
      {"intake.listen", "127.0.0.1:" + std::to_string(port_)},
      {"intake.public_url", public_url_},
      {"intake.secret", "${FACET_ADAPTER_HOOK_SECRET}"},
      // HAPI calls a Subscription active before it delivers to it: what falls between is found soon.
      {"intake.sweep_interval_secs", "10"},
      {"policy.stable_age_secs", "0"},
      {"policy.time_zone", "UTC"},
      {"store.path", store_path()},
      {"write_back.mode", "write"},
  };
}

AdapterProcess::~AdapterProcess() = default;

void AdapterProcess::WriteConfig() const {
  std::ofstream file(config_path());
  file << ConfigText(keys_);
  ASSERT_TRUE(file.flush().good());
}

void AdapterProcess::Launch(std::uint64_t file_bytes_max) {
  child_.reset();
  WriteConfig();
  log_ = std::make_shared<support::EventLog>();
  logs_.push_back(log_);
  support::ChildOptions options;
  options.arguments = {Program(), "run", "--config", config_path()};
  options.environment = {{"FACET_ADAPTER_HOOK_SECRET", kSecret}};
  options.file_bytes_max = file_bytes_max;
  options.on_stderr = [log = log_, path = log_path()](std::string_view text) {
    log->Append(text);
    std::ofstream(path, std::ios::app) << text;
  };
  child_ = std::make_unique<support::ChildProcess>(options);
}

bool AdapterProcess::Start(std::uint64_t file_bytes_max) {
  Launch(file_bytes_max);
  return Expect("process.started").has_value();
}

void AdapterProcess::Kill() {
  if (!child_) return;
  child_->Signal(SIGKILL);
  EXPECT_TRUE(child_->WaitExit(std::chrono::seconds(60)).has_value());
  log_->Close();
}

int AdapterProcess::Stop() {
  if (!child_) return 0;
  child_->Signal(SIGTERM);
  const int status = child_->WaitExit(std::chrono::seconds(60)).value_or(-1);
  log_->Close();
  return status;
}

std::string AdapterProcess::AllLogs() const {
  std::string out;
  for (const auto& log : logs_) out += log->Text();
  return out;
}

std::size_t AdapterProcess::CountAll(std::string_view event, const support::LineTest& test) const {
  std::size_t count = 0;
  for (const auto& log : logs_) count += log->Count(event, test);
  return count;
}

std::string AdapterProcess::Strays() const {
  std::string out;
  for (const auto& log : logs_) {
    for (const std::string& line : log->Strays()) out += line + "\n";
  }
  return out;
}

std::size_t AdapterProcess::IndexOf(std::string_view event, const support::LineTest& test) const {
  return log_->IndexOf(event, test);
}

std::optional<support::LogLine> AdapterProcess::Expect(std::string_view event, const support::LineTest& test,
                                                       std::size_t from, std::chrono::milliseconds patience) const {
  // A process that ends without the event must not be waited for until the deadline.
  auto line = log_->WaitFor(event, test, from, patience);
  if (!line) ADD_FAILURE() << "no " << event << "; the end of the log:\n" << log_->Tail(25);
  return line;
}

}  // namespace facet::live
