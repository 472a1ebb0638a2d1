#include "adapter/app/discover_server.hpp"

#include "adapter/app/clock.hpp"
#include "adapter/fhir/bundle.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/intake/search.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

namespace facet::app {
namespace {

constexpr int kAttemptsMax = 5;

struct Search {
  const char* type;
  const char* elements;  // what counting needs; notes and narratives stay where they are
  const char* since;     // the search parameter
};
constexpr std::array<Search, 3> kSearches = {
    {{"Procedure", "id,status,category,code,subject,encounter,performed,bodySite,usedCode", "date"},
     {"Observation", "id,status,code,subject,encounter,effective,issued,value,dataAbsentReason,bodySite,component",
      "date"},
     {"Encounter", "id,status,class,subject", "date"}}};

const Search& SearchOf(const std::string& type) {
  return *std::find_if(kSearches.begin(), kSearches.end(), [&type](const Search& one) { return type == one.type; });
}

// Pages one after the other that show nothing new: a server whose links lead on and on.
constexpr int kIdlePagesMax = 100;

bool IsTransient(intake::AnswerClass answer) {
  return answer == intake::AnswerClass::kThrottled || answer == intake::AnswerClass::kFailed ||
         answer == intake::AnswerClass::kUnsent;
}

Error Failed(const std::string& type, const intake::Answer& answer) {
  std::string detail =
      answer.error ? std::string(MeaningOf(*answer.error)) : "answered " + std::to_string(answer.status);
  return MakeError(intake::CodeOf(answer), "search of " + type, detail, Retry::kLater);
}

}  // namespace

DiscoverServer::DiscoverServer(ServerOptions options, ServerReading reading, mapping::Discovery& into)
    : options_(std::move(options)), reading_(std::move(reading)), into_(into), client_(options_.client),
      prng_(static_cast<std::uint64_t>(Now().ms)) {}

Status DiscoverServer::Run() {
  for (const Search& search : kSearches) {
    const Status done = ReadType(search.type);
    progress_.Clear();
    if (done.ok()) continue;
    // Encounter classes are worth having; without them the rest still is.
    if (std::string_view(search.type) != "Encounter") return done;
    notes_.push_back("encounters could not be read (" + done.error().detail + ")");
  }
  return {};
}

void DiscoverServer::Pace() {
  const std::int64_t now = SteadyMs();
  if (next_request_at_ > now) std::this_thread::sleep_for(std::chrono::milliseconds(next_request_at_ - now));
  const auto pause = static_cast<std::int64_t>(1000.0 / std::max(reading_.requests_per_second, 0.01));
  next_request_at_ = std::max(next_request_at_, now) + pause;
}

intake::Answer DiscoverServer::Ask(const std::string& path) {
  intake::Request request;
  request.path = path;
  for (int attempt = 1;; ++attempt) {
    Pace();
    ++requests_;
    intake::Answer answer = PerformOnce(options_, client_, request);
    if (attempt == kAttemptsMax || !IsTransient(intake::Classify(answer))) return answer;
    const std::int64_t wait = intake::RetryDelayMs(attempt, {.base_ms = 1000, .max_ms = 60'000}, answer, prng_);
    std::this_thread::sleep_for(std::chrono::milliseconds(wait));
  }
}

std::string DiscoverServer::PathOf(const std::string& type, const std::string& patient) const {
  const Search& search = SearchOf(type);
  std::string path = type + "?_count=" + std::to_string(reading_.page_size);
  if (!patient.empty()) path += "&patient=" + patient;
  if (!reading_.since.empty()) path += "&" + std::string(search.since) + "=ge" + reading_.since;
  if (elements_) path += "&_elements=" + std::string(search.elements);
  return path;
}

Status DiscoverServer::ReadType(const std::string& type) {
  std::int64_t read = 0;
  bool done = false;
  if (reading_.patients.empty()) {
    ADAPTER_TRY_STATUS(ReadPages(type, PathOf(type, ""), read, done));
  }
  std::int64_t unread = 0;
  std::int64_t at = 0;
  for (const std::string& patient : reading_.patients) {
    if (done) break;
    progress_.Show(type + ", patients", at++, static_cast<std::int64_t>(reading_.patients.size()));
    const Status one = ReadPages(type, PathOf(type, patient), read, done);
    if (one.ok()) continue;
    // A patient that is gone or restricted is one patient; a token that is not accepted is everybody.
    const ErrorCode code = one.error().code;
    if (code != ErrorCode::kServerForbidden && code != ErrorCode::kServerNotFound &&
        code != ErrorCode::kServerRejected) {
      return one;
    }
    if (++unread == static_cast<std::int64_t>(reading_.patients.size())) return one;
  }
  if (unread > 0) notes_.push_back(type + ": " + std::to_string(unread) + " patient(s) could not be read");
  if (done) {
    notes_.push_back(type + ": stopped after " + std::to_string(read) + " resources (--max); more are there");
  }
  return {};
}

Status DiscoverServer::ReadPages(const std::string& type, std::string path, std::int64_t& read, bool& done) {
  std::set<std::string> seen;
  for (int idle_pages = 0; !done;) {
    seen.insert(path);
    intake::Answer answer = Ask(path);
    const auto kind = intake::Classify(answer);
    if (kind == intake::AnswerClass::kRejected && elements_ && path.find("&_elements=") != std::string::npos) {
      elements_ = false;  // a server that refuses what it does not know
      path.erase(path.find("&_elements="));
      continue;
    }
    if (kind != intake::AnswerClass::kOk) {
      Error error = Failed(type, answer);
      const bool alone = reading_.patients.empty() && path.find("patient=") == std::string::npos;
      const bool refused = kind == intake::AnswerClass::kRejected || kind == intake::AnswerClass::kRefused;
      if (alone && refused) {
        error.detail += ": the server may allow searches of one patient only; give --patients FILE (one id a line)";
      }
      return error;
    }
    ADAPTER_TRY(page, intake::ReadSearchPage(answer, options_.base_url));
    const std::int64_t read_before = read;
    const std::int64_t total = answer.body ? fhir::TotalOf(answer.body->root()).value_or(0) : 0;
    for (const json::Value resource : page.resources) {
      if (fhir::TypeOf(resource) != type || !into_.Add(resource, nullptr, {})) continue;
      ++read;
      done = reading_.resources_max > 0 && read >= reading_.resources_max;
      if (done) break;
    }
    if (reading_.patients.empty()) progress_.Show(type, read, total);
    if (done && !page.next && total <= read) done = false;  // exactly as many as there are
    if (page.next_refused) notes_.push_back(type + ": a link to the next page leads elsewhere and was not followed");
    if (!page.next) return {};
    path = *page.next;
    idle_pages = read > read_before ? 0 : idle_pages + 1;
    if (!done && (seen.contains(path) || idle_pages >= kIdlePagesMax)) {
      notes_.push_back(type + ": the links to the next page do not come to an end; stopped after " +
                       std::to_string(read) + " resources");
      return {};
    }
  }
  return {};
}

}  // namespace facet::app
