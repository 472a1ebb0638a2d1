#pragma once
// The setting of a pain score: spine, ambulatory, unrelated or unknown, by table, first hit (clinical specification,
// section 1). Pain codes carry no body site: an 8 from the emergency department for a kidney stone is not a failed
// injection.
//
// Inside this room only; built once a patient. Thread: pure. Owns: borrows from the PatientFacts it was made of.
#include "adapter/clinical/facts.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace facet::clinical {

class Settings {
 public:
  // What is later than `now` has no say.
  Settings(const PatientFacts& facts, const TimeZone& zone, UtcInstant now);
  Setting Of(const PainScore& score) const;

 private:
  const TimeZone& zone_;
  std::set<std::string_view> procedures_;
  std::set<std::string_view> encounters_;                      // of facet procedures
  std::map<std::string_view, Setting> visits_;                 // what the class of an Encounter says
  std::set<std::pair<std::string_view, std::int64_t>> other_;  // encounter and day of other procedures
};

}  // namespace facet::clinical
