#pragma once
// A site's time zone from the time zone database, as the immutable table that the pure rooms use.
// Thread: any. Errors: config.invalid for an unknown name.
#include "adapter/base/result.hpp"
#include "adapter/base/time.hpp"

#include <string>

namespace facet::config {

// "America/Chicago", "UTC". Every change of offset from 1900 to 2100.
Result<TimeZone> LoadTimeZone(const std::string& name);

}  // namespace facet::config
