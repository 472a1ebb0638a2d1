#pragma once
// How one session stands at one moment: the order in which the specification's questions are asked.
//
// In the flow: Case (everything of one session that does not change with time) -> Assess -> explain.cpp, which turns
// an Assessment into a Judgement. Inside this room only.
// Thread: pure. Owns: borrows from the facts, sessions, policy and zone of JudgePatient.
#include "adapter/clinical/outcome.hpp"

#include <optional>
#include <vector>

namespace facet::clinical {

struct Case {
  const PatientFacts* facts = nullptr;
  const std::vector<Session>* sessions = nullptr;
  std::size_t index = 0;
  const Policy* policy = nullptr;
  const TimeZone* zone = nullptr;
  std::vector<Sample> samples;
  BaselineLimits limits;
  const Session& session() const noexcept { return (*sessions)[index]; }
};

struct Assessment {
  Episode episode;
  std::vector<Series> series;
  Outcome outcome;
  std::optional<std::size_t> shown;  // index into `series`: the instrument that the judgement is told by
};

Assessment Assess(const Case& item, const Clock& clock);
bool IsPain(Instrument instrument) noexcept;

// explain.cpp: the numbers of an assessment, as the operator's contract prints them.
Judgement Explain(const Case& item, const Assessment& assessment);
// doubts.cpp
struct DoubtsInput {
  bool single_reading = false;
  bool scores_disagree = false;
  bool patient_checked = true;
};
void AddDoubts(const DoubtsInput& input, Judgement& judgement);
// times.cpp: when the outcome was decided, and when time alone may change it.
void AddTimes(const Case& item, const Assessment& assessment, UtcInstant now, Judgement& judgement);

}  // namespace facet::clinical
