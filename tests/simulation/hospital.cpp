#include "tests/simulation/hospital.hpp"

#include "tests/simulation/fake_rules.hpp"

#include <algorithm>

namespace facet::testing {
namespace {

constexpr std::int64_t kDay = UtcInstant::kMsPerDay;

std::string CodeJson(const std::string& token) {
  const std::size_t bar = token.find('|');
  return R"("code":{"coding":[{"system":")" + token.substr(0, bar) + R"(","code":")" + token.substr(bar + 1) +
         R"("}]})";
}

class Drawing {
 public:
  Drawing(const HospitalPlan& plan, Prng& prng) : plan_(plan), prng_(prng) {}

  void Patient(int number) {
    const std::string name = "canary-" + std::to_string(number);
    patient_ = "Patient/" + name;
    id_ = name;
    end_ = plan_.start.PlusMs(plan_.span_ms);
    Write(Early(), "Patient", name, R"({"resourceType":"Patient"})");
    if (prng_.Chance(400)) Write(Early(), "Condition", Id("c"), R"({"resourceType":"Condition",)" + Subject() + "}");
    if (prng_.Chance(150))
      Write(Early(), "Procedure", Id("knee"), ProcedureJson("http://local|knee", "completed", "", plan_.start));
    UtcInstant session = FirstSession();
    Course(session);
    // A second session of the same course.
    if (prng_.Chance(300)) Course(session.PlusMs(prng_.Between(65, 75) * kDay));
    if (prng_.Chance(400)) HumanActs(session);
  }

  std::vector<Action> Take() { return std::move(actions_); }

 private:
  std::string Id(const std::string& kind) { return id_ + "-" + kind + "-" + std::to_string(next_++); }
  std::string Subject() const { return R"("subject":{"reference":")" + patient_ + R"("})"; }
  // It was documented for the wrong patient.
  void Move(UtcInstant at, const std::string& type, const std::string& id, std::string body) {
    const std::string other = "Patient/canary-" + std::to_string(prng_.Between(1, plan_.patients));
    body.replace(body.find(patient_), patient_.size(), other);
    Write(at, type, id, body);
  }
  // What is not subscribed to is there before what refers to it (a server keeps referential integrity).
  UtcInstant Early() { return plan_.start.PlusMs(prng_.Between(0, 1000)); }

  // When a fact of `clinical` time becomes known to the server.
  UtcInstant Arrival(UtcInstant clinical) {
    if (!plan_.live) return plan_.start.PlusMs(prng_.Between(2000, plan_.span_ms * 8 / 10));
    const UtcInstant recorded = clinical.PlusMs(prng_.Between(60'000, prng_.Chance(100) ? 3 * kDay : 3'600'000));
    return std::max(recorded, plan_.start.PlusMs(prng_.Between(2000, 600'000)));
  }

  UtcInstant FirstSession() {
    if (prng_.Chance(100)) return plan_.start.PlusMs(-prng_.Between(200, 230) * kDay);  // before follow.not_before
    if (plan_.live) return plan_.start.PlusMs(prng_.Between(0, 5) * kDay + prng_.Between(0, 20) * 3'600'000);
    return plan_.start.PlusMs(-prng_.Between(80, 100) * kDay + prng_.Between(0, 20) * 3'600'000);
  }

  void Write(UtcInstant at, const std::string& type, const std::string& id, const std::string& body) {
    actions_.push_back({at, Action::Kind::kWrite, type, id, body, patient_});
  }

  std::string ProcedureJson(const std::string& code, const std::string& status, const std::string& category,
                            UtcInstant at) const {
    return R"({"resourceType":"Procedure","status":")" + status + R"(",)" + CodeJson(code) + "," + Subject() +
           (category.empty() ? "" : R"(,"category":{"text":")" + category + R"("})") + R"(,"performedDateTime":")" +
           at.ToString() + R"("})";
  }

  std::string ScoreJson(int value, UtcInstant at, const std::string& status, const std::string& encounter) const {
    return R"({"resourceType":"Observation","status":")" + status + R"(",)" + CodeJson(kPainCode) + "," + Subject() +
           (encounter.empty() ? "" : R"(,"encounter":{"reference":"Encounter/)" + encounter + R"("})") +
           R"(,"effectiveDateTime":")" + at.ToString() + R"(","valueInteger":)" + std::to_string(value) + "}";
  }

  void Score(UtcInstant at, int value) {
    if (at > end_) return;
    const std::string id = Id("o");
    std::string encounter;
    if (prng_.Chance(200)) {
      encounter = Id("e");
      const std::string type = prng_.Chance(300) ? "EMER" : "AMB";
      Write(Early(), "Encounter", encounter,
            R"({"resourceType":"Encounter","class":{"code":")" + type + R"("},)" + Subject() + "}");
    }
    const UtcInstant arrival = Arrival(at);
    Write(arrival, "Observation", id, ScoreJson(value, at, "final", encounter));
    const UtcInstant later = arrival.PlusMs(prng_.Between(1000, plan_.live ? 2 * kDay : 1'200'000));
    if (prng_.Chance(80)) {
      Write(later, "Observation", id, ScoreJson(static_cast<int>(prng_.Between(0, 9)), at, "corrected", encounter));
    } else if (prng_.Chance(50)) {
      Write(later, "Observation", id, ScoreJson(value, at, "entered-in-error", encounter));
    } else if (plan_.deletes && prng_.Chance(80)) {
      actions_.push_back({later, Action::Kind::kDelete, "Observation", id, "", patient_});
    } else if (prng_.Chance(30)) {
      Move(later, "Observation", id, ScoreJson(value, at, "final", encounter));
    }
  }

  void Course(UtcInstant session) {
    if (session > end_) return;
    const bool diagnostic = prng_.Chance(200);
    const std::string category = diagnostic ? "diagnostic" : "therapeutic";
    const std::string id = Id("p");
    const UtcInstant arrival = Arrival(session);
    Write(arrival, "Procedure", id, ProcedureJson(kFacetCode, "completed", category, session));
    if (prng_.Chance(200)) {
      Write(Arrival(session), "Procedure", Id("p"),
            ProcedureJson(kFacetCode, "completed", category, session.PlusMs(600'000)));
    }
    const UtcInstant later = arrival.PlusMs(prng_.Between(1000, plan_.live ? 20 * kDay : 1'200'000));
    if (prng_.Chance(60)) {
      Write(later, "Procedure", id, ProcedureJson(kFacetCode, "entered-in-error", category, session));
    } else if (plan_.deletes && prng_.Chance(60)) {
      actions_.push_back({later, Action::Kind::kDelete, "Procedure", id, "", patient_});
    } else if (prng_.Chance(80)) {
      Move(later, "Procedure", id, ProcedureJson(kFacetCode, "completed", category, session));
    }
    Score(session.PlusMs(-2 * kDay), static_cast<int>(prng_.Between(6, 8)));
    if (diagnostic) {
      Score(session.PlusMs(3 * 3'600'000), prng_.Chance(500) ? 7 : 1);
      return;
    }
    // Unchanged, better for a while, better for good, or nobody asked.
    const std::int64_t kind = prng_.Chance(350) ? 0 : prng_.Between(0, 3);
    if (kind == 3) return;
    for (const int day : {16, 25, 33, 44}) {
      const bool better = kind == 2 || (kind == 1 && day < 20);
      Score(session.PlusMs(day * kDay + prng_.Between(0, 20) * 3'600'000),
            static_cast<int>(better ? prng_.Between(0, 2) : prng_.Between(6, 8)));
    }
  }

  void HumanActs(UtcInstant session) {
    Action action;
    action.at = plan_.start.PlusMs(prng_.Between(plan_.span_ms / 2, plan_.span_ms));
    // And then something comes that the proposal would have said.
    if (prng_.Chance(700)) {
      Write(
          action.at.PlusMs(prng_.Between(700'000, 2'000'000)), "Observation", Id("o"),
          ScoreJson(static_cast<int>(prng_.Between(0, 9)), session.PlusMs(prng_.Between(30, 50) * kDay), "final", ""));
    }
    action.kind = prng_.Chance(500) ? Action::Kind::kEditCarePlan : Action::Kind::kDeleteCarePlan;
    action.patient = patient_;
    actions_.push_back(action);
  }

  const HospitalPlan& plan_;
  Prng& prng_;
  std::vector<Action> actions_;
  std::string patient_;
  std::string id_;
  UtcInstant end_;
  int next_ = 1;
};

}  // namespace

std::vector<Action> DrawHospital(const HospitalPlan& plan, Prng& prng) {
  Drawing drawing(plan, prng);
  for (int i = 1; i <= plan.patients; ++i) drawing.Patient(i);
  std::vector<Action> actions = drawing.Take();
  std::stable_sort(actions.begin(), actions.end(), [](const Action& a, const Action& b) { return a.at < b.at; });
  return actions;
}

}  // namespace facet::testing
