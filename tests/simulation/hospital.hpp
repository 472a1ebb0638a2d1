#pragma once
// The people of the simulation: patients, injections, scores, corrections and deletions, as timed writes to the model
// server, drawn from a seed. All of it is synthetic; every id holds "canary", so that no log may show one.
// Thread: values.
#include "adapter/base/random.hpp"
#include "adapter/base/time.hpp"

#include <string>
#include <vector>

namespace facet::testing {

struct Action {
  enum class Kind { kWrite, kDelete, kEditCarePlan, kDeleteCarePlan };
  UtcInstant at;
  Kind kind = Kind::kWrite;
  std::string type;
  std::string id;
  std::string body;
  std::string patient;  // "Patient/canary-1"
};

struct HospitalPlan {
  UtcInstant start;
  bool live = false;         // data arrive when they happen; else months of history arrive within two hours
  std::int64_t span_ms = 0;  // how long data arrive
  int patients = 4;
  bool deletes = true;  // a deletion whose notification is lost is found by a recheck only
};
std::vector<Action> DrawHospital(const HospitalPlan& plan, Prng& prng);

}  // namespace facet::testing
