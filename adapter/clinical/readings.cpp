// Which scores are counted readings (clinical specification, sections 1, 2 and 3: windows, partial dates, percent
// relief, the episode's end).
#include "adapter/clinical/evidence.hpp"

namespace facet::clinical {
namespace {

// A date coarser than a day counts only where no limit of the policy runs through it.
bool Undecided(const Policy& policy, const Sample& sample) {
  if (sample.first_day == sample.last_day) return false;
  const auto splits = [&](std::int64_t day) { return sample.first_day < day && day <= sample.last_day; };
  const auto cuts = [&](const Window& window) { return splits(window.first) || splits(std::int64_t{window.last} + 1); };
  return splits(0) || cuts(policy.response_days) || cuts(policy.early_days) || cuts(policy.durable_window) ||
         splits(policy.durable_days);
}

// Elapsed time: a change of the clocks adds nothing.
bool InWindow(const Episode& episode, const Sample& sample) {
  const Window& hours = episode.policy->diagnostic_window_hours;
  return SurelyAfter(sample.at, episode.end) &&
         sample.at.lo >= episode.end.hi.PlusMs(hours.first * UtcInstant::kMsPerHour) &&
         sample.at.hi <= episode.end.lo.PlusMs(hours.last * UtcInstant::kMsPerHour);
}

// What a patient says of the relief is follow-up by its nature, so a date is enough on the session's own day, and for
// a session that has only a date on the next day too.
bool CountsRelief(const Episode& episode, const Sample& sample) {
  if (sample.linked) return sample.at.hi >= episode.start.lo && sample.first_day >= 0;
  if (SurelyNotAfter(sample.at, episode.end) || sample.first_day < 0) return false;
  if (sample.last_day == 0) return true;
  if (!episode.diagnostic()) return SurelyAfter(sample.at, episode.end);
  const bool date_only = episode.session->start.date_only();
  return InWindow(episode, sample) || (date_only && sample.last_day <= 1);
}

}  // namespace

bool Counts(const Episode& episode, const Sample& sample) {
  if (episode.cut && sample.at.hi > *episode.cut) return false;
  if (sample.last_day > episode.last_day() || Undecided(*episode.policy, sample)) return false;
  if (sample.instrument == Instrument::kPercentRelief) return CountsRelief(episode, sample);
  return episode.diagnostic() ? InWindow(episode, sample) : SurelyAfter(sample.at, episode.end);
}

}  // namespace facet::clinical
