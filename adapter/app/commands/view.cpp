// `facet-adapter view VIEW.json INPUT...`: a ViewDefinition over NDJSON, a row as soon as it is known.
#include "adapter/mapping/views/view.hpp"

#include "adapter/app/cli.hpp"
#include "adapter/app/files.hpp"
#include "adapter/fhir/bundle.hpp"
#include "adapter/json/document.hpp"
#include "adapter/mapping/views/output.hpp"
#include "adapter/mapping/views/runner.hpp"

#include <cstdio>

namespace facet::app {
namespace {

using mapping::views::Cell;
using mapping::views::Format;
using mapping::views::Runner;
using mapping::views::View;

class ViewRun {
 public:
  ViewRun(const View& view, Format format) : view_(view), format_(format) {}

  // A file of one resource or Bundle (".json"), or NDJSON, which is read line by line.
  Status Read(const std::string& file) {
    if (!file.ends_with(".json")) {
      return ForEachLine(file, [&](std::string_view line, std::size_t number) -> Status {
        if (line.find_first_not_of(" \t") == std::string_view::npos) return {};
        return AddText(line, file + ":" + std::to_string(number), true);
      });
    }
    ADAPTER_TRY(text, ReadText(file));
    return AddText(text, file, false);
  }

 private:
  // Of NDJSON `place` has the line already: of "line:column" within it the column is left.
  Status AddText(std::string_view text, const std::string& place, bool is_line) {
    auto document = json::Parse(text, json::Limits::ForFiles());
    if (!document.ok()) {
      Error error = std::move(document).error();
      error.where = place + ":" + (is_line ? error.where.substr(error.where.find(':') + 1) : error.where);
      return error;
    }
    const json::Value root = document->root();
    if (!fhir::IsBundle(root) || view_.resource() == "Bundle") return Add(root, place);
    for (const auto& entry : fhir::EntriesOf(root)) ADAPTER_TRY_STATUS(Add(entry.resource, place));
    return {};
  }

  Status Add(json::Value resource, const std::string& place) {
    out_.clear();
    auto done = runner_.Run(
        view_, resource, [this](std::span<const Cell> row) { mapping::views::AppendRow(view_, row, format_, out_); });
    if (!done.ok()) {
      Error error = std::move(done).error();
      error.where = place + ": " + error.where;
      return error;
    }
    std::fwrite(out_.data(), 1, out_.size(), stdout);
    return {};
  }

  const View& view_;
  Format format_;
  Runner runner_;
  std::string out_;
};

}  // namespace

int RunView(const ViewCommand& command) {
  const auto text = ReadText(command.view);
  if (!text.ok()) return PrintError(text.error()), kUsageOrConfiguration;
  std::vector<Error> errors;
  const auto view = mapping::views::LoadViewText(*text, command.view, errors);
  if (!view) return PrintErrors(errors), kUsageOrConfiguration;
  const auto files = ExpandInputs(command.inputs);
  if (!files.ok()) return PrintError(files.error()), kFailed;

  const Format format = command.format == "csv" ? Format::kCsv : Format::kNdjson;
  std::string header;
  mapping::views::AppendHeader(*view, format, header);
  std::fwrite(header.data(), 1, header.size(), stdout);
  ViewRun run(*view, format);
  for (const auto& file : *files) {
    const auto done = run.Read(file);
    if (!done.ok()) return PrintError(done.error()), kFailed;
  }
  return kDone;
}

}  // namespace facet::app
