#include "adapter/intake/sweep.hpp"

#include "adapter/intake/http_fields.hpp"

#include <algorithm>

namespace facet::intake {
namespace {

// Pages of a search expire: after so many failures in a row the sweep begins again.
constexpr int kPageTries = 3;
// A watermark is in the past; clocks that were set a little make it appear otherwise for a while.
constexpr std::int64_t kWatermarkAheadMs = UtcInstant::kMsPerHour;

std::string FirstPath(const SweepState& state, const SweepPlan& plan) {
  const UtcInstant from{std::max<std::int64_t>(state.watermark.ms - plan.overlap_ms, 0)};
  return state.type + "?_lastUpdated=ge" + EncodeQuery(from.ToString()) + "&code=" + plan.code_lists[state.chunk] +
         "&_sort=_lastUpdated&_count=" + std::to_string(plan.page_size);
}

void AskPage(SweepStep& step, const SweepPlan& plan, std::uint64_t run) {
  Request request;
  request.purpose = Purpose::kSweep;
  request.path = step.state.next_path.empty() ? FirstPath(step.state, plan) : step.state.next_path;
  // Servers answer equal searches from a cache otherwise.
  request.headers.emplace_back("Cache-Control", "no-cache");
  request.timeout_ms = plan.timeout_ms;
  step.state.asked_run = run;
  step.asks.push_back({std::move(request), step.state.type});
}

void Restart(SweepState& state) {
  state.active = false;
  state.again = false;
  state.chunk = 0;
  state.next_path.clear();
  state.pages = 0;
  state.resources = 0;
  state.server_now = {};
  state.max_updated = {};
}

void Finish(SweepStep& step, const SweepPlan& plan, UtcInstant now) {
  SweepState& state = step.state;
  const UtcInstant known = state.server_now.ms != 0 ? state.server_now : std::min(state.max_updated, now);
  state.watermark = std::max(state.watermark, known.PlusMs(-plan.commit_window_ms));
  step.events.push_back(events::sweep_finished(TypeToken(state.type), state.resources));
  const bool again = state.again;
  Restart(state);
  state.failures = 0;
  state.reached = 0;
  state.next_at = again ? now : now.PlusMs(plan.interval_ms);
}

// The pages may be gone (expired, the server was restarted, or there is no end of them).
enum class Pages : std::uint8_t { kAskAgain, kBeginAgain };

void Fail(SweepStep& step, const Answer& answer, ErrorCode code, Pages pages, const SweepPlan& plan, UtcInstant now,
          Prng& prng) {
  SweepState& state = step.state;
  ++state.failures;
  const AnswerClass kind = Classify(answer);
  // Who cannot or will not answer now has not lost the page; another failure may pass, or mean that it is lost.
  const bool unwilling =
      kind == AnswerClass::kRefused || kind == AnswerClass::kUnsent || kind == AnswerClass::kThrottled;
  const bool lost = kind == AnswerClass::kNotFound || kind == AnswerClass::kGone || kind == AnswerClass::kRejected;
  const bool tried = !unwilling && state.failures % kPageTries == 0;
  std::int64_t delay = RetryDelayMs(state.failures, plan.retry, answer, prng);
  if (kind == AnswerClass::kRejected) delay = std::max(delay, std::min<std::int64_t>(plan.interval_ms, 60'000));
  step.events.push_back(
      events::sweep_failed(TypeToken(state.type), code, answer.status, static_cast<int>(state.failures), delay));
  if (!state.next_path.empty() && (lost || tried || pages == Pages::kBeginAgain)) Restart(state);
  state.next_at = now.PlusMs(delay);
}

// It is stored, so that a wrong one (all clocks were wrong for a while) would hide every change from then on.
void CheckWatermark(SweepStep& step, UtcInstant now) {
  SweepState& state = step.state;
  if (state.watermark <= now.PlusMs(kWatermarkAheadMs) || state.first >= state.watermark) return;
  step.events.push_back(events::sweep_watermark_refused(TypeToken(state.type), state.watermark));
  state.watermark = state.first;
}

}  // namespace

SweepState HurrySweep(SweepState state, UtcInstant now) {
  if (state.active) {
    state.again = true;
  } else if (state.failures == 0) {
    state.next_at = std::min(state.next_at, now);
  }
  return state;
}

SweepStep BeginSweep(SweepState state, const SweepPlan& plan, UtcInstant now, std::uint64_t run) {
  SweepStep step;
  if (plan.code_lists.empty()) {
    state.next_at = now.PlusMs(plan.interval_ms);
    step.state = std::move(state);
    return step;
  }
  // Pages of an earlier run of the process, or of other mappings, are not taken up: the watermark is the anchor.
  if (state.asked_run != 0 && state.asked_run != run) Restart(state);
  if (state.chunk >= plan.code_lists.size()) Restart(state);
  state.active = true;
  step.state = std::move(state);
  if (step.state.next_path.empty() && step.state.chunk == 0) CheckWatermark(step, now);
  AskPage(step, plan, run);
  return step;
}

SweepStep TakeSweep(SweepState state, const Answer& answer, const SweepPlan& plan, UtcInstant now, std::uint64_t run,
                    Prng& prng) {
  SweepStep step;
  step.state = std::move(state);
  SweepState& s = step.state;
  s.asked_run = 0;
  if (Classify(answer) != AnswerClass::kOk) {
    Fail(step, answer, CodeOf(answer), Pages::kAskAgain, plan, now, prng);
    return step;
  }
  auto page = ReadSearchPage(answer, plan.server_base);
  const bool endless = s.pages >= plan.pages_max;
  if (!page.ok() || page->next_refused || endless) {
    Fail(step, answer, ErrorCode::kServerGarbage, endless ? Pages::kBeginAgain : Pages::kAskAgain, plan, now, prng);
    return step;
  }
  ++s.pages;
  if (s.pages > s.reached) {  // a page that always fails is not helped by those before it
    s.reached = s.pages;
    s.failures = 0;
  }
  // Neither clock is trusted alone: a date that runs ahead would hide what is changed meanwhile.
  if (s.server_now.ms == 0 && page->server_now) s.server_now = std::min(*page->server_now, now);
  for (const json::Value resource : page->resources) {
    if (resource["resourceType"].string() != s.type) continue;
    ++s.resources;
    if (const auto updated = LastUpdated(resource)) s.max_updated = std::max(s.max_updated, *updated);
    step.resources.push_back(resource);
  }
  if (page->next) {
    s.next_path = *page->next;
  } else {
    s.next_path.clear();
    ++s.chunk;
  }
  if (s.chunk < plan.code_lists.size()) {
    AskPage(step, plan, run);
  } else {
    Finish(step, plan, now);
  }
  return step;
}

void WriteSweep(json::Writer& writer, const SweepState& state) {
  writer.Object([&] {
    writer.Member("type", state.type).Member("watermark", state.watermark.ms).Member("next_at", state.next_at.ms);
    writer.Member("asked_run", static_cast<std::int64_t>(state.asked_run)).Member("active", state.active);
    writer.Member("again", state.again).Member("chunk", static_cast<std::int64_t>(state.chunk));
    writer.Member("next_path", state.next_path).Member("pages", state.pages).Member("failures", state.failures);
    writer.Member("resources", state.resources).Member("server_now", state.server_now.ms);
    writer.Member("max_updated", state.max_updated.ms).Member("first", state.first.ms);
    writer.Member("reached", state.reached);
  });
}

SweepState LoadSweep(json::Value stored) {
  const auto number = [&](const char* key) { return stored[key].decimal().value_or(0).ToInt64().value_or(0); };
  SweepState state;
  state.type = stored["type"].string();
  state.watermark = {number("watermark")};
  state.next_at = {number("next_at")};
  state.asked_run = static_cast<std::uint64_t>(number("asked_run"));
  state.active = stored["active"].boolean();
  state.again = stored["again"].boolean();
  state.chunk = static_cast<std::size_t>(number("chunk"));
  state.next_path = stored["next_path"].string();
  state.pages = static_cast<int>(number("pages"));
  state.failures = static_cast<int>(number("failures"));
  state.resources = number("resources");
  state.server_now = {number("server_now")};
  state.max_updated = {number("max_updated")};
  state.first = {number("first")};
  state.reached = static_cast<int>(number("reached"));
  return state;
}

}  // namespace facet::intake
