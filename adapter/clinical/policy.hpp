#pragma once
// The clinical policy: every number the judgement and the guide use (clinical specification, sections 3 and 4).
// Defaults are the preset `guide`; a site's clinical owner signs off a policy file that `config` turns into this.
// Thread: immutable once loaded.
#include "adapter/base/decimal.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace facet::clinical {

struct Window {
  int first = 0;
  int last = 0;  // both ends included
  bool holds(std::int64_t day) const noexcept { return day >= first && day <= last; }
};

enum class Confirm : std::uint8_t { kSettled, kFirst, kTwoReadings, kWindowEnd };
std::string_view NameOf(Confirm value) noexcept;  // "settled", "two-readings"; FromName<Confirm> is the way back

struct Policy {
  std::string name = "guide";
  std::string version = "1.0.0";
  std::string hash;         // canonical hash of the effective policy, set when loaded
  std::string approved_by;  // "" until an approval file names somebody
  std::string approved_on;

  // therapeutic.*
  Decimal success_percent = 50;     // LCD L38801; IMMPACT substantial
  Decimal min_absolute_change = 2;  // of 10, scaled
  Window response_days{1, 59};
  Window early_days{14, 59};
  int overdue_after_day = 42;
  int durable_days = 90;
  Window durable_window{60, 120};
  int settle_days = 7;
  Confirm confirm = Confirm::kSettled;
  // diagnostic.*
  Window diagnostic_window_hours{0, 24};
  int peak_hours = 8;
  Decimal positive_percent = 70;
  int blocks_required = 1;
  int block_valid_days = 360;
  // baseline.*
  int baseline_max_age_days = 30;
  Decimal baseline_min_score = 4;      // of 10, scaled
  int baseline_quiet_hours = 24;       // after an earlier facet session no score is a baseline
  int function_baseline_percent = 20;  // of the scale: a function score below it cannot improve enough to be judged
  int scores_disagree_points = 20;     // computed and explicit relief further apart than this are a doubt
  // other groups
  Window rfa_expected_months{6, 24};
  Decimal scs_trial_success_percent = 50;
  Decimal sij_positive_percent = 50;
  bool repeat_allowed = true;
  Decimal repeat_no_relief_percent = 10;
  int course_gap_days = 180;
  int imaging_recent_months = 12;
  int expires_days = 90;  // proposal.expires_days
  int activities_max = 8;
  int stable_age_secs = 60;

  bool approach_and_intent_required = false;  // us-cms: unknown approach and unknown intent is intent-unknown
  std::vector<std::string> hold_on;           // doubts that hold a proposal back
  std::vector<std::string> gates{"deceased", "inactive", "test-patient", "under-18", "restricted", "opt-out"};
  // Text a preset adds to a rule: {"G37", "advised against by ..."}.
  struct Annotation {
    std::string rule;
    std::string text;
  };
  std::vector<Annotation> annotations;
};

}  // namespace facet::clinical
