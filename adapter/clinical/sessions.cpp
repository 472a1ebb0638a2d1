// Which Procedures are one session, and what the session is (clinical specification, section 2).
#include "adapter/base/check.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/clinical/moment.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace facet::clinical {
namespace {

// "The same Encounter joins Procedures whose starts are at most 24 h apart": what a session is, not a threshold.
constexpr std::int64_t kOneEncounterMs = 24 * UtcInstant::kMsPerHour;

using Line = const FacetProcedure*;

bool SurelyWithin(const Moment& a, const Moment& b, std::int64_t ms) {
  return std::max(a.hi.ms - b.lo.ms, b.hi.ms - a.lo.ms) <= ms;
}

// Same day, or same encounter and at most a day apart. Two lines of one encounter that both say only "2026-03" can be
// nothing else than one visit.
bool Near(const FacetProcedure& a, const FacetProcedure& b, const TimeZone& zone) {
  const auto day = DecidedDay(a.start, zone);
  if (day && day == DecidedDay(b.start, zone)) return true;
  if (a.encounter.empty() || a.encounter != b.encounter) return false;
  if (!day && a.start.written.text == b.start.written.text) return true;
  return SurelyWithin(MomentOf(a.start), MomentOf(b.start), kOneEncounterMs);
}

// Disjoint sets of lines. The representative is the smallest index, so the order of joining does not matter.
class Groups {
 public:
  explicit Groups(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t Find(std::size_t i) const {
    while (parent_[i] != i) i = parent_[i];
    return i;
  }
  void Join(std::size_t a, std::size_t b) {
    const std::size_t x = Find(a);
    const std::size_t y = Find(b);
    parent_[std::max(x, y)] = std::min(x, y);
  }

 private:
  std::vector<std::size_t> parent_;
};

// How much a region says: what is known less well joins what is known better, never the other way round.
int Certainty(Region region) {
  if (region == Region::kUnknown) return 0;
  return region == Region::kCervicothoracic ? 1 : 2;
}

class Grouper {
 public:
  Grouper(std::vector<Line> lines, const TimeZone& zone) : lines_(std::move(lines)), zone_(zone), sets_(lines_.size()) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      for (std::size_t j = i + 1; j < lines_.size(); ++j) {
        if (lines_[i]->region == lines_[j]->region && Near(*lines_[i], *lines_[j], zone_)) sets_.Join(i, j);
      }
    }
    Attach(1);
    Attach(0);
  }

  std::vector<std::vector<Line>> Take() const {
    std::vector<std::vector<Line>> groups(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i) groups[sets_.Find(i)].push_back(lines_[i]);
    std::erase_if(groups, [](const auto& group) { return group.empty(); });
    return groups;
  }

 private:
  // Lines of this certainty join the only better known session near them; with two to choose from they stay alone.
  void Attach(int certainty) {
    std::vector<std::pair<std::size_t, std::size_t>> joins;
    for (std::size_t root = 0; root < lines_.size(); ++root) {
      if (sets_.Find(root) != root || Certainty(lines_[root]->region) != certainty) continue;
      const std::set<std::size_t> known = BetterKnownNear(root, certainty);
      if (known.size() == 1) joins.emplace_back(root, *known.begin());
    }
    for (const auto& [root, known] : joins) sets_.Join(root, known);
  }

  std::set<std::size_t> BetterKnownNear(std::size_t root, int certainty) const {
    std::set<std::size_t> known;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (sets_.Find(i) != root) continue;
      for (std::size_t j = 0; j < lines_.size(); ++j) {
        if (Certainty(lines_[j]->region) > certainty && Compatible(PlaceOf(*lines_[i]), PlaceOf(*lines_[j])) &&
            Near(*lines_[i], *lines_[j], zone_)) {
          known.insert(sets_.Find(j));
        }
      }
    }
    return known;
  }

  std::vector<Line> lines_;
  const TimeZone& zone_;
  Groups sets_;
};

// Time of day, day, month, year: finer differences do not make a start more precise.
int PrecisionClass(const ClinicalTime& time) { return time.has_time() ? 3 : static_cast<int>(time.written.precision); }

void SetTimes(Session& session, const std::vector<Line>& lines, UtcInstant now) {
  const auto key = [](Line line) {
    return std::tuple(-PrecisionClass(line->start), line->start.earliest, line->source);
  };
  session.start =
      (*std::min_element(lines.begin(), lines.end(), [&](Line a, Line b) { return key(a) < key(b); }))->start;
  for (const Line line : lines) {
    // An end that says less than the start says nothing.
    if (!line->end || !Known(*line->end, now) || PrecisionClass(*line->end) < PrecisionClass(session.start)) continue;
    const UtcInstant hi = MomentOf(*line->end).hi;
    if (!session.end || MomentOf(*session.end).hi < hi ||
        (MomentOf(*session.end).hi == hi && line->end->written.text < session.end->written.text)) {
      session.end = line->end;
    }
  }
}

void SetPlace(Session& session, const std::vector<Line>& lines) {
  bool left = false;
  bool right = false;
  for (const Line line : lines) {
    if (Certainty(line->region) > Certainty(session.region)) session.region = line->region;
    session.not_cervical = session.not_cervical || line->not_cervical;
    left = left || line->side == Side::kLeft || line->side == Side::kBilateral;
    right = right || line->side == Side::kRight || line->side == Side::kBilateral;
  }
  if (session.region != Region::kUnknown) session.not_cervical = false;
  if (left && right) {
    session.side = Side::kBilateral;
  } else if (left || right) {
    session.side = left ? Side::kLeft : Side::kRight;
  }
}

// Base line 1, each add-on 1; the other side of a joint does not add.
int CountJoints(const std::vector<Line>& lines) {
  int base = 0;
  int both = 0;
  int left = 0;
  int right = 0;
  for (const Line line : lines) {
    if (!line->add_on) {
      base = 1;
    } else if (line->side == Side::kLeft) {
      ++left;
    } else if (line->side == Side::kRight) {
      ++right;
    } else {
      ++both;
    }
  }
  return std::max(1, base + both + std::max(left, right));
}

Approach ApproachOf(const Session& session, const std::vector<Line>& lines, const PatientFacts& facts,
                    const TimeZone& zone, UtcInstant now) {
  bool joint = false;
  bool branch = false;
  for (const Line line : lines) {
    joint = joint || line->approach == Approach::kIntraArticular;
    branch = branch || line->approach == Approach::kMedialBranch;
  }
  if (joint != branch) return joint ? Approach::kIntraArticular : Approach::kMedialBranch;
  const auto day = DecidedDay(session.start, zone);
  for (const NerveBlockGuidance& guidance : facts.nerve_blocks) {
    if (day && Known(guidance.time, now) && DecidedDay(guidance.time, zone) == day &&
        Compatible(PlaceOf(session), Place{guidance.region})) {
      return Approach::kMedialBranch;
    }
  }
  return Approach::kUnknown;
}

struct Evidence {
  Intent intent = Intent::kTherapeutic;
  IntentReason reason = IntentReason::kDefault;
};

// The ladder of one line: what mapping found (KX, category, text), else the drugs given.
std::optional<Evidence> IntentEvidence(const FacetProcedure& line, const PatientFacts& facts) {
  if (line.intent) return Evidence{*line.intent, line.intent_reason};
  bool steroid = line.steroid_used;
  bool anaesthetic = line.anaesthetic_used;
  for (const DrugGiven& drug : facts.drugs) {
    if (drug.procedure != line.source.resource) continue;
    steroid = steroid || drug.steroid;
    anaesthetic = anaesthetic || drug.anaesthetic;
  }
  if (steroid) return Evidence{Intent::kTherapeutic, IntentReason::kDrugs};
  // Nobody knows that the anaesthetic was given alone where another drug could not be looked up.
  const auto unknown = [&line](const DrugReference& drug) {
    return std::find(drug.procedures.begin(), drug.procedures.end(), line.source.resource) != drug.procedures.end();
  };
  if (std::any_of(facts.drug_references.begin(), facts.drug_references.end(), unknown)) return std::nullopt;
  if (anaesthetic) return Evidence{Intent::kDiagnostic, IntentReason::kDrugs};
  return std::nullopt;
}

// Therapeutic if any line is by evidence, else diagnostic if any is, else by the approach.
Evidence IntentOf(const Session& session, const std::vector<Line>& lines, const PatientFacts& facts) {
  std::optional<Evidence> best;
  for (const Line line : lines) {
    const auto evidence = IntentEvidence(*line, facts);
    if (!evidence) continue;
    const auto rank = [](const Evidence& e) { return std::pair(e.intent != Intent::kTherapeutic, e.reason); };
    if (!best || rank(*evidence) < rank(*best)) best = evidence;
  }
  if (best) return *best;
  const bool branch = session.approach == Approach::kMedialBranch;
  return {branch ? Intent::kDiagnostic : Intent::kTherapeutic, IntentReason::kDefault};
}

Session MakeSession(std::vector<Line> lines, const PatientFacts& facts, const TimeZone& zone, UtcInstant now) {
  ADAPTER_CHECK(!lines.empty());
  std::sort(lines.begin(), lines.end(), [](Line a, Line b) {
    return std::tie(a->start.earliest, a->source) < std::tie(b->start.earliest, b->source);
  });
  Session session;
  for (const Line line : lines) session.procedures.push_back(line->source);
  SetTimes(session, lines, now);
  SetPlace(session, lines);
  session.joints = CountJoints(lines);
  session.approach = ApproachOf(session, lines, facts, zone, now);
  const Evidence intent = IntentOf(session, lines, facts);
  session.intent = intent.intent;
  session.intent_reason = intent.reason;
  return session;
}

}  // namespace

std::vector<Session> GroupSessions(const PatientFacts& facts, const TimeZone& zone, UtcInstant now) {
  std::vector<Line> lines;
  for (const FacetProcedure& line : facts.procedures) {
    if (Known(line.start, now)) lines.push_back(&line);
  }
  std::sort(lines.begin(), lines.end(), [](Line a, Line b) { return a->source < b->source; });
  std::vector<Session> sessions;
  for (auto& group : Grouper(std::move(lines), zone).Take()) {
    sessions.push_back(MakeSession(std::move(group), facts, zone, now));
  }
  std::sort(sessions.begin(), sessions.end(), [](const Session& a, const Session& b) {
    return std::tie(a.start.earliest, a.procedures.front()) < std::tie(b.start.earliest, b.procedures.front());
  });
  return sessions;
}

}  // namespace facet::clinical
