#include "adapter/app/probe.hpp"

#include "adapter/app/clock.hpp"
#include "adapter/app/settings.hpp"
#include "adapter/intake/capability.hpp"
#include "adapter/intake/search.hpp"
#include "adapter/json/writer.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace facet::app {
namespace {

// More than this and windows in hours, tokens and watermarks begin to suffer.
constexpr std::int64_t kSkewMsMax = 30'000;

std::string_view NameOf(FindingLevel level) {
  if (level == FindingLevel::kOk) return "ok";
  return level == FindingLevel::kWarning ? "warning" : "problem";
}

std::string FailureOf(const intake::Answer& answer) {
  if (answer.error) {
    return std::string(facet::NameOf(*answer.error)) + ": " + std::string(MeaningOf(*answer.error)) +
           " Is the server up, fhir.base_url right, and the way to it open from this machine?";
  }
  if (answer.status == 401) return "answered 401: fhir.auth is missing or its token is not accepted";
  if (answer.status == 403) return "answered 403: the token does not allow this";
  if (answer.garbage || (answer.ok() && !answer.body)) return "the answer is not JSON: is fhir.base_url a FHIR base?";
  return "answered " + std::to_string(answer.status);
}

class Probe {
 public:
  Probe(const config::Config& config, const Rulebook& rules, std::vector<Finding>& findings)
      : base_url_(config.fhir.base_url), rules_(rules), findings_(findings), options_(ServerOptionsOf(config)),
        client_(options_.client) {}

  void Run() {
    const auto answer = Get("metadata");
    if (!answer.ok() || !answer.body) return Problem("server", base_url_ + ": " + FailureOf(answer));
    Describe(answer);
    for (const char* type : {"Procedure", "Observation"}) TrySearch(type);
    for (const char* type : {"Patient", "Encounter", "Condition", "Subscription"}) TryRead(type);
  }

 private:
  intake::Answer Get(std::string path) {
    intake::Request request;
    request.path = std::move(path);
    return PerformOnce(options_, client_, request);
  }
  void Say(FindingLevel level, std::string topic, std::string text) {
    findings_.push_back({level, std::move(topic), std::move(text)});
  }
  void Ok(std::string topic, std::string text) { Say(FindingLevel::kOk, std::move(topic), std::move(text)); }
  void Warn(std::string topic, std::string text) { Say(FindingLevel::kWarning, std::move(topic), std::move(text)); }
  void Problem(std::string topic, std::string text) { Say(FindingLevel::kProblem, std::move(topic), std::move(text)); }

  void Describe(const intake::Answer& answer) {
    const json::Value statement = answer.body->root();
    const auto version = statement["fhirVersion"].string();
    const std::string software = std::string(statement["software"]["name"].string()) + " " +
                                 std::string(statement["software"]["version"].string());
    if (version.starts_with("4.0")) {
      Ok("server", software + ", FHIR " + std::string(version));
    } else {
      Problem("server", software + " says FHIR version '" + std::string(version) + "'; R4 (4.0.1) is expected");
    }
    if (const auto server_now = intake::ServerTime(answer)) {
      const std::int64_t skew = std::llabs(server_now->ms - Now().ms);
      if (skew > kSkewMsMax) Warn("clock", "differs from the server's by " + std::to_string(skew / 1000) + " s");
    }
    const auto capability = intake::ReadCapability(statement);
    if (!capability.ok()) return Problem("capability", "the answer to /metadata is no CapabilityStatement");
    for (const char* type : {"CarePlan", "Provenance"}) DescribeWrites(type, capability->Of(type));
    if (!capability->Lists("Subscription")) Warn("Subscription", "not offered; changes are found by sweeps only");
  }

  // The class of write-back, as the ladder of delivery will use it.
  void DescribeWrites(const char* type, const intake::TypeCapability& can) {
    if (can.update_create) return Ok(type, "exact: created by PUT with our own id");
    if (can.conditional_create) return Ok(type, "conditional: created by POST with If-None-Exist");
    Warn(type, "best effort: neither update-as-create nor conditional create is offered; duplicates are alarmed");
  }

  void TrySearch(const std::string& type) {
    const auto lists = intake::JoinCodes(rules_.mapper->SearchCodes(type), 1500, false);
    const std::string code = lists.empty() ? "" : "&code=" + lists.front();
    const auto answer = Get(type + "?_lastUpdated=ge" + Now().PlusMs(-UtcInstant::kMsPerHour).ToString() + code +
                            "&_sort=_lastUpdated&_count=1");
    if (answer.ok() && answer.body) return Ok(type, "sweep search works");
    Problem(type, "the sweep's search does not work: " + FailureOf(answer));
  }

  void TryRead(const std::string& type) {
    const auto answer = Get(type + "?_count=1");
    if (answer.ok() && answer.body) return Ok(type, "can be searched");
    Warn(type, "cannot be searched: " + FailureOf(answer));
  }

  const std::string base_url_;
  const Rulebook& rules_;
  std::vector<Finding>& findings_;
  ServerOptions options_;
  net::HttpClient client_;
};

}  // namespace

void ProbeServer(const config::Config& config, const Rulebook& rules, std::vector<Finding>& findings) {
  Probe(config, rules, findings).Run();
}

void PrintFindings(const std::vector<Finding>& findings, bool json_lines) {
  std::size_t width = 14;
  for (const auto& finding : findings) width = std::max(width, finding.topic.size());
  for (const auto& finding : findings) {
    if (json_lines) {
      json::Writer w;
      w.Object([&] {
        w.Member("level", NameOf(finding.level)).Member("topic", finding.topic).Member("text", finding.text);
      });
      std::printf("%s\n", w.text().c_str());
    } else {
      std::printf("%-8s %-*s %s\n", std::string(NameOf(finding.level)).c_str(), static_cast<int>(width),
                  finding.topic.c_str(), finding.text.c_str());
    }
  }
}

}  // namespace facet::app
