// deploy/docs/mapping-guide.md says what each command prints; here the commands are run.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace facet {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// One command of a document, and what the document says that it prints.
struct Step {
  std::size_t line = 0;
  std::string command;
  std::vector<std::string> expected;
};

struct Document {
  std::vector<std::string> lines;
  std::vector<Step> steps;
};

Document Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  Document out{.lines = LinesOf(text.str()), .steps = {}};
  bool inside = false;
  for (std::size_t i = 0; i < out.lines.size(); ++i) {
    const std::string& line = out.lines[i];
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      out.steps.push_back({i, line.substr(2), {}});
    } else if (inside && !out.steps.empty()) {
      out.steps.back().expected.push_back(line);
    }
  }
  return out;
}

std::vector<std::string> RunCommand(const std::string& command, const fs::path& directory) {
  const fs::path script = directory.parent_path() / "step.sh";
  std::ofstream(script) << command << "\n";
  const std::string shell = "cd '" + directory.string() +
                            "' && PATH='" FACET_PROGRAM_DIR "':\"$PATH\" LC_ALL=C "
                            "FACET_ADAPTER_MAPPINGS='" FACET_SOURCE_DIR "/fhir-mappings' bash '" +
                            script.string() + "' 2>&1";
  std::string output;
  std::FILE* pipe = popen(shell.c_str(), "r");
  if (pipe == nullptr) return {"popen failed"};
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), n);
  pclose(pipe);
  std::vector<std::string> lines = LinesOf(output);
  for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);  // documents hold no blanks at ends
  return lines;
}

// "..." within a line stands for anything.
bool Matches(const std::string& expected, const std::string& actual) {
  if (expected.find("...") == std::string::npos) return expected == actual;
  std::size_t at = 0;
  std::size_t begin = 0;
  for (bool first = true;; first = false) {
    const std::size_t end = expected.find("...", begin);
    const std::string part = expected.substr(begin, end == std::string::npos ? end : end - begin);
    const std::size_t found = actual.find(part, at);
    if (found == std::string::npos || (first && found != 0)) return false;
    at = found + part.size();
    if (end == std::string::npos) return part.empty() || actual.ends_with(part);
    begin = end + 3;
  }
}

bool Matches(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  if (expected.size() != actual.size()) return false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!Matches(expected[i], actual[i])) return false;
  }
  return true;
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

// The document with what the commands print now; a line that still matches keeps its "...".
void Update(const fs::path& path, const Document& document, const std::vector<std::vector<std::string>>& outputs) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  std::size_t next = 0;
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    out << document.lines[i] << "\n";
    if (next == document.steps.size() || document.steps[next].line != i) continue;
    const Step& step = document.steps[next];
    const bool same = Matches(step.expected, outputs[next]);
    out << Joined(same ? step.expected : outputs[next]);
    i += step.expected.size();
    ++next;
  }
}

TEST(MappingGuide, PrintsWhatItSays) {
  const fs::path document_path = fs::path(FACET_SOURCE_DIR) / "deploy/docs/mapping-guide.md";
  const Document document = Read(document_path);
  ASSERT_GT(document.steps.size(), 10U);
  std::string name = (fs::temp_directory_path() / "mapping-guide-XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const fs::path directory = fs::path(name) / "mapping-guide";
  fs::copy(fs::path(FACET_SOURCE_DIR) / "deploy/docs/mapping-guide", directory, fs::copy_options::recursive);
  std::vector<std::vector<std::string>> outputs;
  for (const Step& step : document.steps) outputs.push_back(RunCommand(step.command, directory));
  fs::remove_all(name);
  if (std::getenv("FACET_GUIDE_UPDATE") != nullptr) return Update(document_path, document, outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_TRUE(Matches(document.steps[i].expected, outputs[i]))
        << "line " << document.steps[i].line + 1 << ": " << document.steps[i].command << "\nsays:\n"
        << Joined(document.steps[i].expected) << "prints:\n"
        << Joined(outputs[i]);
  }
}

TEST(MappingGuide, ComparisonCanFail) {
  EXPECT_TRUE(Matches("a...c", "abc"));
  EXPECT_TRUE(Matches("... files: 0 errors", "150 files: 0 errors"));
  EXPECT_FALSE(Matches("... files: 0 errors", "150 files: 1 errors"));
  EXPECT_FALSE(Matches("a...c", "abcd"));
  EXPECT_FALSE(Matches("a...c", "xabc"));
  EXPECT_FALSE(Matches("abc", "abcd"));
  EXPECT_TRUE(Matches("", ""));
  EXPECT_FALSE(Matches("", "a"));
}

}  // namespace
}  // namespace facet
