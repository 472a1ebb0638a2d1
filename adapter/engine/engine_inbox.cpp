#include "adapter/engine/engine_impl.hpp"
#include "adapter/fhir/references.hpp"
#include "adapter/intake/http_fields.hpp"

#include <algorithm>

namespace facet::engine {
namespace {

constexpr std::size_t kInboxPage = 256;
// Reads under way at once, and those that wait for their next try; what is behind them stays in the store.
constexpr std::size_t kReadsMax = 1000;
constexpr std::size_t kReadsWaitingMax = 20'000;
// A read that failed so often and so long, with no outage between, is given up where a sweep covers it.
constexpr int kReadTriesMax = 12;
constexpr std::int64_t kReadFailingMs = 15 * 60'000;

std::string ResourceOf(const intake::Hint& hint) { return hint.type + "/" + hint.id; }

bool SaysDeleted(const std::vector<InboxRow>& rows) {
  return std::any_of(rows.begin(), rows.end(),
                     [](const InboxRow& row) { return row.hint.kind == intake::HintKind::kDeleted; });
}

// Closed codes of how a notification ended.
Token ReasonToken(std::string_view reason) {
  for (const std::string_view known : {"not-followed", "not-relevant"}) {
    if (reason == known) return Token::OfName(known);
  }
  return "applied";
}

}  // namespace

void Engine::Impl::ResumeReads(UtcInstant now) {
  for (auto& [resource, read] : reads) {
    if (!read.in_flight && read.next_at <= now) SendRead(resource, now);
  }
}

Status Engine::Impl::LoadInbox() {
  if (!inbox.empty() || !inbox_more || reads.size() >= kReadsWaitingMax) return {};
  const auto under_way =
      std::count_if(reads.begin(), reads.end(), [](const auto& read) { return read.second.in_flight; });
  if (static_cast<std::size_t>(under_way) >= kReadsMax) return {};
  ADAPTER_TRY(rows, store.LoadNewInbox(inbox_after, kInboxPage));
  inbox_more = rows.size() == kInboxPage;
  for (InboxRow& row : rows) {
    inbox_after = row.id;
    inbox.push_back(std::move(row));
  }
  return {};
}

void Engine::Impl::Finish(const InboxRow& row, InboxState state, Token reason, UtcInstant now) {
  ledger.batch().inbox.push_back({row.id, state, std::string(reason.get()), now});
  turn_events.push_back(events::inbox_notification_processed(
      row.id, row.hint.kind == intake::HintKind::kWake ? Token("none") : intake::TypeToken(row.hint.type), reason,
      now.ms - row.received_at.ms));
}

// "" where the resource has to be read. A hospital writes a million Observations a day; those of patients who are not
// followed cost one look into the store.
Result<std::string> Engine::Impl::ReasonToIgnore(const intake::Hint& hint) {
  ADAPTER_TRY(holders, ledger.FindHolders(ResourceOf(hint)));
  if (!holders.empty()) return std::string();
  if (hint.kind == intake::HintKind::kDeleted) return std::string("not-followed");
  if (hint.type != "Procedure" && hint.type != "Observation") return std::string("not-relevant");
  if (hint.patient.get().empty() || hint.facet) return std::string();
  ADAPTER_TRY(followed, ledger.IsFollowed(hint.patient));
  return followed ? std::string() : std::string("not-followed");
}

Status Engine::Impl::TakeInbox(const InboxRow& row, UtcInstant now) {
  if (row.hint.kind == intake::HintKind::kWake) {
    FeedInput hurry;
    hurry.kind = FeedInputKind::kHurry;
    Finish(row, InboxState::kDone, "swept", now);
    return StepFeedWith(hurry, now);
  }
  ADAPTER_TRY(reason, ReasonToIgnore(row.hint));
  if (reason.empty()) {
    WantRead(row, now);
  } else {
    Finish(row, InboxState::kDone, ReasonToken(reason), now);
  }
  return {};
}

void Engine::Impl::WantRead(const InboxRow& row, UtcInstant now) {
  const std::string resource = ResourceOf(row.hint);
  ResourceRead& read = reads[resource];
  if (read.in_flight) {
    read.waiting.push_back(row);
    return;
  }
  read.rows.push_back(row);
  if (read.failing.tries == 0 && !read.missing) SendRead(resource, now);
}

void Engine::Impl::SendRead(const std::string& resource, UtcInstant now) {
  ResourceRead& read = reads[resource];
  read.in_flight = true;
  read.next_at = now;
  intake::Ask ask;
  ask.request.purpose = intake::Purpose::kRead;
  ask.request.path = resource;
  ask.request.headers.emplace_back("Cache-Control", "no-cache");
  ask.request.timeout_ms = settings.request_timeout_ms;
  Pending wait;
  wait.owner = Owner::kRead;
  wait.key = resource;
  Ask(std::move(ask), std::move(wait));
}

Status Engine::Impl::TakeRead(const std::string& resource, const intake::Answer& answer, UtcInstant now) {
  const intake::AnswerClass kind = intake::Classify(answer);
  const json::Value root = answer.body ? answer.body->root() : json::Value{};
  Token reason = "applied";
  InboxState state = InboxState::kDone;
  ADAPTER_TRY(again, MustLookAgain(resource, kind));
  if (again) {
    LookAgain(reads[resource], now);
    return {};
  }
  if (kind == intake::AnswerClass::kOk) {
    if (std::string(root["resourceType"].string()) + "/" + std::string(root["id"].string()) != resource) {
      intake::Answer garbage = answer;
      garbage.garbage = true;
      return RetryRead(resource, garbage, now);
    }
    ADAPTER_TRY(routed, Route(root, now));
    reason = routed;
  } else if (kind == intake::AnswerClass::kNotFound || kind == intake::AnswerClass::kGone) {
    ADAPTER_TRY_STATUS(RouteGone(resource, PatientRef{}, now));
    reason = "gone";
  } else {
    // Who holds it is looked up for a refusal only: most answers are none.
    const bool rejected = kind == intake::AnswerClass::kRejected;
    ADAPTER_TRY(may_give_up, rejected ? MayGiveUp(resource) : Result<bool>(false));
    if (!may_give_up) return RetryRead(resource, answer, now);
    state = InboxState::kDead;
    reason = "rejected";
  }
  ResourceRead& read = reads[resource];
  for (const InboxRow& row : read.rows) Finish(row, state, reason, now);
  read.rows = std::move(read.waiting);
  read.waiting.clear();
  read.failing = {};
  read.missing = false;
  if (read.rows.empty()) {
    reads.erase(resource);
  } else {
    SendRead(resource, now);
  }
  return {};
}

// What a verdict may rest on is not dropped for one 404, unless the server said itself that it was deleted.
Result<bool> Engine::Impl::MustLookAgain(const std::string& resource, intake::AnswerClass kind) {
  const ResourceRead& read = reads[resource];
  if (kind != intake::AnswerClass::kNotFound || read.missing) return false;
  if (SaysDeleted(read.rows)) return false;
  ADAPTER_TRY(holders, ledger.FindHolders(resource));
  return !holders.empty();
}

void Engine::Impl::LookAgain(ResourceRead& read, UtcInstant now) {
  read.in_flight = false;
  read.missing = true;
  std::move(read.waiting.begin(), read.waiting.end(), std::back_inserter(read.rows));
  read.waiting.clear();
  read.next_at = now.PlusMs(intake::kSecondLookMs);
}

// A deletion, and a change of what a verdict may rest on, is learnt however long it takes: no sweep shows what is gone.
Result<bool> Engine::Impl::MayGiveUp(const std::string& resource) {
  const ResourceRead& read = reads[resource];
  if (SaysDeleted(read.rows) || SaysDeleted(read.waiting)) return false;
  ADAPTER_TRY(holders, ledger.FindHolders(resource));
  return holders.empty();
}

Status Engine::Impl::RetryRead(const std::string& resource, const intake::Answer& answer, UtcInstant now) {
  ResourceRead& read = reads[resource];
  read.in_flight = false;
  read.failing.Add(answer, now, server_answered);
  ADAPTER_TRY(may_give_up, MayGiveUp(resource));
  std::move(read.waiting.begin(), read.waiting.end(), std::back_inserter(read.rows));
  read.waiting.clear();
  if (settings.follow_sweep && may_give_up && read.failing.Lasts(kReadTriesMax, kReadFailingMs, now)) {
    GiveUpRead(resource, answer, now);
    return {};
  }
  const std::int64_t delay = intake::RetryDelayMs(read.failing.attempt(), Pace(), answer, prng);
  read.next_at = now.PlusMs(delay);
  turn_events.push_back(
      events::server_request_failed("read", intake::CodeOf(answer), answer.status, read.failing.tries, delay));
  return {};
}

void Engine::Impl::GiveUpRead(const std::string& resource, const intake::Answer& answer, UtcInstant now) {
  for (const InboxRow& row : reads[resource].rows) {
    turn_events.push_back(events::inbox_notification_given_up(row.id, intake::TypeToken(row.hint.type),
                                                              intake::CodeOf(answer), answer.status));
    Finish(row, InboxState::kDead, "unreadable", now);
  }
  reads.erase(resource);
}

// A cheap look before a swept resource is read by the mappings: most scores are of patients who are not followed.
Result<bool> Engine::Impl::MayMatter(json::Value resource) {
  if (resource["resourceType"].string() != "Observation") return true;
  const std::string patient =
      fhir::ReduceReference(fhir::ParseReference(resource["subject"]["reference"].string()), settings.base_url);
  if (!patient.starts_with("Patient/")) return true;
  ADAPTER_TRY(followed, ledger.IsFollowed(PatientRef(patient)));
  if (followed) return true;
  ADAPTER_TRY(holders, ledger.FindHolders("Observation/" + std::string(resource["id"].string())));
  return !holders.empty();
}

Result<Token> Engine::Impl::Route(json::Value resource, UtcInstant now) {
  const mapping::Extraction extraction = rules.Extract(resource);
  const PatientRef patient(extraction.patient);
  ADAPTER_TRY_STATUS(RouteGone(extraction.source.resource, patient, now));
  if (extraction.patient.empty()) return Token("no-patient");
  ADAPTER_TRY(followed, ledger.IsFollowed(patient));
  if (!followed) {
    if (!extraction.facet_procedure) return Token("not-followed");
    FollowRequest request;
    request.patient = patient;
    request.since = UtcInstant{std::numeric_limits<std::int64_t>::max()};
    for (const clinical::FacetProcedure& procedure : extraction.facts.procedures) {
      if (procedure.start.earliest < feed.not_before) continue;
      request.since = std::min(request.since, procedure.start.earliest);
    }
    if (request.since.ms == std::numeric_limits<std::int64_t>::max()) return Token("before-start");
    ADAPTER_TRY_STATUS(Follow(request, now));
  }
  PatientInput input;
  input.kind = PatientInputKind::kFact;
  input.extraction = &extraction;
  ADAPTER_TRY_STATUS(StepPatientWith(patient, input, now));
  return Token("applied");
}

Status Engine::Impl::RouteGone(const std::string& resource, const PatientRef& but, UtcInstant now) {
  ADAPTER_TRY(holders, ledger.FindHolders(resource));
  for (const PatientRef& holder : holders) {
    if (holder == but) continue;
    PatientInput input;
    input.kind = PatientInputKind::kGone;
    input.resource = resource;
    ADAPTER_TRY_STATUS(StepPatientWith(holder, input, now));
  }
  return {};
}

Status Engine::Impl::Follow(const FollowRequest& request, UtcInstant now) {
  ADAPTER_TRY(followed, ledger.IsFollowed(request.patient));
  if (!followed) ledger.Insert(NewPatient(request.patient, now));
  PatientInput input;
  input.kind = PatientInputKind::kFollow;
  input.since = request.since;
  input.carried = request.carried;
  return StepPatientWith(request.patient, input, now);
}

}  // namespace facet::engine
