#pragma once
// Comparisons of times that may be partial dates: a comparison that the precision cannot decide is undecided, and an
// undecided fact is not evidence (clinical specification, section 1, Time). And of regions that may be half known.
//
// Inside this room only. Thread: pure. Errors: none. Units: UTC milliseconds; days are days of the site's calendar.
#include "adapter/base/time.hpp"
#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/judgement.hpp"

#include <cstdint>
#include <optional>

namespace facet::clinical {

// Where an event may lie, both ends included. A time of day is a point; a date is its whole local day.
struct Moment {
  UtcInstant lo;
  UtcInstant hi;
};

inline Moment MomentOf(const ClinicalTime& time) noexcept {
  return {time.earliest, time.has_time() ? time.earliest : time.latest.PlusMs(-1)};
}

// "Surely": true whatever the partial dates stand for.
inline bool SurelyNotAfter(const Moment& a, const Moment& b) noexcept { return a.hi <= b.lo; }
inline bool SurelyAfter(const Moment& a, const Moment& b) noexcept { return a.lo > b.hi; }
inline bool Overlap(const Moment& a, const Moment& b) noexcept { return a.lo <= b.hi && b.lo <= a.hi; }

// A time after `now` is not known yet.
inline bool Known(const ClinicalTime& time, UtcInstant now) noexcept { return time.earliest <= now; }

// A boundary has been reached once the last millisecond before it has come: "as of" a date is the end of that day.
inline bool Reached(UtcInstant boundary, UtcInstant now) noexcept { return boundary.PlusMs(-1) <= now; }

inline std::int64_t LocalDay(UtcInstant at, const TimeZone& zone) noexcept { return zone.LocalDate(at).ToDays(); }

// The site-local day, in days since 1970-01-01; none where the precision is coarser.
inline std::optional<std::int64_t> DecidedDay(const ClinicalTime& time, const TimeZone& zone) noexcept {
  const Moment moment = MomentOf(time);
  const std::int64_t first = LocalDay(moment.lo, zone);
  return first == LocalDay(moment.hi, zone) ? std::optional(first) : std::nullopt;
}

// A region, and the one thing the word "back" says of an unknown one.
struct Place {
  Region region = Region::kUnknown;
  bool not_cervical = false;
};

inline bool Compatible(const Place& a, const Place& b) noexcept {
  if ((a.not_cervical && b.region == Region::kCervical) || (b.not_cervical && a.region == Region::kCervical)) {
    return false;
  }
  return Compatible(a.region, b.region);
}

inline Place PlaceOf(const FacetProcedure& line) noexcept { return {line.region, line.not_cervical}; }
inline Place PlaceOf(const Session& session) noexcept { return {session.region, session.not_cervical}; }
inline Place PlaceOf(const PainScore& score) noexcept { return {score.region, score.not_cervical}; }
// `lumbar` includes the sacroiliac joint, whatever the resource says of its site.
Place PlaceOf(const Intervention& intervention) noexcept;

}  // namespace facet::clinical
