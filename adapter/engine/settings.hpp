#pragma once
// What the configuration says to the engine. Filled by app from the configuration file; the names follow its keys.
// Thread: immutable once the engine runs. Units: as the names say.
#include "adapter/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace facet::engine {

// A clock that goes back further than this was set; less is the everyday correction of a time service.
inline constexpr std::int64_t kClockStepMs = 5'000;

struct Settings {
  // fhir.*
  std::string base_url;   // without a trailing slash; reduces absolute references and paging links
  std::string system_id;  // keys and ids are derived from it, never from a URL
  // follow.*
  bool follow_subscription = true;
  bool follow_sweep = true;
  std::optional<UtcInstant> not_before;  // default: the first start, kept in the store
  // intake.*
  std::string public_url;   // hooks are <public_url>/hooks/<key>
  std::string hook_header;  // "Authorization: Bearer <secret>": channel.header of our Subscriptions; never logged
  std::int64_t sweep_interval_secs = 300;
  std::int64_t subscription_check_secs = 60;
  std::int64_t sweep_overlap_secs = 300;     // late commits and server caches are re-read
  std::int64_t commit_window_secs = 125;     // a server may stamp lastUpdated this long before it commits
  std::size_t search_chars_max = 1500;       // longer code lists are split into several searches
  std::size_t criteria_chars_max = 100'000;  // longer criteria become several Subscriptions
  int page_size = 50;
  // write_back.*
  bool write = false;            // false = shadow: nothing is written but Subscriptions
  std::int64_t per_day_max = 0;  // new proposals written a site-local day; 0 = no limit
  // delivery.*
  std::int64_t retry_base_ms = 1000;
  std::int64_t retry_max_secs = 900;
  std::int64_t settle_secs = 120;  // a write without an answer may be applied so much later
  int request_timeout_ms = 30'000;
  std::size_t requests_max = 6;  // in flight at the server at once
  // pace of what has no key
  std::int64_t recheck_secs = 86'400;     // hydrate again, look for deleted facts
  std::int64_t feedback_secs = 21'600;    // look whether people changed our proposals
  std::int64_t capability_secs = 86'400;  // read the CapabilityStatement again
  int store_keep_days = 730;              // store.keep_days
  // Of whatever else in the configuration a proposal depends on (opt-out list, organization, status): where it changes,
  // every patient is judged again.
  std::string site_hash;
  // log
  std::string pseudonym_key;  // keys the digest of patient references in the log
};

}  // namespace facet::engine
