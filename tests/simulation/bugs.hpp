#pragma once
// Deliberate bugs, one at a time: what the simulation must be able to see. They sit around the engine, in the store it
// talks to and in the world it acts on, never in the product: `simulation --bugs` expects each to be caught.
//
// Thread: one. Owns: nothing of the store behind it.
#include "adapter/engine/store.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::testing {

enum class Bug : std::uint8_t {
  kNone,
  kAcknowledgeFirst,  // a notification is acknowledged, and stored with the next commit only
  kForgetInbox,       // a new process does not look for what was accepted before
  kForgetInFlight,    // a new process does not take up writes that were under way
  kSwallowFailure,    // a failed commit is taken for a good one
  kLoseHistory,       // judgements are not recorded
  kLoseIndex,         // whose facts come from a resource is not known
  kLoseWatermark,     // a new process sweeps from now on
  kNoOverlap,         // sweeps do not overlap
  kRepeatBlindly,     // a write without an answer is sent again
  kIgnoreVersions,    // updates go without If-Match
  kSettleAtOnce,      // what a read does not find is taken for never applied
  kForgetClockStep,   // what may still be applied is waited for by the clock alone, whatever that was set to
};
inline constexpr std::array<std::string_view, 13> kBugNames = {"none",
                                                               "acknowledge-first",
                                                               "forget-inbox",
                                                               "forget-in-flight",
                                                               "swallow-failure",
                                                               "lose-history",
                                                               "lose-index",
                                                               "lose-watermark",
                                                               "no-overlap",
                                                               "repeat-blindly",
                                                               "ignore-versions",
                                                               "settle-at-once",
                                                               "forget-clock-step"};
std::optional<Bug> BugFromName(std::string_view name);

// The store as an engine with this bug would use it.
class BuggyStore final : public engine::Store {
 public:
  BuggyStore(engine::Store& store, Bug bug) : store_(store), bug_(bug) {}
  void NewProcess(UtcInstant now);

  Result<std::vector<NotificationId>> AppendInbox(const std::vector<engine::InboxRow>& rows) override;
  Status Commit(const engine::Batch& batch) override;
  Status Probe() override;
  Result<std::vector<engine::InboxRow>> LoadNewInbox(NotificationId after, std::size_t limit) override;
  Result<std::optional<std::string>> LoadFeed() override;
  Result<std::optional<engine::PatientRow>> FindPatient(const PatientRef& patient) override;
  Result<bool> IsFollowed(const PatientRef& patient) override;
  Result<std::vector<PatientRef>> FindHolders(const ResourceRef& resource) override;
  Result<std::vector<PatientRef>> LoadDuePatients(UtcInstant now, std::size_t limit) override;
  Result<std::optional<UtcInstant>> FindNextWake() override;
  Result<std::optional<delivery::OutboxRow>> FindOutbox(const std::string& id) override;
  Result<std::vector<delivery::OutboxRow>> LoadDueOutbox(UtcInstant now, std::size_t limit) override;
  Result<std::optional<UtcInstant>> FindNextAttempt() override;
  Result<std::vector<delivery::OutboxRow>> ListOutbox() override;
  Result<std::vector<engine::JudgementRow>> ListJudgements(const EpisodeId& id) override;
  Result<std::vector<EpisodeId>> ListEpisodes(const PatientRef& patient) override;
  Result<std::vector<PatientRef>> ListPatients() override;
  Result<std::optional<PatientRef>> FindPatientOf(const EpisodeId& episode) override;
  Result<engine::StoreCounts> Count() override;
  Result<bool> Prune(const engine::PruneLimits& limits) override;

 private:
  engine::Store& store_;
  Bug bug_;
  UtcInstant now_;
  bool new_process_ = false;
  std::vector<engine::InboxRow> unstored_;
  NotificationId skip_;  // of the inbox: what was there when the process started
};

}  // namespace facet::testing
