#pragma once
// Rows and a directory for the tests of `store`.
#include "adapter/engine/store.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace facet::store::testing {

using delivery::OutboxRow;
using delivery::OutboxState;
using engine::InboxRow;
using engine::JudgementRow;
using engine::PatientRow;
using engine::PatientUpdate;

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "facet-store-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  std::string File(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline InboxRow Notification(const std::string& id) {
  InboxRow row;
  row.hint = {intake::HintKind::kChanged, "Observation", id, PatientRef("Patient/p1"), true};
  row.received_at = {1000};
  return row;
}

inline PatientUpdate Patient(const std::string& reference, std::optional<UtcInstant> wake = {}, bool busy = false) {
  return {PatientRow{PatientRef(reference), R"({"p":1})", wake, busy}, {}, {}, {}};
}

inline OutboxRow Owed(const std::string& id, std::int64_t next_attempt_ms, OutboxState state = OutboxState::kDue) {
  OutboxRow row;
  row.id = id;
  row.resource_type = "CarePlan";
  row.patient = PatientRef("Patient/p1");
  row.episode = EpisodeId("e1");
  row.payload = R"({"resourceType":"CarePlan"})";
  row.payload_hash = "h";
  row.state = state;
  row.next_attempt_at = {next_attempt_ms};
  row.created_at = {1};
  row.updated_at = {2};
  return row;
}

inline JudgementRow Judged(const std::string& episode, const std::string& patient, std::int64_t at_ms) {
  return {EpisodeId(episode), PatientRef(patient), {at_ms}, engine::JudgementKind::kJudgement, "no-response", "{}"};
}

template <class T>
std::vector<std::string> Texts(const std::vector<T>& values) {
  std::vector<std::string> texts;
  for (const T& value : values) texts.push_back(value.get());
  return texts;
}

inline std::vector<std::string> Ids(const std::vector<OutboxRow>& rows) {
  std::vector<std::string> ids;
  for (const OutboxRow& row : rows) ids.push_back(row.id);
  return ids;
}

}  // namespace facet::store::testing
