// Which regions may be the same place (clinical specification, section 1, Region).
#include "adapter/clinical/moment.hpp"

namespace facet::clinical {

bool Compatible(Region a, Region b) noexcept {
  if (a == Region::kUnknown || b == Region::kUnknown || a == b) return true;
  const Region other = a == Region::kCervicothoracic ? b : a;
  const bool half_known = a == Region::kCervicothoracic || b == Region::kCervicothoracic;
  return half_known && other != Region::kLumbar;
}

Place PlaceOf(const Intervention& intervention) noexcept {
  const bool sacroiliac = intervention.kind == InterventionKind::kSiInjection ||
                          intervention.kind == InterventionKind::kSiRfa ||
                          intervention.kind == InterventionKind::kSiFusion;
  if (sacroiliac && intervention.region == Region::kUnknown) return {Region::kLumbar, false};
  return {intervention.region, intervention.not_cervical};
}

}  // namespace facet::clinical
