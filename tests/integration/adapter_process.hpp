#pragma once
// `facet-adapter run` as a child process: its configuration, its log, its end.
//
// In the flow: test -> configuration file -> process; its log -> EventLog -> test.
// Thread: one. Owns: the process. Errors: what does not come in time is a test failure where it is waited for.
#include "tests/support/child_process.hpp"
#include "tests/support/event_log.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::live {

inline constexpr const char* kSecret = "Zcanarysecret-5f0e2b";

// Keys of the configuration by their dotted names; the values are written as they are (YAML).
using Keys = std::map<std::string, std::string>;
std::string ConfigText(const Keys& keys);

// A free port of the loopback. Free now; somebody else may take it.
std::uint16_t FreePort();

// The program under test (FACET_ADAPTER).
std::string Program();
// One command to its end, with the secret in its environment.
support::Finished RunProgram(std::vector<std::string> arguments,
                             std::chrono::seconds patience = std::chrono::seconds(120));

class AdapterProcess {
 public:
  // `dir`: where its configuration and store are. Ports are chosen here.
  AdapterProcess(std::string dir, const std::string& base_url, const std::string& system_id);
  ~AdapterProcess();

  // Keys differ from the defaults of the tests (write mode, quick pace) from the next Start on.
  void Set(const std::string& key, const std::string& value) { keys_[key] = value; }
  void Unset(const std::string& key) { keys_.erase(key); }
  const Keys& keys() const noexcept { return keys_; }
  std::string config_path() const { return dir_ + "/adapter.yaml"; }
  std::string store_path() const { return dir_ + "/state.db"; }
  const std::string& public_url() const noexcept { return public_url_; }
  std::uint16_t port() const noexcept { return port_; }
  std::uint16_t admin_port() const noexcept { return admin_port_; }
  void WriteConfig() const;
  // The log of all runs is kept in this file too.
  std::string log_path() const { return dir_ + "/adapter.log"; }

  // Starts it; does not wait.
  void Launch(std::uint64_t file_bytes_max = 0);
  // Starts it and waits for `process.started`. False (and a test failure) if that does not come.
  bool Start(std::uint64_t file_bytes_max = 0);
  bool running() { return child_ && child_->Running(); }
  void Kill();  // SIGKILL, and gone
  int Stop();   // SIGTERM; its exit status, -1 if it does not end within 20 s
  support::ChildProcess& child() { return *child_; }
  // Of this run.
  const support::EventLog& log() const { return *log_; }
  // Of all runs, as written.
  std::string AllLogs() const;
  std::size_t CountAll(std::string_view event, const support::LineTest& test = {}) const;  // in all runs
  std::string Strays() const;  // lines of all runs that are no events
  // Where in the log of this run the first such line is; size() if it is not there.
  std::size_t IndexOf(std::string_view event, const support::LineTest& test) const;

  // The line, or a test failure that shows the end of the log.
  std::optional<support::LogLine> Expect(std::string_view event, const support::LineTest& test = {},
                                         std::size_t from = 0,
                                         std::chrono::milliseconds patience = std::chrono::seconds(120)) const;

 private:
  std::string dir_;
  Keys keys_;
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
  std::string public_url_;
  std::vector<std::shared_ptr<support::EventLog>> logs_;
  std::shared_ptr<support::EventLog> log_;
  std::unique_ptr<support::ChildProcess> child_;
};

}  // namespace facet::live
