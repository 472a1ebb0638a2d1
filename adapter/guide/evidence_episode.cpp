// The failed episode itself, its course, the decided blocks, and the policy's numbers.
#include "adapter/guide/episode_view.hpp"

namespace facet::guide {

using clinical::Judgement;
using clinical::Session;
using clinical::Side;
using clinical::Verdict;

namespace {

// A Reading's percentage is rounded for the eye; thresholds are compared with the exact one where the values give it.
std::optional<Decimal> BestRelief(const Judgement& judgement) {
  constexpr int kPlaces = 10;
  if (!judgement.best) return std::nullopt;
  const auto& rounded = judgement.best->relief_percent;
  if (!rounded || !judgement.baseline || judgement.baseline->instrument != judgement.best->instrument) return rounded;
  const auto change = Decimal::Subtract(judgement.baseline->value, judgement.best->value);
  const auto hundredfold = change ? Decimal::Multiply(*change, Decimal(100)) : std::nullopt;
  const auto exact = hundredfold ? Decimal::Divide(*hundredfold, judgement.baseline->value, kPlaces) : std::nullopt;
  return exact && exact->Rounded(1) == *rounded ? exact : rounded;
}

bool NoRelief(const Judgement& judgement, const clinical::Policy& policy) {
  const bool kind = judgement.verdict == Verdict::kNoResponse || judgement.verdict == Verdict::kNegativeBlock;
  const std::optional<Decimal> relief = BestRelief(judgement);
  return kind && relief && *relief < policy.repeat_no_relief_percent;
}

bool CompatibleSide(Side a, Side b) noexcept {
  return a == b || a == Side::kUnknown || b == Side::kUnknown || a == Side::kBilateral || b == Side::kBilateral;
}

bool DecidedBlock(const EpisodeView& view, const Judgement& judgement) {
  if (judgement.session.intent != clinical::Intent::kDiagnostic) return false;
  if (judgement.verdict != Verdict::kPositiveBlock && judgement.verdict != Verdict::kNegativeBlock) return false;
  return view.Visible(judgement.session.start) && view.CompatiblePlace(PlaceOf(judgement.session)) &&
         CompatibleSide(judgement.session.side, view.failed.session.side);
}

void AddCourse(const EpisodeView& view, Evidence& evidence) {
  std::vector<Session> sessions;
  sessions.reserve(view.judgements.size());
  for (const Judgement& judgement : view.judgements) sessions.push_back(judgement.session);
  std::int64_t failed_count = 0;
  References failed_references;
  bool earlier_no_relief = false;
  References earlier_references;
  for (const std::size_t index : clinical::CourseOf(sessions, view.request.session, view.policy, view.zone)) {
    const Judgement& judgement = view.judgements[index];
    const References references = ReferencesOf(judgement.session.procedures);
    if (judgement.failed()) {
      ++failed_count;
      Merge(failed_references, references);
    }
    if (index < view.request.session && NoRelief(judgement, view.policy)) {
      earlier_no_relief = true;
      Merge(earlier_references, references);
    }
  }
  evidence.AddInteger("failedSessions", failed_count, failed_references);
  evidence.AddFlag("earlierNoRelief", earlier_no_relief, earlier_references);

  References later;
  for (std::size_t index = view.request.session + 1; index < view.judgements.size(); ++index) {
    const Session& session = view.judgements[index].session;
    if (view.CompatiblePlace(PlaceOf(session))) Merge(later, ReferencesOf(session.procedures));
  }
  evidence.AddFlag("laterSession", !later.empty(), later);
}

void AddPolicy(const clinical::Policy& policy, Evidence& evidence) {
  evidence.AddFlag("repeatAllowed", policy.repeat_allowed);
  evidence.AddDecimal("noReliefPercent", policy.repeat_no_relief_percent);
  evidence.AddDecimal("positivePercent", policy.positive_percent);
  evidence.AddInteger("blocksRequired", policy.blocks_required);
  evidence.AddInteger("blockValidDays", policy.block_valid_days);
  evidence.AddDecimal("scsTrialSuccessPercent", policy.scs_trial_success_percent);
  evidence.AddInteger("imagingRecentMonths", policy.imaging_recent_months);
  evidence.AddInteger("rfaExpectedMonths", policy.rfa_expected_months.last);
}

}  // namespace

bool Qualifies(const Judgement& judgement, const clinical::Policy& policy) noexcept {
  if (judgement.verdict != Verdict::kPositiveBlock) return false;
  const bool explicit_relief =
      (judgement.best && judgement.best->instrument == clinical::Instrument::kPercentRelief) ||
      (judgement.explicit_relief_percent && *judgement.explicit_relief_percent >= policy.positive_percent);
  return judgement.session.approach == clinical::Approach::kMedialBranch || explicit_relief;
}

void AddEpisode(const EpisodeView& view, Evidence& evidence) {
  const Judgement& failed = view.failed;
  const References procedures = ReferencesOf(failed.session.procedures);
  References all = procedures;
  for (const auto* reading : {&failed.baseline, &failed.best, &failed.latest}) {
    if (*reading) Merge(all, {VersionedReference((*reading)->source)});
  }
  evidence.AddFlag("failed", true, all);
  evidence.AddCode("verdict", NameOf(failed.verdict), all);
  evidence.AddCode("region", NameOf(failed.session.region), procedures);
  evidence.AddCode("side", NameOf(failed.session.side), procedures);
  evidence.AddCode("approach", NameOf(failed.session.approach), procedures);
  evidence.AddCode("intent", NameOf(failed.session.intent), procedures);
  evidence.AddString("startDate", view.FirstDate(failed.session.start).ToString());
  References best;
  if (failed.best) best.push_back(VersionedReference(failed.best->source));
  evidence.AddDecimal("bestRelief", BestRelief(failed), best);
  AddCourse(view, evidence);
  AddPolicy(view.policy, evidence);
}

// A decided block is one of the last block_valid_days, the failed session included; of several the latest speaks
// (clinical specification, section 4).
void AddBlocks(const EpisodeView& view, Evidence& evidence) {
  const Judgement* latest = nullptr;
  std::int64_t qualifying = 0;
  References all;
  for (const Judgement& judgement : view.judgements) {
    if (!DecidedBlock(view, judgement)) continue;
    const std::int64_t age = view.today.ToDays() - view.FirstDate(judgement.session.start).ToDays();
    if (age > view.policy.block_valid_days) continue;
    if (Qualifies(judgement, view.policy)) ++qualifying;
    Merge(all, ReferencesOf(judgement.session.procedures));
    latest = &judgement;
  }
  References of_latest;
  if (latest != nullptr) of_latest = ReferencesOf(latest->session.procedures);
  evidence.AddFlag("decidedBlock", latest != nullptr, all);
  evidence.AddInteger("qualifyingBlocks", qualifying, qualifying > 0 ? all : References{});
  const bool positive = latest != nullptr && latest->verdict == Verdict::kPositiveBlock;
  evidence.AddCode("latestBlock", latest == nullptr ? "none" : positive ? "positive" : "negative", of_latest);
  evidence.AddCode("latestBlockApproach", latest == nullptr ? "none" : NameOf(latest->session.approach), of_latest);
  evidence.AddFlag("latestBlockQualifies", latest != nullptr && Qualifies(*latest, view.policy), of_latest);
  std::optional<Decimal> relief;
  if (latest != nullptr && latest->best) {
    relief = BestRelief(*latest);
    Merge(of_latest, {VersionedReference(latest->best->source)});
  }
  if (latest != nullptr && !relief) relief = latest->explicit_relief_percent;
  evidence.AddDecimal("latestBlockRelief", relief, of_latest);

  // For `done` the latest qualifying block counts, whatever its age and whatever came later.
  const Judgement* last_qualifying = nullptr;
  for (const Judgement& judgement : view.judgements) {
    if (DecidedBlock(view, judgement) && Qualifies(judgement, view.policy)) last_qualifying = &judgement;
  }
  Interventions rfa;
  if (last_qualifying != nullptr) {
    rfa = view.Done({clinical::InterventionKind::kRfa});
    std::erase_if(rfa, [&](const auto* i) { return !DecidedAfter(*i->time, last_qualifying->session.start); });
  }
  evidence.AddFlag("rfaAfterQualifyingBlock", !rfa.empty(), ReferencesOf(rfa));
}

}  // namespace facet::guide
