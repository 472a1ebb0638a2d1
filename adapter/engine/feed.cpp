#include "adapter/engine/feed.hpp"

#include "adapter/json/writer.hpp"

#include <algorithm>

namespace facet::engine {
namespace {

constexpr std::string_view kCapabilityTopic = "capability";
constexpr std::string_view kSubscriptionTopic = "subscription/";
constexpr std::string_view kSweepTopic = "sweep/";
// The interval of sweeps that are made on demand only; whatever is due earlier was asked for.
constexpr std::int64_t kOnDemandMs = 100 * 365 * UtcInstant::kMsPerDay;

// Clocks that were set a little are no wrong clocks.
constexpr std::int64_t kFirstStartAheadMs = UtcInstant::kMsPerHour;
// No right clock shows less (2026): one that has forgotten the time says nothing about the first start.
constexpr UtcInstant kEarliestNow{1'767'225'600'000};

bool IsOnDemand(const intake::SweepState& sweep, UtcInstant now) {
  return !sweep.active && sweep.next_at > now.PlusMs(kOnDemandMs / 2);
}

intake::SweepPlan SweepPlanOf(const Settings& settings, const std::vector<std::string>& codes) {
  intake::SweepPlan plan;
  plan.code_lists = intake::JoinCodes(codes, settings.search_chars_max, false);
  plan.server_base = settings.base_url;
  plan.interval_ms = settings.follow_sweep ? settings.sweep_interval_secs * UtcInstant::kMsPerSecond : kOnDemandMs;
  plan.overlap_ms = settings.sweep_overlap_secs * UtcInstant::kMsPerSecond;
  plan.commit_window_ms = settings.commit_window_secs * UtcInstant::kMsPerSecond;
  plan.page_size = settings.page_size;
  plan.timeout_ms = settings.request_timeout_ms;
  plan.retry = {settings.retry_base_ms, settings.retry_max_secs * UtcInstant::kMsPerSecond};
  return plan;
}

std::size_t IndexOf(const std::vector<std::string>& list, std::string_view name) {
  return static_cast<std::size_t>(std::find(list.begin(), list.end(), name) - list.begin());
}

void Prefix(std::vector<intake::Ask>& asks, std::string_view prefix) {
  for (intake::Ask& ask : asks) ask.topic = std::string(prefix) + ask.topic;
}

class Stepper {
 public:
  Stepper(FeedState state, UtcInstant now, const FeedPlan& plan, Prng& prng) : now_(now), plan_(plan), prng_(prng) {
    step_.state = std::move(state);
  }

  void Wake() {
    FeedState& state = step_.state;
    if (state.capability_run == 0 && state.capability_at <= now_) AskCapability();
    for (std::size_t i = 0; i < state.subscriptions.size(); ++i) {
      if (state.subscriptions[i].asked_run == 0 && state.subscriptions[i].next_at <= now_) StepOne(i, nullptr);
    }
    for (std::size_t i = 0; i < state.sweeps.size(); ++i) {
      if (state.sweeps[i].asked_run != 0 || state.sweeps[i].next_at > now_) continue;
      TakeStep(i, intake::BeginSweep(std::move(state.sweeps[i]), plan_.sweeps[i], now_, state.run));
    }
  }

  void Hurry() {
    for (intake::SweepState& sweep : step_.state.sweeps) sweep = intake::HurrySweep(std::move(sweep), now_);
  }

  void Take(std::string_view topic, const intake::Answer& answer) {
    FeedState& state = step_.state;
    if (topic == kCapabilityTopic) return TakeCapability(answer);
    if (topic.starts_with(kSubscriptionTopic)) {
      topic.remove_prefix(kSubscriptionTopic.size());
      for (std::size_t i = 0; i < state.subscriptions.size(); ++i) {
        if (state.subscriptions[i].key == topic) StepOne(i, &answer);
      }
      return;
    }
    topic.remove_prefix(std::min(kSweepTopic.size(), topic.size()));
    const std::size_t i = IndexOf(plan_.sweep_types, topic);
    if (i == state.sweeps.size()) return;
    TakeStep(i, intake::TakeSweep(std::move(state.sweeps[i]), answer, plan_.sweeps[i], now_, state.run, prng_));
  }

  FeedStep Done() && {
    std::erase_if(step_.state.subscriptions, [](const intake::SubscriptionState& one) {
      return one.phase == intake::SubscriptionPhase::kRetired;
    });
    return std::move(step_);
  }

 private:
  void AskCapability() {
    intake::Request request;
    request.purpose = intake::Purpose::kCapability;
    request.path = "metadata";
    request.timeout_ms = plan_.timeout_ms;
    step_.state.capability_run = step_.state.run;
    step_.asks.push_back({std::move(request), std::string(kCapabilityTopic)});
  }

  void TakeCapability(const intake::Answer& answer) {
    FeedState& state = step_.state;
    state.capability_run = 0;
    auto capability = intake::ReadCapability(answer.body ? answer.body->root() : json::Value{});
    if (intake::Classify(answer) == intake::AnswerClass::kOk && capability.ok()) {
      state.capability = *std::move(capability);
      state.capability_failures = 0;
      state.capability_at = now_.PlusMs(plan_.capability_ms);
      const intake::TypeCapability care_plan = state.capability.Of("CarePlan");
      step_.events.push_back(events::server_capability_read(static_cast<std::int64_t>(state.capability.types.size()),
                                                            care_plan.update_create        ? Token("exact")
                                                            : care_plan.conditional_create ? Token("conditional")
                                                                                           : "best-effort"));
      return;
    }
    ++state.capability_failures;
    const std::int64_t delay = intake::RetryDelayMs(state.capability_failures, plan_.retry, answer, prng_);
    step_.events.push_back(events::server_request_failed("capability", intake::CodeOf(answer), answer.status,
                                                         state.capability_failures, delay));
    state.capability_at = now_.PlusMs(delay);
  }

  void StepOne(std::size_t index, const intake::Answer* answer) {
    FeedState& state = step_.state;
    const bool wanted = index < plan_.subscriptions.size();
    const intake::SubscriptionState& known = state.subscriptions[index];
    const intake::WantedSubscription plan =
        wanted ? plan_.subscriptions[index] : intake::RetiredSubscription(plan_.public_url, known.type, known.key);
    auto one = intake::StepSubscription(std::move(state.subscriptions[index]), answer, plan, now_, state.run,
                                        plan_.subscription_pace, prng_);
    state.subscriptions[index] = std::move(one.state);
    Prefix(one.asks, kSubscriptionTopic);
    Append(one.asks, one.events);
    // What happened before it became active was not notified.
    if (one.activated && !plan_.sweeps_on_demand) Hurry();
  }

  void TakeStep(std::size_t index, intake::SweepStep one) {
    step_.state.sweeps[index] = std::move(one.state);
    Prefix(one.asks, kSweepTopic);
    Append(one.asks, one.events);
    step_.resources = std::move(one.resources);
  }

  void Append(std::vector<intake::Ask>& asks, std::vector<Event>& list) {
    std::move(asks.begin(), asks.end(), std::back_inserter(step_.asks));
    std::move(list.begin(), list.end(), std::back_inserter(step_.events));
  }

  FeedStep step_;
  UtcInstant now_;
  const FeedPlan& plan_;
  Prng& prng_;
};

}  // namespace

FeedPlan PlanFeed(const Settings& settings, const std::vector<std::string>& procedure_codes,
                  const std::vector<std::string>& observation_codes) {
  FeedPlan plan;
  plan.not_before = settings.not_before;
  plan.capability_ms = settings.capability_secs * UtcInstant::kMsPerSecond;
  plan.timeout_ms = settings.request_timeout_ms;
  plan.retry = {settings.retry_base_ms, settings.retry_max_secs * UtcInstant::kMsPerSecond};
  plan.subscription_pace = {settings.subscription_check_secs * UtcInstant::kMsPerSecond, plan.retry,
                            settings.request_timeout_ms};
  if (settings.follow_subscription) {
    const intake::SubscriptionPlan wanted{settings.system_id, settings.public_url, settings.hook_header,
                                          settings.criteria_chars_max};
    plan.subscriptions = intake::PlanSubscriptions(wanted, "Procedure", procedure_codes);
    auto more = intake::PlanSubscriptions(wanted, "Observation", observation_codes);
    std::move(more.begin(), more.end(), std::back_inserter(plan.subscriptions));
  }
  plan.public_url = settings.public_url;
  plan.sweeps_on_demand = !settings.follow_sweep;
  plan.sweep_types = {"Procedure", "Observation"};
  plan.sweeps = {SweepPlanOf(settings, procedure_codes), SweepPlanOf(settings, observation_codes)};
  return plan;
}

namespace {

// Those of the plan in its order, then those that it no longer asks for.
std::vector<intake::SubscriptionState> StartSubscriptions(const FeedState& state, const FeedPlan& plan,
                                                          UtcInstant now) {
  std::vector<intake::SubscriptionState> subscriptions;
  for (const auto& wanted : plan.subscriptions) {
    const auto same = [&](const auto& one) { return one.key == wanted.key; };
    const auto known = std::find_if(state.subscriptions.begin(), state.subscriptions.end(), same);
    intake::SubscriptionState one = known == state.subscriptions.end() ? intake::SubscriptionState{} : *known;
    one.key = wanted.key;
    one.type = wanted.type;
    // Whatever was under way: a search tells how it ended. Its status is learnt again, and a sweep follows.
    one.phase = intake::SubscriptionPhase::kFind;
    one.server_status.clear();
    one.asked_run = 0;
    one.next_at = now;
    subscriptions.push_back(std::move(one));
  }
  for (const intake::SubscriptionState& known : state.subscriptions) {
    const auto same = [&](const auto& wanted) { return wanted.key == known.key; };
    if (std::any_of(plan.subscriptions.begin(), plan.subscriptions.end(), same)) continue;
    intake::SubscriptionState one;
    one.key = known.key;
    one.type = known.type;
    one.phase = intake::SubscriptionPhase::kRetireFind;
    one.next_at = now;
    subscriptions.push_back(std::move(one));
  }
  return subscriptions;
}

// The first sweep: procedures from follow.not_before on (a day for clocks that differ); scores of followed patients
// come by hydration, so theirs begins with the first start.
UtcInstant FirstOf(const std::string& type, const FeedState& state) {
  const UtcInstant first = type == "Procedure" ? state.not_before : state.first_start;
  return first.PlusMs(-UtcInstant::kMsPerDay);
}

std::vector<intake::SweepState> StartSweeps(const FeedState& state, const FeedPlan& plan, bool from_start,
                                            UtcInstant now) {
  std::vector<intake::SweepState> sweeps;
  for (const std::string& type : plan.sweep_types) {
    const auto same = [&](const auto& one) { return one.type == type; };
    const auto known = std::find_if(state.sweeps.begin(), state.sweeps.end(), same);
    // A page of the last run cannot be taken up: the sweep begins again from its watermark.
    intake::SweepState one;
    one.type = type;
    one.next_at = now;
    one.first = FirstOf(type, state);
    one.watermark = one.first;
    if (plan.sweeps_on_demand && (known == state.sweeps.end() || IsOnDemand(*known, now))) {
      one.next_at = now.PlusMs(kOnDemandMs);
    }
    const bool again = from_start && type == "Procedure";
    if (known != state.sweeps.end() && !again) one.watermark = known->watermark;
    sweeps.push_back(std::move(one));
  }
  return sweeps;
}

}  // namespace

FeedState StartFeed(FeedState state, const FeedPlan& plan, const std::string& mapping_hash, UtcInstant now) {
  ++state.run;
  if (state.first_start.ms == 0) state.first_start = now;
  state = CorrectFirstStart(std::move(state), plan, now);
  state.capability_run = 0;
  state.capability_at = now;
  const UtcInstant not_before = plan.not_before.value_or(state.first_start);
  const bool from_start = state.mapping_hash != mapping_hash || not_before < state.not_before;
  state.mapping_hash = mapping_hash;
  state.not_before = not_before;
  state.subscriptions = StartSubscriptions(state, plan, now);
  state.sweeps = StartSweeps(state, plan, from_start, now);
  return state;
}

FeedStep StepFeed(FeedState state, const FeedInput& input, UtcInstant now, const FeedPlan& plan, Prng& prng) {
  Stepper stepper(std::move(state), now, plan, prng);
  switch (input.kind) {
  case FeedInputKind::kWake:
    stepper.Wake();
    break;
  case FeedInputKind::kHurry:
    stepper.Hurry();
    break;
  case FeedInputKind::kAnswer:
    stepper.Take(input.topic, *input.answer);
    break;
  }
  return std::move(stepper).Done();
}

FeedState HurryFeed(FeedState state, UtcInstant now) {
  const auto no_later = [now](UtcInstant& at) { at = std::min(at, now); };
  no_later(state.capability_at);
  no_later(state.prune_at);
  for (auto& one : state.subscriptions) no_later(one.next_at);
  for (auto& one : state.sweeps) {
    if (!IsOnDemand(one, now)) no_later(one.next_at);
  }
  return state;
}

FeedState CorrectFirstStart(FeedState state, const FeedPlan& plan, UtcInstant now) {
  if (now < kEarliestNow || state.first_start <= now.PlusMs(kFirstStartAheadMs)) return state;
  state.first_start = now;
  if (!plan.not_before) state.not_before = now;
  for (intake::SweepState& sweep : state.sweeps) sweep.first = FirstOf(sweep.type, state);
  return state;
}

std::optional<UtcInstant> NextFeedWake(const FeedState& state) {
  std::optional<UtcInstant> next;
  const auto consider = [&](UtcInstant at) { next = next ? std::min(*next, at) : at; };
  if (state.capability_run == 0) consider(state.capability_at);
  for (const auto& one : state.subscriptions) {
    if (one.asked_run == 0) consider(one.next_at);
  }
  for (const auto& one : state.sweeps) {
    if (one.asked_run == 0) consider(one.next_at);
  }
  return next;
}

std::string SaveFeedState(const FeedState& state) {
  json::Writer w;
  w.Object([&] {
    w.Member("run", static_cast<std::int64_t>(state.run)).Member("first_start", state.first_start.ms);
    w.Member("rules_hash", state.rules_hash).Member("mapping_hash", state.mapping_hash);
    w.Member("not_before", state.not_before.ms);
    w.Key("capability");
    intake::WriteCapability(w, state.capability);
    w.Member("capability_at", state.capability_at.ms).Member("capability_failures", state.capability_failures);
    w.Member("capability_run", static_cast<std::int64_t>(state.capability_run));
    w.Key("subscriptions").Array([&] {
      for (const auto& one : state.subscriptions) intake::WriteSubscription(w, one);
    });
    w.Key("sweeps").Array([&] {
      for (const auto& one : state.sweeps) intake::WriteSweep(w, one);
    });
    w.Member("seen_at", state.seen_at.ms)
        .Member("prune_at", state.prune_at.ms)
        .Member("day", state.day)
        .Member("day_count", state.day_count);
  });
  return std::move(w).Take();
}

Result<FeedState> LoadFeedState(const std::string& document) {
  const auto parsed = json::Parse(document, json::Limits::ForFiles());
  if (!parsed.ok() || !parsed->root()["run"].is_number()) {
    return MakeError(ErrorCode::kStoreRead, "feed", "the stored feed document cannot be read");
  }
  const json::Value root = parsed->root();
  const auto number = [&](const char* key) { return root[key].decimal().value_or(0).ToInt64().value_or(0); };
  FeedState state;
  state.run = static_cast<std::uint64_t>(number("run"));
  state.first_start = {number("first_start")};
  state.rules_hash = root["rules_hash"].string();
  state.mapping_hash = root["mapping_hash"].string();
  state.not_before = {number("not_before")};
  state.capability = intake::LoadCapability(root["capability"]);
  state.capability_at = {number("capability_at")};
  state.capability_failures = static_cast<int>(number("capability_failures"));
  state.capability_run = static_cast<std::uint64_t>(number("capability_run"));
  for (const json::Value one : root["subscriptions"].elements()) {
    state.subscriptions.push_back(intake::LoadSubscription(one));
  }
  for (const json::Value one : root["sweeps"].elements()) state.sweeps.push_back(intake::LoadSweep(one));
  state.seen_at = {number("seen_at")};
  state.prune_at = {number("prune_at")};
  state.day = number("day");
  state.day_count = number("day_count");
  return state;
}

}  // namespace facet::engine
