#include "tests/simulation/bugs.hpp"

#include "adapter/engine/feed.hpp"

#include <algorithm>
#include <limits>

namespace facet::testing {

using engine::Batch;
using engine::InboxRow;

std::optional<Bug> BugFromName(std::string_view name) {
  const auto found = std::find(kBugNames.begin(), kBugNames.end(), name);
  if (found == kBugNames.end()) return std::nullopt;
  return static_cast<Bug>(found - kBugNames.begin());
}

void BuggyStore::NewProcess(UtcInstant now) {
  now_ = now;
  new_process_ = true;
  unstored_.clear();
  if (bug_ != Bug::kForgetInbox) return;
  const auto rows = store_.LoadNewInbox(NotificationId{}, std::numeric_limits<std::int32_t>::max());
  if (rows.ok() && !rows->empty()) skip_ = rows->back().id;
}

Result<std::vector<NotificationId>> BuggyStore::AppendInbox(const std::vector<InboxRow>& rows) {
  if (bug_ != Bug::kAcknowledgeFirst) return store_.AppendInbox(rows);
  unstored_.insert(unstored_.end(), rows.begin(), rows.end());
  return std::vector<NotificationId>(rows.size());
}

Status BuggyStore::Commit(const Batch& batch) {
  Batch changed = batch;
  if (!unstored_.empty()) {
    const auto ids = store_.AppendInbox(unstored_);
    if (!ids.ok()) return ids.error();
    unstored_.clear();
  }
  if (bug_ == Bug::kForgetInFlight) changed.recover_at.reset();
  if (bug_ == Bug::kLoseHistory) changed.judgements.clear();
  if (bug_ == Bug::kForgetClockStep) {
    changed.clock_step.reset();
    changed.settle_again_at.reset();
  }
  Status status = store_.Commit(changed);
  if (bug_ == Bug::kSwallowFailure) return {};
  return status;
}

Result<std::vector<InboxRow>> BuggyStore::LoadNewInbox(NotificationId after, std::size_t limit) {
  return store_.LoadNewInbox(std::max(after, skip_), limit);
}

Result<std::optional<std::string>> BuggyStore::LoadFeed() {
  ADAPTER_TRY(document, store_.LoadFeed());
  if (bug_ != Bug::kLoseWatermark || !document || !new_process_) return document;
  ADAPTER_TRY(feed, engine::LoadFeedState(*document));
  for (intake::SweepState& sweep : feed.sweeps) sweep.watermark = now_;
  return std::optional(engine::SaveFeedState(feed));
}

Result<std::vector<PatientRef>> BuggyStore::FindHolders(const ResourceRef& resource) {
  if (bug_ == Bug::kLoseIndex) return std::vector<PatientRef>{};
  return store_.FindHolders(resource);
}

Status BuggyStore::Probe() { return store_.Probe(); }
Result<std::optional<engine::PatientRow>> BuggyStore::FindPatient(const PatientRef& patient) {
  return store_.FindPatient(patient);
}
Result<bool> BuggyStore::IsFollowed(const PatientRef& patient) { return store_.IsFollowed(patient); }
Result<std::vector<PatientRef>> BuggyStore::LoadDuePatients(UtcInstant now, std::size_t limit) {
  return store_.LoadDuePatients(now, limit);
}
Result<std::optional<UtcInstant>> BuggyStore::FindNextWake() { return store_.FindNextWake(); }
Result<std::optional<delivery::OutboxRow>> BuggyStore::FindOutbox(const std::string& id) {
  return store_.FindOutbox(id);
}
Result<std::vector<delivery::OutboxRow>> BuggyStore::LoadDueOutbox(UtcInstant now, std::size_t limit) {
  return store_.LoadDueOutbox(now, limit);
}
Result<std::optional<UtcInstant>> BuggyStore::FindNextAttempt() { return store_.FindNextAttempt(); }
Result<std::vector<delivery::OutboxRow>> BuggyStore::ListOutbox() { return store_.ListOutbox(); }
Result<std::vector<engine::JudgementRow>> BuggyStore::ListJudgements(const EpisodeId& id) {
  return store_.ListJudgements(id);
}
Result<std::vector<EpisodeId>> BuggyStore::ListEpisodes(const PatientRef& patient) {
  return store_.ListEpisodes(patient);
}
Result<std::vector<PatientRef>> BuggyStore::ListPatients() { return store_.ListPatients(); }
Result<std::optional<PatientRef>> BuggyStore::FindPatientOf(const EpisodeId& episode) {
  return store_.FindPatientOf(episode);
}
Result<engine::StoreCounts> BuggyStore::Count() { return store_.Count(); }
Result<bool> BuggyStore::Prune(const engine::PruneLimits& limits) { return store_.Prune(limits); }

}  // namespace facet::testing
