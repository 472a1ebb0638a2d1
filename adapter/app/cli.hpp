#pragma once
// The command line: what each command takes, and one function a command (adapter/app/commands/<name>.cpp).
//
// Exit status (operator's contract): 0 done; 1 the work failed; 2 usage or configuration. Machine output goes to
// stdout, everything else to stderr.
#include <cstdint>
#include <string>
#include <vector>

namespace facet::app {

enum ExitStatus : int { kDone = 0, kFailed = 1, kUsageOrConfiguration = 2 };

struct RunCommand {
  std::string config;
};
struct CheckCommand {
  std::string config;
  bool online = false;
  std::string format = "text";
};
struct ReplayCommand {
  std::string mappings;  // "" = the shipped ones
  std::vector<std::string> overlays;
  std::string policy = "guide";
  std::string as_of;  // "" = now
  std::string time_zone = "UTC";
  std::string format = "json";
  std::vector<std::string> inputs;  // files or directories
};
struct ExplainCommand {
  std::string config;
  std::string id;
  std::string format;  // "" = text on a terminal, json elsewhere
};
struct OutboxCommand {
  std::string config;
  std::string action;  // list, show
  std::vector<std::string> ids;
  std::string format;
};
struct DiscoverCommand {
  std::string config;  // reads the server
  std::string mappings;
  std::vector<std::string> overlays;
  std::vector<std::string> inputs;  // reads files
  std::string patients;             // file of ids: searches of one patient each
  std::string since;
  std::string write;  // directory of the draft overlay
  std::string format = "text";
  std::int64_t min = 5;
  std::int64_t max = 20'000;
  std::int64_t count = 100;
  double rate = 4;
};
struct FhirPathCommand {
  std::string expression;
  std::string file;
  std::string batch;
  std::string format = "text";
  bool trace = false;
};
struct ViewCommand {
  std::string view;
  std::vector<std::string> inputs;
  std::string format = "ndjson";
};
struct MappingsCommand {
  std::string mappings;               // "" = the shipped ones
  std::vector<std::string> overlays;  // lint, test: the directories to look at; show: --overlay
  std::string format = "text";
  std::string find;     // show: a part of a URL, "" = all
  bool all = false;     // show: also what is replaced or removed
  bool update = false;  // test: write what comes out as what is expected
};
struct ConfigCommand {
  std::string action;  // reference, show
  std::string config;
};
struct VersionCommand {
  bool sources = false;
  std::string mappings;
};

int Run(const RunCommand& command);
int Check(const CheckCommand& command);
int RunReplay(const ReplayCommand& command);
int Explain(const ExplainCommand& command);
int Outbox(const OutboxCommand& command);
int Discover(const DiscoverCommand& command);
int RunFhirPath(const FhirPathCommand& command);
int RunView(const ViewCommand& command);
int LintMappings(const MappingsCommand& command);
int TestMappings(const MappingsCommand& command);
int ShowMappings(const MappingsCommand& command);
int ShowConfig(const ConfigCommand& command);
int ShowVersion(const VersionCommand& command);

// Parses, runs the command, returns the exit status.
int Main(int argc, char** argv);

}  // namespace facet::app
