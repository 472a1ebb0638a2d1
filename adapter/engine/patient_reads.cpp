#include "adapter/engine/facts_codec.hpp"
#include "adapter/engine/patient_stepper.hpp"
#include "adapter/intake/search.hpp"

#include <algorithm>

namespace facet::engine::impl {
namespace {

using intake::AnswerClass;

// A kind of evidence that failed so often and so long, with no outage between, is not available.
constexpr int kFailuresMax = 8;
constexpr std::int64_t kFailingMs = 5 * 60'000;
// A patient with more pages than this of one kind is not read to the end: not available.
constexpr int kPagesMax = 200;

std::string_view TypeOf(std::string_view reference) { return reference.substr(0, reference.find('/')); }

}  // namespace

bool IsFinal(AnswerClass kind, int status) noexcept {
  return kind == AnswerClass::kRejected || kind == AnswerClass::kNotFound || kind == AnswerClass::kGone ||
         status == 403;
}

bool IsGivenUp(const intake::Failing& failing, AnswerClass kind, int status, UtcInstant now) noexcept {
  return IsFinal(kind, status) || failing.Lasts(kFailuresMax, kFailingMs, now);
}

void PatientStepper::Follow(const PatientInput& input) {
  const clinical::Policy& policy = context_.rules.policy();
  const std::int64_t days = policy.course_gap_days + policy.baseline_max_age_days;
  const UtcInstant since = input.since.PlusMs(-days * UtcInstant::kMsPerDay);
  for (const auto& [episode, revision] : input.carried) {
    int& known = state().carried[episode];
    known = std::max(known, revision);
  }
  const bool fresh = state().since.ms == 0;
  if (!fresh && since >= state().since && input.carried.empty()) return;
  state().since = fresh ? since : std::min(since, state().since);
  if (fresh) {
    state().mapping_hash = context_.rules.mapping_hash();
    step_.events.push_back(events::patient_followed(KeyOf(state().patient, context_.settings)));
  }
  StartQueries(QueryPhase::kHydrate);
}

void PatientStepper::TakeFact(const mapping::Extraction& extraction, bool counts) {
  if (!extraction.patient.empty() && extraction.patient != state().patient.get()) {
    return TakeGone(extraction.source.resource);  // it is another patient's now
  }
  const bool changed = context_.rules.Apply(state().facts, extraction);
  if (changed && counts) {
    state().changed_at = now_;
    state().judge_due = true;
  }
  if (changed && extraction.region_contradiction) {
    step_.events.push_back(events::mapping_region_contradicted(KeyOf(state().patient, context_.settings)));
  }
  for (const clinical::FacetProcedure& procedure : extraction.facts.procedures) {
    // An earlier session than any before: its baseline may lie before what has been read.
    if (procedure.start.earliest < context_.not_before) continue;
    PatientInput earlier;
    earlier.since = procedure.start.earliest;
    Follow(earlier);
  }
  FollowMerge();
}

void PatientStepper::TakeGone(const std::string& resource) {
  if (!context_.rules.Drop(state().facts, resource)) return;
  state().changed_at = now_;
  state().judge_due = true;
}

void PatientStepper::FollowMerge() {
  // A merge is followed once: the survivor takes the episodes over, this patient's proposals are taken back.
  const std::vector<std::string>& links = state().facts.patient.replaced_by;
  const std::string survivor = links.empty() || links.front() == state().patient.get() ? "" : links.front();
  if (survivor == state().merged_into) return;
  state().merged_into = survivor;
  state().judge_due = true;  // a merge that was undone: what failed is this patient's again
  if (survivor.empty()) return;
  FollowRequest request;
  request.patient = PatientRef(state().merged_into);
  request.since = now_;
  for (const auto& procedure : state().facts.procedures) {
    request.since = std::min(request.since, procedure.start.earliest);
  }
  for (const EpisodeState& episode : state().episodes) {
    if (!episode.proposal.careplan_id.empty()) request.carried[episode.id] = episode.proposal.revision;
  }
  step_.follow.push_back(std::move(request));
}

void PatientStepper::StartQueries(QueryPhase phase) {
  for (const QuerySpec& spec : QueryTable()) {
    if (spec.phase != phase) continue;
    ReadState& query = state().queries[spec.name];
    const int round = query.round + 1;
    query = {};
    query.round = round;
    query.status = ReadStatus::kDue;
    query.next_at = now_;
    if (phase == QueryPhase::kGather && spec.kind != nullptr) state().availability.*spec.kind = true;
  }
  if (phase == QueryPhase::kHydrate) state().recheck_at.reset();
}

std::string PatientStepper::PathOf(const QuerySpec& spec, const ReadState& query) const {
  const TimeZone& zone = context_.rules.zone();
  const std::int64_t recent_days = (context_.rules.policy().imaging_recent_months + 1) * std::int64_t{31};
  const QueryDates dates{
      zone.LocalDate(step_.state.since),
      zone.LocalDate(std::min(step_.state.since, now_.PlusMs(-recent_days * UtcInstant::kMsPerDay)))};
  const std::string codes = spec.with_codes ? context_.observation_codes[query.chunk] : std::string();
  return QueryPath(spec, step_.state.patient.get(), dates, codes, context_.settings.page_size);
}

void PatientStepper::AskQuery(const QuerySpec& spec, ReadState& query, const std::string& path) {
  intake::Request request;
  request.purpose = spec.phase == QueryPhase::kHydrate ? intake::Purpose::kHydrate : intake::Purpose::kGather;
  request.path = path;
  request.headers.emplace_back("Cache-Control", "no-cache");
  request.timeout_ms = context_.settings.request_timeout_ms;
  query.status = ReadStatus::kAsked;
  query.asked_run = context_.run;
  step_.asks.push_back({std::move(request), "query/" + std::to_string(query.round) + "/" + spec.name});
}

void PatientStepper::AskDue() {
  for (const QuerySpec& spec : QueryTable()) {
    const auto found = state().queries.find(spec.name);
    if (found == state().queries.end()) continue;
    ReadState& query = found->second;
    if (query.status == ReadStatus::kAsked && query.asked_run != context_.run) {
      // Asked by a process that is no more: from its first page.
      query = ReadState{ReadStatus::kDue, 0, query.round + 1, 0, query.failing, now_, 0, {}};
    }
    if (query.status != ReadStatus::kDue || query.next_at > now_) continue;
    if (spec.with_codes && context_.observation_codes.empty()) {
      query.status = ReadStatus::kDone;
    } else if (context_.capability.known && !context_.capability.Lists(spec.type) && !spec.required) {
      query.status = ReadStatus::kUnavailable;
      if (spec.kind != nullptr) state().availability.*spec.kind = false;
    } else {
      AskQuery(spec, query, PathOf(spec, query));
    }
  }
  for (auto& [resource, read] : state().reads) {
    const bool lost = read.status == ReadStatus::kAsked && read.asked_run != context_.run;
    if (!lost && (!WaitsForTime(read) || read.next_at > now_)) continue;
    intake::Request request;
    request.purpose = intake::Purpose::kHydrate;
    request.path = resource;
    request.timeout_ms = context_.settings.request_timeout_ms;
    read.status = ReadStatus::kAsked;
    read.asked_run = context_.run;
    step_.asks.push_back({std::move(request), "read/" + resource});
  }
}

void PatientStepper::TakeAnswer(const std::string& topic, const intake::Answer& answer) {
  if (topic.starts_with("read/")) return TakeRead(topic.substr(5), answer);
  const std::size_t slash = topic.find('/', 6);
  const QuerySpec* spec = FindQuery(topic.substr(slash + 1));
  if (!topic.starts_with("query/") || spec == nullptr) return;
  const auto query = state().queries.find(spec->name);
  if (query == state().queries.end() || query->second.status != ReadStatus::kAsked) return;
  if (std::to_string(query->second.round) != topic.substr(6, slash - 6)) return;
  TakeQuery(*spec, answer);
}

void PatientStepper::TakeQuery(const QuerySpec& spec, const intake::Answer& answer) {
  ReadState& query = state().queries[spec.name];
  if (intake::Classify(answer) != AnswerClass::kOk) return FailQuery(spec, query, answer);
  if (!TakePage(spec, query, answer)) {
    intake::Answer garbage = answer;
    garbage.garbage = true;
    return FailQuery(spec, query, garbage);
  }
}

bool PatientStepper::TakePage(const QuerySpec& spec, ReadState& query, const intake::Answer& answer) {
  const bool counts = spec.phase == QueryPhase::kHydrate;
  if (spec.parameters == nullptr) {
    const json::Value root = answer.body ? answer.body->root() : json::Value{};
    if (root["resourceType"].string() != spec.type) return false;
    query.status = ReadStatus::kDone;
    const int round = query.round;
    TakeFact(context_.rules.Extract(root), counts);
    // A fact may have begun the hydration again.
    if (state().queries[spec.name].round == round) query.failing = {};
    return true;
  }
  const auto page = intake::ReadSearchPage(answer, context_.settings.base_url);
  if (!page.ok() || page->next_refused) return false;
  const int round = query.round;
  ++query.pages;  // failures count until the round is over: good pages before one that always fails prove nothing
  for (const json::Value resource : page->resources) {
    const mapping::Extraction extraction = context_.rules.Extract(resource);
    if (!extraction.patient.empty() && extraction.patient != state().patient.get()) continue;
    query.seen.push_back(extraction.source.resource);
    TakeFact(extraction, counts);
  }
  if (query.round != round) return true;
  if (page->next && query.pages >= kPagesMax) {
    intake::Answer endless = answer;
    endless.garbage = true;
    GiveUpQuery(spec, query, endless);
  } else if (page->next) {
    AskQuery(spec, query, *page->next);
  } else if (spec.with_codes && query.chunk + 1 < context_.observation_codes.size()) {
    ++query.chunk;
    AskQuery(spec, query, PathOf(spec, query));
  } else {
    FinishRound(spec, query);
  }
  return true;
}

void PatientStepper::FinishRound(const QuerySpec& spec, ReadState& query) {
  query.status = ReadStatus::kDone;
  query.failing = {};
  std::sort(query.seen.begin(), query.seen.end());
  for (const clinical::Source& source : SourcesOf(state().facts)) {
    if (TypeOf(source.resource) != spec.type) continue;
    if (std::binary_search(query.seen.begin(), query.seen.end(), source.resource)) continue;
    if (IsNamedReason(source.resource)) {
      // It was read by its id, which a search need not find.
      const auto read = state().reads.find(source.resource);
      if (read != state().reads.end() && !IsPending(read->second)) state().reads.erase(read);
      WantRead(source.resource);
    } else if (spec.phase == QueryPhase::kGather) {
      // Context is what the server answers now.
      context_.rules.Drop(state().facts, source.resource);
    } else if (spec.required) {
      // Absence from a search proves nothing: only a read that answers 404 or 410 does.
      WantRead(source.resource);
    }
  }
  query.seen.clear();
}

void PatientStepper::FailQuery(const QuerySpec& spec, ReadState& query, const intake::Answer& answer) {
  const AnswerClass kind = intake::Classify(answer);
  query.failing.Add(answer, now_, context_.server_answered);
  if (IsGivenUp(query.failing, kind, answer.status, now_) && !spec.required) return GiveUpQuery(spec, query, answer);
  const intake::RetryPace pace{context_.settings.retry_base_ms,
                               context_.settings.retry_max_secs * UtcInstant::kMsPerSecond};
  const std::int64_t delay = intake::RetryDelayMs(query.failing.attempt(), pace, answer, context_.prng);
  step_.events.push_back(
      events::server_request_failed(spec.phase == QueryPhase::kHydrate ? Token("hydrate") : Token("gather"),
                                    intake::CodeOf(answer), answer.status, query.failing.tries, delay));
  query = ReadState{ReadStatus::kDue, 0, query.round + 1, 0, query.failing, now_.PlusMs(delay), 0, {}};
}

void PatientStepper::GiveUpQuery(const QuerySpec& spec, ReadState& query, const intake::Answer& answer) {
  step_.events.push_back(events::server_evidence_unavailable(
      KeyOf(state().patient, context_.settings), intake::TypeToken(spec.type), intake::CodeOf(answer), answer.status));
  query.seen.clear();
  if (spec.required) {
    // Nothing is judged without it; another day may bring fewer pages.
    const UtcInstant again = now_.PlusMs(context_.settings.recheck_secs * UtcInstant::kMsPerSecond);
    query = ReadState{ReadStatus::kDue, 0, query.round + 1, 0, {}, again, 0, {}};
    return;
  }
  query.status = ReadStatus::kUnavailable;
  if (spec.kind != nullptr) state().availability.*spec.kind = false;
}

bool PatientStepper::Settled(QueryPhase phase, bool required_only) const {
  for (const QuerySpec& spec : QueryTable()) {
    if (spec.phase != phase || (required_only && !spec.required)) continue;
    const auto found = step_.state.queries.find(spec.name);
    if (found == step_.state.queries.end() || IsPending(found->second)) return false;
  }
  return true;
}

bool PatientStepper::ReadsSettled() const {
  return std::none_of(step_.state.reads.begin(), step_.state.reads.end(),
                      [](const auto& entry) { return IsPending(entry.second); });
}

void PatientStepper::EndHydration() {
  state().recheck_at = now_.PlusMs(context_.settings.recheck_secs * UtcInstant::kMsPerSecond);
  state().judge_due = true;
  if (state().hydrated) return;
  state().hydrated = true;
  step_.events.push_back(events::patient_hydrated(KeyOf(state().patient, context_.settings),
                                                  static_cast<std::int64_t>(SourcesOf(state().facts).size())));
}

}  // namespace facet::engine::impl
