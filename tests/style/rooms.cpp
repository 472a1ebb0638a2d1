#include "tests/style/rooms.hpp"

#include <algorithm>
#include <array>

namespace facet::style {

const std::vector<Room>& Rooms() {
  static const std::vector<Room> kRooms = {
      {"base", true, {}},
      {"json", true, {"base"}},
      {"fhir", true, {"base", "json"}},
      {"fhirpath", true, {"base", "json", "fhir"}},
      {"clinical", true, {"base"}},
      {"mapping", true, {"base", "json", "fhir", "fhirpath", "clinical"}},
      {"guide", true, {"base", "json", "fhir", "fhirpath", "clinical", "mapping"}},
      {"intake", true, {"base", "json", "fhir", "fhirpath", "clinical", "mapping"}},
      {"delivery", true, {"base", "json", "fhir", "fhirpath", "clinical", "mapping", "guide", "intake"}},
      {"engine", true, {"base", "json", "fhir", "fhirpath", "clinical", "mapping", "guide", "intake", "delivery"}},
      {"telemetry", false, {"base", "json"}},
      {"config",
       false,
       {"base", "json", "fhir", "fhirpath", "clinical", "mapping", "guide", "intake", "delivery", "engine"}},
      {"store",
       false,
       {"base", "json", "fhir", "fhirpath", "clinical", "mapping", "guide", "intake", "delivery", "engine"}},
      {"net", false, {"base", "json"}},
      {"app",
       false,
       {"base", "json", "fhir", "fhirpath", "clinical", "mapping", "guide", "intake", "delivery", "engine", "telemetry",
        "config", "store", "net"}},
  };
  return kRooms;
}

const Room* FindRoom(std::string_view name) {
  const auto& rooms = Rooms();
  const auto found = std::find_if(rooms.begin(), rooms.end(), [&](const Room& room) { return room.name == name; });
  return found == rooms.end() ? nullptr : &*found;
}

std::span<const std::string_view> WordsBannedInPureRooms() {
  static constexpr auto kWords = std::to_array<std::string_view>({
      "system_clock",  "steady_clock",  "high_resolution_clock",
      "utc_clock",     "clock::now",    "std::time",
      "clock_gettime", "gettimeofday",  "localtime",
      "localtime_r",   "time(nullptr)", "time(NULL)",
      "std::thread",   "std::jthread",  "this_thread",
      "std::mutex",    "shared_mutex",  "condition_variable",
      "std::async",    "std::atomic",   "thread_local",
      "rand(",         "srand(",        "random_device",
      "getenv",        "secure_getenv", "fstream",
      "ifstream",      "ofstream",      "filesystem",
      "fopen",         "boost/asio",    "boost/beast",
      "sqlite3.h",     "curl.h",        "std::cout",
      "std::cerr",     "std::cin",
  });
  return kWords;
}

std::span<const std::string_view> IncludesBannedInHeaders() {
  static constexpr auto kIncludes =
      std::to_array<std::string_view>({"boost/asio", "boost/beast", "sqlite3.h", "libpq-fe.h", "curl/curl.h"});
  return kIncludes;
}

}  // namespace facet::style
