// `facet-adapter explain ID`: the history of an episode, a CarePlan's episode, or all episodes of a patient.
#include "adapter/app/cli.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/open_store.hpp"
#include "adapter/app/report.hpp"
#include "adapter/json/writer.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace facet::app {
namespace {

using Episodes = std::vector<EpisodeId>;

// Every episode of the followed patients that have facts from this resource.
Result<Episodes> EpisodesFrom(engine::Store& store, const std::string& resource) {
  ADAPTER_TRY(holders, store.FindHolders(ResourceRef(resource)));
  Episodes all;
  for (const auto& patient : holders) {
    ADAPTER_TRY(episodes, store.ListEpisodes(patient));
    all.insert(all.end(), episodes.begin(), episodes.end());
  }
  return all;
}

Result<Episodes> FindEpisodes(engine::Store& store, const std::string& id) {
  const std::size_t slash = id.find('/');
  const std::string type = slash == std::string::npos ? "" : id.substr(0, slash);
  if (type == "Patient") return store.ListEpisodes(PatientRef(id));
  if (type == "CarePlan" || type == "Provenance") {
    ADAPTER_TRY(rows, store.ListOutbox());
    const std::string wanted = id.substr(slash + 1);
    for (const auto& row : rows) {
      if (row.id == wanted || row.server_id == wanted) return Episodes{row.episode};
    }
    return Episodes{};
  }
  if (!type.empty()) return EpisodesFrom(store, id);
  ADAPTER_TRY(rows, store.ListJudgements(EpisodeId(id)));
  if (!rows.empty()) return Episodes{EpisodeId(id)};
  ADAPTER_TRY(row, store.FindOutbox(id));
  return row ? Episodes{row->episode} : Episodes{};
}

// A history document is the line itself, or wraps it with what it was decided by.
json::Value LineOf(json::Value document) { return document["line"] ? document["line"] : document; }

void AppendHistory(std::string& out, const engine::JudgementRow& row) {
  const auto document = json::Parse(row.document, json::Limits::ForFiles());
  out += "\n" + row.at.ToString() + "  " + std::string(engine::NameOf(row.kind)) + "\n";
  if (!document.ok()) {
    out += "    (this entry cannot be read)\n";
    return;
  }
  const json::Value root = document->root();
  if (row.kind == engine::JudgementKind::kJudgement) {
    AppendJudgementText(out, LineOf(root));
  } else {
    AppendProposalText(out, LineOf(root));
  }
  const auto mappings = root["mapping_hash"].string();
  const auto policy = root["policy_hash"].string();
  if (!mappings.empty() || !policy.empty()) {
    out += "    by        mappings " + std::string(mappings.substr(0, 12)) + ", policy " +
           std::string(policy.substr(0, 12)) + "\n";
  }
}

void AppendDelivery(std::string& out, const delivery::OutboxRow& row) {
  out += "    " + row.resource_type + "/" + (row.server_id.empty() ? row.id : row.server_id) + "  " +
         std::string(delivery::NameOf(row.state));
  if (row.outcome != delivery::Outcome::kNone) out += ", " + std::string(delivery::NameOf(row.outcome));
  if (!row.server_version.empty()) out += ", version " + row.server_version;
  if (row.last_error) out += ", last error " + std::string(NameOf(*row.last_error));
  out += "\n";
}

Status PrintEpisode(engine::Store& store, const EpisodeId& episode, bool json_lines) {
  ADAPTER_TRY(history, store.ListJudgements(episode));
  ADAPTER_TRY(outbox, store.ListOutbox());
  std::string out = json_lines ? "" : "Episode " + episode.get() + "\n";
  for (const auto& row : history) {
    if (!json_lines) {
      AppendHistory(out, row);
      continue;
    }
    json::Writer w;
    w.Object([&] {
      w.Member("episode", episode.get()).Member("at", row.at.ToString()).Member("kind", engine::NameOf(row.kind));
      w.Key("document").Raw(row.document);
    });
    out += w.text() + "\n";
  }
  if (!json_lines) {
    std::string deliveries;
    for (const auto& row : outbox) {
      if (row.episode == episode) AppendDelivery(deliveries, row);
    }
    out += "\n  delivery\n" + (deliveries.empty() ? "    nothing was written to the server\n" : deliveries);
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  return {};
}

}  // namespace

int Explain(const ExplainCommand& command) {
  auto store = OpenStoreToRead(command.config);
  if (!store.ok()) return ExitStatusOf(store.error());
  auto episodes = FindEpisodes(**store, command.id);
  if (!episodes.ok()) return PrintError(episodes.error()), kFailed;
  std::sort(episodes->begin(), episodes->end());
  episodes->erase(std::unique(episodes->begin(), episodes->end()), episodes->end());
  if (episodes->empty()) {
    std::fprintf(stderr,
                 "explain: nothing is known of this id. Expected an episode id, or CarePlan/..., Procedure/..., "
                 "Observation/... or Patient/... as the server names it.\n");
    return kFailed;
  }
  const bool json_lines = command.format == "json" || (command.format.empty() && isatty(STDOUT_FILENO) != 1);
  for (const auto& episode : *episodes) {
    const auto done = PrintEpisode(**store, episode, json_lines);
    if (!done.ok()) return PrintError(done.error()), kFailed;
  }
  return kDone;
}

}  // namespace facet::app
