// The episode's times, its end, and the samples that may be evidence (clinical specification, sections 1 to 3).
#include "adapter/clinical/evidence.hpp"

#include "adapter/clinical/settings.hpp"

#include <algorithm>
#include <tuple>

namespace facet::clinical {
namespace {

// An event of another session or of an intervention, seen from this session. What may have happened on the session's
// day or later ends it: where the precision leaves the order open, its effect cannot be told from the session's.
void EndBy(Episode& episode, const Moment& event) {
  if (episode.DayOf(event.hi) < 0 || episode.DayOf(event.lo) > episode.last_day()) return;
  if (!episode.cut || event.lo < *episode.cut) episode.cut = event.lo;
  if (!episode.diagnostic() || event.hi <= episode.WindowEnd()) episode.ended = true;
}

bool OnDayOf(const Session& session, const Session& other, const TimeZone& zone) {
  const auto day = DecidedDay(session.start, zone);
  return day && day == DecidedDay(other.start, zone);
}

Sample MakeSample(const Source& source, const ClinicalTime& time, Instrument instrument, const Decimal& value,
                  const TimeZone& zone, std::int64_t start_day) {
  Sample sample;
  sample.source = &source;
  sample.time = &time;
  sample.instrument = instrument;
  sample.value = value;
  sample.at = MomentOf(time);
  sample.first_day = LocalDay(sample.at.lo, zone) - start_day;
  sample.last_day = LocalDay(sample.at.hi, zone) - start_day;
  return sample;
}

// The Oswestry index asks about the low back, the Neck Disability Index about the neck.
Place PlaceOf(Instrument instrument) {
  if (instrument == Instrument::kOdi) return {Region::kUnknown, true};
  return {instrument == Instrument::kNdi ? Region::kCervical : Region::kUnknown, false};
}

// A percent relief belongs to the procedures that it names; one that names none may belong to any session.
std::optional<bool> LinkedTo(const PercentRelief& relief, const Session& session) {
  if (relief.linked.empty()) return false;
  for (const Source& procedure : session.procedures) {
    if (std::find(relief.linked.begin(), relief.linked.end(), procedure.resource) != relief.linked.end()) return true;
  }
  return std::nullopt;
}

Decimal Scaled(const Decimal& of_ten, int high) {
  return Decimal::Multiply(of_ten, Decimal(high / 10)).value_or(of_ten);
}

}  // namespace

bool Confounds(InterventionKind kind) noexcept {
  switch (kind) {
  case InterventionKind::kRfa:
  case InterventionKind::kSiInjection:
  case InterventionKind::kSiRfa:
  case InterventionKind::kSiFusion:
  case InterventionKind::kEpidural:
  case InterventionKind::kFusion:
  case InterventionKind::kLaminectomy:
  case InterventionKind::kForaminotomy:
  case InterventionKind::kScsTrial:
  case InterventionKind::kScsImplant:
  case InterventionKind::kScsLead:
  case InterventionKind::kScsGenerator:
    return true;
  case InterventionKind::kTriggerPoint:
  case InterventionKind::kMri:
  case InterventionKind::kCt:
  case InterventionKind::kSpect:
  case InterventionKind::kPhysicalTherapy:
  case InterventionKind::kPsychologicalTherapy:
  case InterventionKind::kPainEducation:
  case InterventionKind::kFacetSession:
    return false;
  }
  return false;
}

bool IsFunction(Instrument instrument) noexcept { return instrument >= Instrument::kOdi; }

Scale ScaleOf(Instrument instrument, const Policy& policy) {
  Scale scale;
  switch (instrument) {
  case Instrument::kNrs:
  case Instrument::kVas10:
  case Instrument::kFaces:
  case Instrument::kNrsWeek:
    break;
  case Instrument::kVas100:
    scale.high = 100;
    break;
  case Instrument::kPercentRelief:
    return {100, 0, 0};
  case Instrument::kOdi:
  case Instrument::kNdi:
    scale = {100, 10, 0};
    break;
  case Instrument::kPeg:
  case Instrument::kBpi:
    scale = {10, 2, 0};
    break;
  }
  if (IsFunction(instrument)) {
    scale.min_baseline = Decimal::FromParts(std::int64_t{scale.high} * policy.function_baseline_percent, 2);
  } else {
    scale.min_change = Scaled(policy.min_absolute_change, scale.high);
    scale.min_baseline = Scaled(policy.baseline_min_score, scale.high);
  }
  return scale;
}

Episode MakeEpisode(const PatientFacts& facts, const std::vector<Session>& sessions, std::size_t index,
                    const Policy& policy, const TimeZone& zone, const Clock& clock) {
  const Session& session = sessions[index];
  Episode episode;
  episode.session = &session;
  episode.policy = &policy;
  episode.zone = &zone;
  episode.now = clock.now;
  episode.start = MomentOf(session.start);
  episode.end = session.end ? MomentOf(*session.end) : episode.start;
  episode.start_day = LocalDay(episode.start.lo, zone);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const Session& other = sessions[i];
    if (i == index || !Known(other.start, clock.known) || !Compatible(PlaceOf(session), PlaceOf(other))) continue;
    if (other.region == Region::kUnknown && OnDayOf(session, other, zone)) continue;
    EndBy(episode, MomentOf(other.start));
  }
  for (const Intervention& intervention : facts.interventions) {
    if (intervention.order || !intervention.time || !Confounds(intervention.kind)) continue;
    if (!Known(*intervention.time, clock.known) || !Compatible(PlaceOf(session), PlaceOf(intervention))) continue;
    EndBy(episode, MomentOf(*intervention.time));
  }
  return episode;
}

std::vector<Sample> Gather(const PatientFacts& facts, const Settings& settings, const Session& session,
                           const Policy& policy, const TimeZone& zone) {
  const std::int64_t start_day = LocalDay(MomentOf(session.start).lo, zone);
  std::vector<Sample> samples;
  const auto keep = [&](Sample sample) {
    if (sample.last_day < -policy.baseline_max_age_days || sample.first_day > policy.durable_window.last) return;
    samples.push_back(std::move(sample));
  };
  for (const PainScore& score : facts.scores) {
    if (score.preliminary || score.limb_site || !Compatible(PlaceOf(session), PlaceOf(score))) continue;
    Sample sample = MakeSample(score.source, score.time, score.instrument, score.value, zone, start_day);
    sample.setting = settings.Of(score);
    sample.site_known = score.spine_site || score.not_cervical || score.region != Region::kUnknown;
    if (sample.setting != Setting::kUnrelated) keep(std::move(sample));
  }
  for (const PercentRelief& relief : facts.reliefs) {
    const auto linked = LinkedTo(relief, session);
    if (relief.preliminary || !linked) continue;
    Sample sample = MakeSample(relief.source, relief.time, Instrument::kPercentRelief, relief.percent, zone, start_day);
    sample.linked = *linked;
    keep(std::move(sample));
  }
  for (const FunctionScore& score : facts.functions) {
    if (score.preliminary || !Compatible(PlaceOf(session), PlaceOf(score.instrument))) continue;
    Sample sample = MakeSample(score.source, score.time, score.instrument, score.value, zone, start_day);
    sample.unit = score.unit;
    keep(std::move(sample));
  }
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return std::tie(a.instrument, a.unit, a.at.lo, a.at.hi, *a.source) <
           std::tie(b.instrument, b.unit, b.at.lo, b.at.hi, *b.source);
  });
  return samples;
}

std::vector<Series> Collect(const Episode& episode, const std::vector<Sample>& samples, const BaselineLimits& limits,
                            UtcInstant known) {
  std::vector<Series> all;
  std::vector<Sample> own;
  own.reserve(samples.size());
  for (std::size_t i = 0; i < samples.size();) {
    Series series;
    series.instrument = samples[i].instrument;
    series.unit = samples[i].unit;
    own.clear();
    for (; i < samples.size() && samples[i].instrument == series.instrument && samples[i].unit == series.unit; ++i) {
      if (Known(*samples[i].time, known)) own.push_back(samples[i]);
    }
    if (series.instrument != Instrument::kPercentRelief) ChooseBaseline(episode, own, limits, series);
    series.readings.reserve(own.size());
    for (const Sample& sample : own) {
      if (Counts(episode, sample)) series.readings.push_back(sample);
      if (sample.first_day == 0 && sample.last_day == 0) series.same_day_score = true;
    }
    all.push_back(std::move(series));
  }
  return all;
}

}  // namespace facet::clinical
