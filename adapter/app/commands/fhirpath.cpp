// `facet-adapter fhirpath EXPR FILE` and `--batch CASES.ndjson`: for people who write mappings.
#include "adapter/app/cli.hpp"
#include "adapter/app/clock.hpp"
#include "adapter/app/files.hpp"
#include "adapter/fhirpath/evaluator.hpp"
#include "adapter/fhirpath/expression.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <cstdio>
#include <filesystem>
#include <map>

namespace facet::app {
namespace {

using fhirpath::Item;

std::string TextOf(const Item& item) {
  if (auto text = item.ToText()) return *text;
  json::Writer w;
  if (item.is_node() && item.node()) {
    w.Copy(item.node());
  } else {
    fhirpath::WriteItem(w, item);
  }
  return std::move(w).Take();
}

// Prints what trace() gives and, with --trace, the value after each step.
class TraceHost final : public fhirpath::Host {
 public:
  void Trace(std::string_view name, std::span<const Item> items) override { Print("trace", name, items); }
  void OnStep(std::string_view step, std::string_view where, std::span<const Item> items) override {
    Print(std::string(where).c_str(), step, items);
  }

 private:
  static void Print(const char* kind, std::string_view name, std::span<const Item> items) {
    std::fprintf(stderr, "%-8s %.*s:", kind, static_cast<int>(name.size()), name.data());
    if (items.empty()) std::fprintf(stderr, " {}");
    for (const auto& item : items) std::fprintf(stderr, " %s", TextOf(item).c_str());
    std::fprintf(stderr, "\n");
  }
};

fhirpath::Context ContextOf(json::Value resource, fhirpath::Host* host, bool trace) {
  fhirpath::Context context;
  if (!resource.missing()) context.focus = Item::Node(resource);
  context.now = Now();
  context.host = host;
  context.trace_steps = trace;
  return context;
}

int PrintOne(const FhirPathCommand& command) {
  auto text = ReadText(command.file);
  if (!text.ok()) return PrintError(text.error()), kFailed;
  auto document = json::Parse(*text, json::Limits::ForFiles());
  if (!document.ok()) {
    Error error = document.error();
    error.where = command.file + ":" + error.where;
    return PrintError(error), kFailed;
  }
  const json::Value root = document->root();
  auto expression = fhirpath::Compile(command.expression, {.root_type = {}, .strict = false});
  if (!expression.ok()) return PrintError(expression.error()), kUsageOrConfiguration;
  // A misspelt element is empty, not an error; whoever types it here wants to know.
  if (const auto type = root["resourceType"].string(); !type.empty()) {
    const auto checked = fhirpath::Compile(command.expression, {.root_type = type, .strict = true});
    if (!checked.ok()) std::fprintf(stderr, "warning: %s\n", checked.error().ToString().c_str());
  }
  TraceHost host;
  const auto result = fhirpath::Evaluate(*expression, ContextOf(root, &host, command.trace));
  if (!result.ok()) return PrintError(result.error()), kFailed;
  for (const auto& item : *result) {
    if (command.format == "json") {
      json::Writer w;
      fhirpath::WriteItem(w, item);
      std::printf("%s\n", w.text().c_str());
    } else {
      std::printf("%s\t%s\n", item.TypeName().c_str(), TextOf(item).c_str());
    }
  }
  return kDone;
}

// Resources named by the cases of one batch; each is read once.
class BatchFiles {
 public:
  explicit BatchFiles(const std::string& batch) : directory_(std::filesystem::path(batch).parent_path()) {}

  // A relative name is looked up in the working directory, then beside the batch.
  Result<json::Value> Get(const std::string& name) {
    if (const auto known = documents_.find(name); known != documents_.end()) return known->second.root();
    const bool here = std::filesystem::exists(name);
    ADAPTER_TRY(text, ReadText(here ? name : (directory_ / name).string()));
    ADAPTER_TRY(document, json::Parse(text, json::Limits::ForFiles()));
    return documents_.emplace(name, std::move(document)).first->second.root();
  }

 private:
  std::filesystem::path directory_;
  std::map<std::string, json::Document> documents_;
};

Result<std::string> EvaluateCase(json::Value test, BatchFiles& files) {
  json::Value root;
  if (!test["file"].missing() && !test["file"].is_null()) {
    ADAPTER_TRY(found, files.Get(std::string(test["file"].string())));
    root = found;
  }
  const bool strict = test["strict"].boolean();
  fhirpath::CompileOptions options;
  options.strict = strict;
  if (strict) options.root_type = root["resourceType"].string();
  ADAPTER_TRY(expression, fhirpath::Compile(test["expression"].string(), options));
  fhirpath::Host host;
  ADAPTER_TRY(result, fhirpath::Evaluate(expression, ContextOf(root, &host, false)));
  json::Writer w;
  w.Array([&] {
    for (const auto& item : result) fhirpath::WriteItem(w, item);
  });
  return std::move(w).Take();
}

// A line in, a line out, whatever the line is. Returns whether it was a case.
bool PrintCase(std::string_view line, const std::string& place, BatchFiles& files) {
  if (line.find_first_not_of(" \t") == std::string_view::npos) return true;
  const auto test = json::Parse(line, json::Limits::ForFiles());
  const bool readable = test.ok() && test->root().is_object();
  const Result<std::string> result = readable
                                         ? EvaluateCase(test->root(), files)
                                         : MakeError(ErrorCode::kJsonSyntax, place, "a case is one JSON object a line");
  const json::Value id = readable ? test->root()["id"] : json::Value();
  json::Writer w;
  w.Object([&] {
    w.Key("id").Copy(id);
    if (result.ok()) {
      w.Key("result").Raw(*result);
    } else {
      w.Member("error", result.error().ToString());
    }
  });
  std::printf("%s\n", w.text().c_str());
  if (!readable) PrintError(result.error());
  return readable;
}

}  // namespace

int RunFhirPath(const FhirPathCommand& command) {
  if (!command.batch.empty()) {
    BatchFiles files(command.batch);
    bool readable = true;
    const auto done = ForEachLine(command.batch, [&](std::string_view line, std::size_t number) -> Status {
      readable = PrintCase(line, command.batch + ":" + std::to_string(number), files) && readable;
      return {};
    });
    if (!done.ok()) return PrintError(done.error()), kFailed;
    return readable ? kDone : kFailed;
  }
  if (command.expression.empty() || command.file.empty()) {
    std::fprintf(stderr, "fhirpath: expects EXPR and FILE, or --batch CASES.ndjson\n");
    return kUsageOrConfiguration;
  }
  return PrintOne(command);
}

}  // namespace facet::app
