// The operator's contract of the command line: exit status, and output that must arrive.
#include "adapter/app/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace facet::app {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kSource = FACET_SOURCE_DIR;

class CommandLine : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "command-line-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    ASSERT_EQ(setenv("FACET_ADAPTER_MAPPINGS", (kSource + "/fhir-mappings").c_str(), 1), 0);
    ASSERT_EQ(setenv("FACET_TEST_SECRET", "0123456789abcdef", 1), 0);
    std::ofstream(dir_ / "a.yaml") << "fhir:   { base_url: http://127.0.0.1:8080/fhir, system_id: demo }\n"
                                      "intake: { listen: 127.0.0.1:8090, public_url: http://127.0.0.1:8090, secret: "
                                      "${FACET_TEST_SECRET} }\n"
                                      "store:  { path: "
                                   << (dir_ / "state.db").string() << " }\n";
    // Rejected (it has no patient), so that `replay` has something to say.
    std::ofstream(dir_ / "o.json") << R"({"resourceType":"Observation","id":"o","status":"final",)"
                                   << R"("code":{"coding":[{"system":"http://loinc.org","code":"72514-3"}]}})"
                                   << "\n";
  }
  void TearDown() override { fs::remove_all(dir_); }
  std::string Path(const std::string& name) const { return (dir_ / name).string(); }

  // In a process of its own, so that its standard output can be anything.
  int Run(std::vector<std::string> arguments, const std::string& output) {
    arguments.insert(arguments.begin(), "facet-adapter");
    const std::string errors = Path("stderr");
    const pid_t child = ::fork();
    if (child == 0) {
      const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      const int err = ::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      if (out < 0 || err < 0 || ::dup2(out, STDOUT_FILENO) < 0 || ::dup2(err, STDERR_FILENO) < 0) ::_exit(99);
      std::vector<char*> argv;
      for (std::string& one : arguments) argv.push_back(one.data());
      ::_exit(Main(static_cast<int>(argv.size()), argv.data()));
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    std::ifstream file(errors);
    err_.assign(std::istreambuf_iterator<char>(file), {});
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  fs::path dir_;
  std::string err_;
};

TEST_F(CommandLine, OutputThatDoesNotArriveIsAFailure) {
  const std::vector<std::vector<std::string>> commands = {
      {"replay", "--format", "json", Path("o.json"), "--as-of", "2026-01-01"},
      {"replay", "--format", "text", Path("o.json"), "--as-of", "2026-01-01"},
      {"view", kSource + "/fhir-mappings/views/observation.json", Path("o.json"), "--format", "csv"},
      {"config", "reference"},
      {"config", "show", "--config", Path("a.yaml")},
      {"fhirpath", "id", Path("o.json")},
      {"mappings", "show"},
      {"discover", Path("o.json")},
      {"version"},
      {"--help"},
  };
  for (const auto& command : commands) {
    EXPECT_EQ(Run(command, Path("out")), kDone) << command[0] << ": " << err_;
    EXPECT_EQ(Run(command, "/dev/full"), kFailed) << command[0];
    EXPECT_THAT(err_, HasSubstr("output could not be written")) << command[0];
  }
}

TEST_F(CommandLine, WorkThatFailsIsToldFromUsageAndConfiguration) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"explain", "Patient/1", "--config"}, {"outbox", "list", "--config"}}) {
    auto with = [&command](const std::string& file) {
      auto all = command;
      all.push_back(file);
      return all;
    };
    EXPECT_EQ(Run(with(Path("a.yaml")), Path("out")), kFailed) << "there is no store yet: the configuration is right";
    EXPECT_THAT(err_, HasSubstr("no store yet"));
    std::ofstream(dir_ / "bad.yaml") << "fhir: 1\n";
    EXPECT_EQ(Run(with(Path("bad.yaml")), Path("out")), kUsageOrConfiguration);
    EXPECT_EQ(Run(with(Path("absent.yaml")), Path("out")), kUsageOrConfiguration);
  }
}

TEST_F(CommandLine, AnUnknownCommandIsNamedWithTheNearest) {
  EXPECT_EQ(Run({"frobnicate"}, Path("out")), kUsageOrConfiguration);
  EXPECT_THAT(err_, AllOf(HasSubstr("unknown command frobnicate"), HasSubstr("the nearest one is")));
  EXPECT_EQ(Run({"repaly", "x.json"}, Path("out")), kUsageOrConfiguration);
  EXPECT_THAT(err_, AllOf(HasSubstr("unknown command repaly"), HasSubstr("the nearest one is replay")));
  EXPECT_EQ(Run({}, Path("out")), kUsageOrConfiguration);
  EXPECT_THAT(err_, Not(HasSubstr("unknown command")));
}

}  // namespace
}  // namespace facet::app
