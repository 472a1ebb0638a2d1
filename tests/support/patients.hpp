#pragma once
// Invented patients with a facet joint injection, drawn from a seed: what a hospital's server would hold of them.
// Each knows the verdict that the clinical specification (section 3) asks for, and which of its resources decides.
//
// Thread: values. Errors: none. Units: days count from the day of the injection.
#include "adapter/base/random.hpp"
#include "adapter/base/time.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace facet::support {

enum class Course : std::uint8_t {
  kNoResponse,     // two late readings, no relief: failed
  kShortLived,     // relief in the first week, lost again: failed
  kNegativeBlock,  // a diagnostic block without relief: failed
  kPositiveBlock,  // a diagnostic block that wears off within hours: not a failure
  kHelping,        // relief that lasts so far: pending
  kKnee,           // not a facet joint at all
};

struct Resource {
  std::string type;
  std::string id;
  std::string json;
  std::string reference() const { return type + "/" + id; }
};

// What is written into resources and must never be seen in a log, a metric or an error body.
struct Canaries {
  std::string family;
  std::string given;
  std::string identifier;
  std::string birth_date;
  std::string note;
  std::vector<std::string> All() const { return {family, given, identifier, birth_date, note}; }
};

class SyntheticPatient {
 public:
  // `tag` begins every id; `now` is when the story is told: everything happened before it.
  SyntheticPatient(Prng& prng, const std::string& tag, Course course, UtcInstant now);

  const std::string& id() const noexcept { return id_; }
  std::string reference() const { return "Patient/" + id_; }
  const Canaries& canaries() const noexcept { return canaries_; }
  Course course() const noexcept { return course_; }
  bool failed() const noexcept { return course_ <= Course::kNegativeBlock; }
  std::string verdict() const;  // as `episode.judged` says it; "" where there is no episode
  std::string Describe() const;

  // In the order in which they happened. The last one decides.
  const Resource& patient() const noexcept { return patient_; }
  const std::vector<Resource>& procedures() const noexcept { return procedures_; }
  const std::vector<Resource>& scores() const noexcept { return scores_; }  // [0]: baseline
  std::vector<Resource> All() const;
  std::vector<Resource> AllButLast() const;
  const Resource& deciding() const { return scores_.back(); }

  // A further score of this patient, on `day`, of the same instrument; `points` of ten.
  Resource Score(int day, int points, const std::string& status = "final") const;
  // The score `index` again with another value or status: a correction.
  Resource Corrected(std::size_t index, int points, const std::string& status = "corrected") const;
  // The injection (every line of it) again, with this status.
  std::vector<Resource> ProceduresWithStatus(const std::string& status) const;

 private:
  struct Reading {
    std::string id;
    UtcInstant at;
    int points = 0;
    std::string status;
  };
  std::string PatientJson() const;
  std::string ProcedureJson(std::size_t line, const std::string& status) const;
  std::string ProcedureId(std::size_t line) const { return id_ + "-pr" + std::to_string(line + 1); }
  Resource ScoreJson(const Reading& reading) const;
  void AddScore(std::int64_t minutes, int points);
  void Plan(Prng& prng);

  std::string id_;
  Course course_;
  Canaries canaries_;
  UtcInstant start_;
  int days_ago_ = 0;
  int instrument_ = 0;
  bool integer_ = false;
  bool period_ = false;
  bool cervical_ = false;
  int baseline_ = 0;
  Resource patient_;
  std::vector<Resource> procedures_;
  std::vector<Reading> readings_;
  std::vector<Resource> scores_;
};

std::string_view NameOf(Course course) noexcept;

// The wall clock: tests of a running daemon have no other.
UtcInstant WallClock();

}  // namespace facet::support
