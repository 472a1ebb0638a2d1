// Properties that hold for any facts: no crash, no guess, the same answer in any order, and answers that change only
// when a fact arrives or a window closes. The seed is fixed; a failure prints it.
#include "chart.hpp"

#include "adapter/base/random.hpp"

#include <algorithm>
#include <set>

namespace facet::clinical {
namespace {

constexpr int kCharts = 1500;

template <class T>
void Shuffle(std::vector<T>& list, Prng& random) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.Below(i)]);
}

// Draws stand in statements of their own: compilers differ in the order of arguments, and a seed must say the same to
// all.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random(seed) {}

  Chart Make() {
    Chart chart(Zone());
    const auto count = [&](std::int64_t high) { return random.Between(0, high); };
    for (std::int64_t i = count(3) + 1; i > 0; --i) AddProcedure(chart);
    for (std::int64_t i = count(12); i > 0; --i) AddScore(chart);
    for (std::int64_t i = count(2); i > 0; --i) AddRelief(chart);
    for (std::int64_t i = count(2); i > 0; --i) AddFunction(chart);
    for (std::int64_t i = count(1); i > 0; --i) AddIntervention(chart);
    chart.Visit("e0", Setting::kAmbulatory);
    chart.Visit("e1", Setting::kUnrelated);
    if (random.Chance(200)) {
      const ClinicalTime time = chart.Time(When());
      chart.facts.other_procedures.push_back({{Id("Procedure"), ""}, time, "Encounter/e2"});
    }
    if (random.Chance(200)) {
      const ClinicalTime time = chart.Time(When());
      chart.facts.nerve_blocks.push_back({{Id("DiagnosticReport"), ""}, time, Region::kUnknown});
    }
    chart.policy.confirm = Pick<Confirm>(4);
    chart.policy.approach_and_intent_required = random.Chance(200);
    return chart;
  }

  Prng random;

 private:
  TimeZone Zone() {
    if (random.Chance(500)) return {};
    const std::int64_t spring = CivilDate{2026, 3, 29}.ToDays() * 86'400 + 3600;
    return TimeZone("test", 3600, {{spring, 7200}, {spring + 210 * 86'400, 3600}});
  }
  template <class Enum>
  Enum Pick(std::uint64_t count) {
    return static_cast<Enum>(random.Below(count));
  }
  std::string Id(const std::string& type) { return type + "/" + std::to_string(++ids_); }
  // Mostly times; dates, months, years and times without an offset too. Few distinct values, so that they collide.
  std::string When(std::int64_t first = -40, std::int64_t last = 130) {
    const int day = static_cast<int>(random.Between(first, last));
    const std::uint64_t shape = random.Below(20);
    if (shape == 0) return Chart::Day(day).substr(0, 4);
    if (shape == 1) return Chart::Day(day).substr(0, 7);
    if (shape < 5) return Chart::Day(day, "");
    const char* clocks[] = {"T00:00:00Z", "T09:00:00Z", "T10:00:00Z", "T12:00:00", "T23:59:59.999Z", "T18:00:00+01:00"};
    return Chart::Day(day, clocks[random.Below(6)]);
  }
  void AddProcedure(Chart& chart) {
    const std::string when = When(-10, 100);
    FacetProcedure& line = chart.Procedure("x", when, Pick<Region>(5));
    line.source.resource = Id("Procedure");
    line.side = Pick<Side>(4);
    line.approach = Pick<Approach>(3);
    line.add_on = random.Chance(200);
    line.steroid_used = random.Chance(300);
    line.anaesthetic_used = random.Chance(300);
    if (random.Chance(200)) {
      line.intent = Pick<Intent>(2);
      line.intent_reason = Pick<IntentReason>(3);
    }
    if (random.Chance(300)) line.end = Later(line.start, chart);
    if (random.Chance(300)) line.encounter = "Encounter/e" + std::to_string(random.Below(3));
  }
  ClinicalTime Later(const ClinicalTime& start, const Chart& chart) {
    return chart.Time(start.earliest.PlusMs(random.Between(1, 20) * UtcInstant::kMsPerHour).ToString());
  }
  void AddScore(Chart& chart) {
    const auto instrument = random.Chance(700) ? Instrument::kNrs : Pick<Instrument>(5);
    const std::int64_t value = random.Between(0, instrument == Instrument::kVas100 ? 100 : 10);
    const std::string when = When();
    PainScore& score = chart.Score("x", std::to_string(value), when, instrument);
    score.source.resource = Id("Observation");
    score.preliminary = random.Chance(50);
    score.limb_site = random.Chance(50);
    if (random.Chance(200)) score.region = Pick<Region>(5);
    if (random.Chance(300)) score.encounter = "Encounter/e" + std::to_string(random.Below(3));
    if (random.Chance(100)) score.linked = {chart.facts.procedures.front().source.resource};
  }
  void AddRelief(Chart& chart) {
    const std::string value = std::to_string(random.Between(0, 100));
    PercentRelief& relief = chart.Relief("x", value, When(-10, 120));
    relief.source.resource = Id("Observation");
    relief.preliminary = random.Chance(50);
    if (random.Chance(400)) relief.linked = {chart.facts.procedures.back().source.resource};
  }
  void AddFunction(Chart& chart) {
    const auto instrument = static_cast<Instrument>(6 + random.Below(4));
    const std::string value = std::to_string(random.Between(0, 50));
    const std::string unit = random.Chance(500) ? "percent" : "";
    FunctionScore& score = chart.Function("x", instrument, value, unit, When());
    score.source.resource = Id("Observation");
  }
  void AddIntervention(Chart& chart) {
    const auto kind = Pick<InterventionKind>(20);
    const std::string when = When();
    Intervention& done = chart.Intervene(kind, when, Pick<Region>(5));
    done.source.resource = Id("Procedure");
    done.order = random.Chance(200);
    if (random.Chance(50)) done.time.reset();
  }
  int ids_ = 0;
};

std::string Tell(const Judgement& judgement) {
  std::string text;
  for (const Source& source : judgement.session.procedures) text += source.resource + " ";
  text += judgement.session.start.written.text + " " + std::string(NameOf(judgement.session.region)) + " ";
  text += std::string(NameOf(judgement.session.intent)) + " " + Chart::Word(judgement) + " ";
  for (const auto* reading : {&judgement.baseline, &judgement.best, &judgement.latest}) {
    text += Chart::Id(*reading) + (*reading ? "=" + Chart::Text((*reading)->relief_percent) : "") + " ";
  }
  text += Chart::Text(judgement.relief_percent) + " " + Chart::Doubts(judgement) + " ";
  return text + Chart::Text(judgement.decided_at) + " " + Chart::Text(judgement.next_look_at) + "\n";
}
std::string Tell(const std::vector<Judgement>& judgements) {
  std::string text;
  for (const Judgement& judgement : judgements) text += Tell(judgement);
  return text;
}
std::string Words(const std::vector<Judgement>& judgements) {
  std::string text;
  for (const Judgement& judgement : judgements) text += Chart::Word(judgement) + "\n";
  return text;
}

const std::vector<std::string> kNows{"2026-03-05T12:00:00Z", "2026-03-20T00:00:00Z", "2026-04-20T00:00:00Z",
                                     "2026-06-01T00:00:00Z", "2026-12-01T00:00:00Z"};

TEST(Properties, TheOrderOfFactsChangesNothing) {
  for (std::uint64_t seed = 0; seed < kCharts; ++seed) {
    Maker maker(seed);
    Chart chart = maker.Make();
    std::vector<std::string> before;
    for (const std::string& now : kNows) before.push_back(Tell(chart.All(now)));
    PatientFacts& facts = chart.facts;
    Shuffle(facts.procedures, maker.random);
    Shuffle(facts.scores, maker.random);
    Shuffle(facts.reliefs, maker.random);
    Shuffle(facts.functions, maker.random);
    Shuffle(facts.interventions, maker.random);
    Shuffle(facts.encounters, maker.random);
    for (std::size_t i = 0; i < kNows.size(); ++i) {
      ASSERT_EQ(Tell(chart.All(kNows[i])), before[i]) << "seed " << seed << " now " << kNows[i];
    }
  }
}

void CheckFailed(const Chart& chart, const Judgement& judgement, UtcInstant now) {
  ASSERT_TRUE(judgement.best && judgement.latest);
  ASSERT_TRUE(judgement.relief_percent);
  ASSERT_NE(judgement.baseline.has_value(), judgement.best->instrument == Instrument::kPercentRelief);
  ASSERT_FALSE(judgement.session.start.written.precision < Precision::kDay);
  for (const auto* reading : {&judgement.best, &judgement.latest}) {
    ASSERT_LE((*reading)->time.earliest, now);
    ASSERT_LE((*reading)->day, chart.policy.durable_window.last);
    ASSERT_GE((*reading)->day, 0);
    ASSERT_NE((*reading)->setting, Setting::kUnrelated);
  }
  for (const PainScore& score : chart.facts.scores) {
    if (score.preliminary || score.limb_site) {
      ASSERT_NE(score.source.resource, Chart::Id(judgement.best));
      ASSERT_NE(score.source.resource, Chart::Id(judgement.baseline));
    }
  }
  if (judgement.verdict == Verdict::kNegativeBlock) {
    ASSERT_EQ(judgement.session.intent, Intent::kDiagnostic);
    ASSERT_LT(*judgement.relief_percent, chart.policy.positive_percent);
  } else {
    ASSERT_EQ(judgement.session.intent, Intent::kTherapeutic);
  }
}

TEST(Properties, JudgementsKeepTheirPromises) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < kCharts; ++seed) {
    Maker maker(seed);
    const Chart chart = maker.Make();
    for (const std::string& text : kNows) {
      const UtcInstant now = chart.Instant(text);
      for (const Judgement& judgement : chart.All(text)) {
        SCOPED_TRACE("seed " + std::to_string(seed) + " now " + text + " " + Tell(judgement));
        seen.insert(Chart::Word(judgement));
        ASSERT_EQ(judgement.reason.has_value(), judgement.verdict == Verdict::kIndeterminate);
        ASSERT_EQ(judgement.decided_at.has_value(), judgement.verdict != Verdict::kPending);
        if (judgement.verdict == Verdict::kPending) {
          ASSERT_TRUE(judgement.next_look_at);
        }
        if (judgement.decided_at) {
          ASSERT_LE(judgement.decided_at->ms, now.ms + 1);
          ASSERT_GE(*judgement.decided_at, judgement.session.start.earliest);
        }
        if (judgement.next_look_at) {
          ASSERT_GT(*judgement.next_look_at, now);
        }
        ASSERT_TRUE(std::is_sorted(judgement.doubts.begin(), judgement.doubts.end()));
        if (judgement.failed()) CheckFailed(chart, judgement, now);
        if (HasFatalFailure()) return;
      }
    }
  }
  for (const char* word :
       {"positive-block", "negative-block", "short-lived", "wore-off", "durable-relief", "no-response", "pending",
        "indeterminate: intent-unknown", "indeterminate: no-baseline", "indeterminate: low-baseline",
        "indeterminate: mixed-instruments", "indeterminate: contradictory", "indeterminate: imprecise-time",
        "indeterminate: confounded", "indeterminate: no-follow-up"}) {
    EXPECT_TRUE(seen.contains(word)) << word;
  }
}

// Between now and next_look_at the answer stays; at decided_at it was already what it is.
TEST(Properties, AnswersChangeOnlyWhenTheyAreSaidTo) {
  for (std::uint64_t seed = 0; seed < kCharts / 3; ++seed) {
    Maker maker(seed);
    const Chart chart = maker.Make();
    UtcInstant now = chart.Instant("2026-02-20T00:00:00Z");
    const UtcInstant end = chart.Instant("2026-12-01T00:00:00Z");
    while (now < end) {
      const std::vector<Judgement> judgements = JudgePatient(chart.facts, chart.policy, chart.zone, now);
      UtcInstant next = end;
      for (const Judgement& judgement : judgements) {
        if (judgement.next_look_at) next = std::min(next, *judgement.next_look_at);
      }
      if (judgements.empty()) {
        for (const FacetProcedure& line : chart.facts.procedures) {
          if (line.start.earliest > now) next = std::min(next, line.start.earliest);
        }
      }
      // Two milliseconds before, since the end of a day is reached with its last one.
      const UtcInstant before = next.PlusMs(-2);
      if (before > now) {
        ASSERT_EQ(Words(JudgePatient(chart.facts, chart.policy, chart.zone, before)), Words(judgements))
            << "seed " << seed << " from " << now.ToString() << " to " << before.ToString() << "\n"
            << Tell(judgements);
      }
      now = next;
    }
  }
}

// A missing score is never failure: without any reading after a session nothing fails.
TEST(Properties, NothingFailsWithoutFollowUp) {
  for (std::uint64_t seed = 0; seed < kCharts; ++seed) {
    Maker maker(seed);
    Chart chart = maker.Make();
    UtcInstant first = chart.facts.procedures.front().start.earliest;
    for (const FacetProcedure& line : chart.facts.procedures) first = std::min(first, line.start.earliest);
    const auto after = [&](const auto& fact) { return fact.time.latest > first; };
    std::erase_if(chart.facts.scores, after);
    std::erase_if(chart.facts.reliefs, after);
    std::erase_if(chart.facts.functions, after);
    for (const Judgement& judgement : chart.All()) {
      // A session of which only the year is known may still be waiting.
      const bool may_wait = judgement.session.start.written.precision == Precision::kYear;
      ASSERT_TRUE(judgement.verdict == Verdict::kIndeterminate || (may_wait && !judgement.failed())) << seed;
    }
  }
}

// What decides nothing changes nothing.
TEST(Properties, PreliminaryAndUnrelatedScoresAreNoise) {
  for (std::uint64_t seed = 0; seed < kCharts; ++seed) {
    Maker maker(seed);
    Chart chart = maker.Make();
    const std::string before = Words(chart.All());
    const std::size_t count = chart.facts.scores.size();
    for (std::size_t i = 0; i < count; ++i) {
      PainScore score = chart.facts.scores[i];
      score.source.resource += "-noise";
      score.value = Dec("10");
      score.linked.clear();
      if (i % 2 == 0) {
        score.preliminary = true;
      } else {
        score.limb_site = true;
      }
      chart.facts.scores.push_back(score);
    }
    ASSERT_EQ(Words(chart.All()), before) << "seed " << seed;
  }
}

// One session, one instrument, follow-up by the clock: less pain at follow-up never turns a success into a failure.
TEST(Properties, BetterScoresNeverMakeAFailure) {
  for (std::uint64_t seed = 0; seed < kCharts; ++seed) {
    Prng random(seed);
    Chart chart;
    FacetProcedure& line = chart.Procedure("p");
    line.intent = random.Chance(500) ? Intent::kTherapeutic : Intent::kDiagnostic;
    line.intent_reason = IntentReason::kCategory;
    chart.Baseline(std::to_string(random.Between(4, 10)));
    const bool block = *line.intent == Intent::kDiagnostic;
    std::set<std::int64_t> times;
    for (int i = 0; i < 4; ++i) times.insert(block ? random.Between(1, 24) : random.Between(1, 59));
    int n = 0;
    for (const std::int64_t at : times) {
      const std::string time =
          block ? chart.Instant("2026-03-05T10:00:00Z").PlusMs(at * UtcInstant::kMsPerHour).ToString()
                : Chart::Day(static_cast<int>(at));
      chart.Score("f" + std::to_string(n++), std::to_string(random.Between(0, 10)), time);
    }
    const bool failed = chart.One().failed();
    for (std::size_t i = 1; i < chart.facts.scores.size(); ++i) chart.facts.scores[i].value = 0;
    ASSERT_FALSE(chart.One().failed()) << "seed " << seed;
    for (std::size_t i = 1; i < chart.facts.scores.size(); ++i) chart.facts.scores[i].value = 10;
    const std::string worst = chart.Says();
    if (failed) {
      ASSERT_TRUE(worst == "no-response" || worst == "negative-block") << "seed " << seed << " " << worst;
    }
  }
}

// Values that no mapping lets through must not do harm either.
TEST(Properties, AbsurdNumbersAreHarmless) {
  const char* values[] = {"0", "-5", "99", "1e27", "0.0000000000000000000000000001", "123456789012345678901234567890"};
  for (const char* baseline : values) {
    for (const char* follow : values) {
      Chart chart;
      chart.Procedure("p").steroid_used = true;
      chart.Baseline(baseline);
      chart.On(21, follow);
      chart.Relief("r", follow, Chart::Day(21));
      const Judgement judgement = chart.One();
      EXPECT_NE(judgement.verdict, Verdict::kPending);
    }
  }
}

}  // namespace
}  // namespace facet::clinical
