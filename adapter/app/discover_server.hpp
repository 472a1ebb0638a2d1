#pragma once
// Reads what `discover` counts from a FHIR server: searches of Procedure, Observation and Encounter, for everybody or
// for a list of patients. Only GET, at a fixed pace, with as few elements as counting needs; nothing is kept.
//
// Thread: one; it sleeps between requests. Owns: its HTTP client.
// Errors: what ended the reading, in words for an operator; never a value of a patient.
#include "adapter/app/progress.hpp"
#include "adapter/app/server_workers.hpp"
#include "adapter/base/random.hpp"
#include "adapter/mapping/discover/discovery.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace facet::app {

struct ServerReading {
  std::vector<std::string> patients;    // ids; empty: search without a patient
  std::string since;                    // only what happened on this date or later; "" = everything
  std::int64_t resources_max = 20'000;  // of each type; 0 = no limit
  std::int64_t page_size = 100;
  double requests_per_second = 4;
};

class DiscoverServer {
 public:
  DiscoverServer(ServerOptions options, ServerReading reading, mapping::Discovery& into);
  Status Run();
  // What the operator should know besides: limits that were reached, patients that could not be read.
  const std::vector<std::string>& notes() const noexcept { return notes_; }
  std::int64_t requests() const noexcept { return requests_; }

 private:
  Status ReadType(const std::string& type);
  // One search to its last page. `done` is set where the limit of the type is reached.
  Status ReadPages(const std::string& type, std::string path, std::int64_t& read, bool& done);
  std::string PathOf(const std::string& type, const std::string& patient) const;
  intake::Answer Ask(const std::string& path);
  void Pace();

  ServerOptions options_;
  ServerReading reading_;
  mapping::Discovery& into_;
  net::HttpClient client_;
  Prng prng_;
  Progress progress_;
  bool elements_ = true;  // ask for the elements that are needed only
  std::int64_t requests_ = 0;
  std::int64_t next_request_at_ = 0;  // SteadyMs
  std::vector<std::string> notes_;
};

}  // namespace facet::app
