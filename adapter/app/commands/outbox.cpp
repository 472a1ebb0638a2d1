// `facet-adapter outbox list|show`: what is owed to the FHIR server, read beside the running daemon.
#include "adapter/app/cli.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/open_store.hpp"
#include "adapter/json/writer.hpp"

#include <cstdio>
#include <unistd.h>

namespace facet::app {
namespace {

using delivery::OutboxRow;

std::string LineOf(const OutboxRow& row, bool with_payload) {
  json::Writer w;
  w.Object([&] {
    w.Member("id", row.id).Member("resource_type", row.resource_type);
    w.Member("kind", delivery::NameOf(row.kind)).Member("state", delivery::NameOf(row.state));
    w.Member("outcome", delivery::NameOf(row.outcome));
    w.Member("episode", row.episode.get()).Member("patient", row.patient.get());
    w.Member("attempts", row.attempts).Member("next_attempt_at", row.next_attempt_at.ToString());
    w.Key("last_error");
    row.last_error ? w.String(NameOf(*row.last_error)) : w.Null();
    w.Member("last_status", row.last_status);
    w.Member("created_at", row.created_at.ToString()).Member("updated_at", row.updated_at.ToString());
    w.Member("server_id", row.server_id).Member("server_version", row.server_version);
    if (with_payload) w.Key("payload").Raw(row.payload);
  });
  return std::move(w).Take();
}

void PrintTable(const std::vector<OutboxRow>& rows) {
  if (rows.empty()) {
    std::printf("Nothing is or was owed to the server.\n");
    return;
  }
  std::printf("%-34s %-11s %-10s %-9s %8s  %-24s %s\n", "ID", "TYPE", "STATE", "OUTCOME", "ATTEMPTS", "NEXT ATTEMPT",
              "LAST ERROR");
  for (const auto& row : rows) {
    const bool open = row.state == delivery::OutboxState::kDue || row.state == delivery::OutboxState::kUnknown;
    const std::string error = row.last_error ? std::string(NameOf(*row.last_error)) : "-";
    std::printf("%-34s %-11s %-10s %-9s %8d  %-24s %s\n", row.id.c_str(), row.resource_type.c_str(),
                std::string(delivery::NameOf(row.state)).c_str(), std::string(delivery::NameOf(row.outcome)).c_str(),
                row.attempts, open ? row.next_attempt_at.ToString().c_str() : "-", error.c_str());
  }
}

int Show(engine::Store& store, const std::vector<std::string>& ids) {
  for (const auto& id : ids) {
    const auto row = store.FindOutbox(id);
    if (!row.ok()) return PrintError(row.error()), kFailed;
    if (!*row) {
      std::fprintf(stderr, "outbox: no row %s; 'outbox list' prints the ids\n", id.c_str());
      return kFailed;
    }
    std::printf("%s\n", LineOf(**row, true).c_str());
  }
  return kDone;
}

}  // namespace

int Outbox(const OutboxCommand& command) {
  auto store = OpenStoreToRead(command.config);
  if (!store.ok()) return ExitStatusOf(store.error());
  if (command.action == "show") {
    if (command.ids.empty()) {
      std::fprintf(stderr, "outbox show: expects at least one ID\n");
      return kUsageOrConfiguration;
    }
    return Show(**store, command.ids);
  }
  const auto rows = (*store)->ListOutbox();
  if (!rows.ok()) return PrintError(rows.error()), kFailed;
  const bool table = command.format == "text" || (command.format.empty() && isatty(STDOUT_FILENO) == 1);
  if (table) {
    PrintTable(*rows);
  } else {
    for (const auto& row : *rows) std::printf("%s\n", LineOf(row, false).c_str());
  }
  return kDone;
}

}  // namespace facet::app
