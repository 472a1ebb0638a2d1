#include "adapter/app/daemon.hpp"

#include "adapter/app/admin.hpp"
#include "adapter/app/clock.hpp"
#include "adapter/app/engine_loop.hpp"
#include "adapter/app/hooks.hpp"
#include "adapter/app/rulebook.hpp"
#include "adapter/app/server_workers.hpp"
#include "adapter/app/settings.hpp"
#include "adapter/app/version.hpp"
#include "adapter/base/digest.hpp"
#include "adapter/base/events.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/store/sqlite/sqlite_store.hpp"
#include "adapter/telemetry/health.hpp"
#include "adapter/telemetry/log.hpp"

#include <csignal>
#include <memory>
#include <pthread.h>
#include <random>
#include <thread>

namespace facet::app {
namespace {

// A stop is finished when nothing is in flight; a request to the server may take up to its own time-out.
constexpr std::int64_t kDrainMs = 10'000;
constexpr std::int64_t kStuckAfterMs = 60'000;

sigset_t OurSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// The stop signal that ended the wait. SIGHUP is not a reason to stop: configuration is read at start only.
Token WaitForStop() {
  const sigset_t signals = OurSignals();
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGTERM) return "sigterm";
    if (signal == SIGINT) return "sigint";
  }
}

std::uint64_t SeedOfThisRun() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

net::ListenerOptions ListenerOptionsOf(const config::ListenAddress& listen, std::int64_t body_bytes_max) {
  net::ListenerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.body_bytes_max = static_cast<std::size_t>(body_bytes_max);
  return options;
}

// The address alone does not say where it can be changed.
Error AtKey(std::string_view key, Error error) {
  error.where = std::string(key) + " " + error.where;
  return error;
}

std::string PathOf(const std::string& url) {
  const std::size_t host = url.find("://");
  const std::size_t path = host == std::string::npos ? std::string::npos : url.find('/', host + 3);
  std::string prefix = path == std::string::npos ? "" : url.substr(path);
  while (!prefix.empty() && prefix.back() == '/') prefix.pop_back();
  return prefix;
}

// Everything that runs, in the order in which it is started.
class Daemon {
 public:
  Daemon(const config::Config& config, telemetry::Log& log, telemetry::Metrics& metrics)
      : config_(config), log_(log), metrics_(metrics), health_(kStuckAfterMs) {}

  Status Start() {
    begun_ms_ = SteadyMs();
    ADAPTER_TRY_STATUS(LoadRules());
    ADAPTER_TRY_STATUS(OpenStore());
    ADAPTER_TRY_STATUS(PrepareEngine());
    ADAPTER_TRY_STATUS(OpenListeners());
    StartThreads();
    return {};
  }

  void Stop(Token reason) {
    log_.Write(events::process_draining(reason, kDrainMs));
    health_.SetDraining();
    listener_->BeginDrain(std::chrono::milliseconds(kDrainMs));
    threads_[0].join();  // the listener: requests in flight have been acknowledged
    loop_->BeginStop(kDrainMs);
    threads_[1].join();  // the engine
    workers_->Stop();
    if (admin_listener_) {
      admin_listener_->BeginDrain(std::chrono::milliseconds(500));
      threads_[2].join();
    }
    log_.Write(events::process_stopped(static_cast<std::int64_t>(loop_->state().in_flight)));
    log_.Flush();
  }

 private:
  Status LoadRules() {
    std::vector<Error> errors;
    auto rulebook = LoadRulebook(RulebookSourcesOf(config_), errors);
    if (!rulebook.ok()) {
      // The last one is logged by who asked for the start.
      for (std::size_t i = 0; i + 1 < errors.size(); ++i) {
        log_.Write(events::process_start_failed(errors[i].code, SafeText(errors[i].where), SafeText(errors[i].detail)));
      }
      return errors.empty() ? rulebook.error() : errors.back();
    }
    log_.Write(events::mapping_loaded(SafeText(rulebook->mapper->hash()),
                                      static_cast<std::int64_t>(rulebook->mapper->artefacts().size())));
    mapper_ = rulebook->mapper;
    zone_ = rulebook->zone;
    policy_hash_ = rulebook->policy.hash;
    if (rulebook->approval_is_of_another_policy) {
      log_.Write(events::config_policy_unapproved(SafeText(policy_hash_ + " (the approval file names another hash)")));
    } else if (rulebook->policy.approved_by.empty()) {
      log_.Write(events::config_policy_unapproved(SafeText(policy_hash_)));
    }
    rules_ = engine::MakeClinicalRules(RulesPartsOf(config_, std::move(*rulebook)));
    return {};
  }

  Status OpenStore() {
    ADAPTER_TRY(store, store::SqliteStore::Open(config_.store.path, store::Access::kWriter));
    store_ = std::move(store);
    return {};
  }

  Status PrepareEngine() {
    workers_ = std::make_unique<ServerWorkers>(ServerOptionsOf(config_), log_, metrics_, health_);
    loop_ = std::make_unique<EngineLoop>(*store_, *workers_, *rules_, EngineSettingsOf(config_, zone_), SeedOfThisRun(),
                                         static_cast<std::size_t>(config_.intake.queue_max));
    return loop_->Start();
  }

  Status OpenListeners() {
    HookOptions options;
    options.path_prefix = PathOf(config_.intake.public_url);
    options.keys = loop_->hook_keys();
    options.authorization = HookAuthorizationOf(config_);
    options.server_base = config_.fhir.base_url;
    options.is_facet = [this](json::Value resource) {
      mapping::ExtractOptions extract;
      extract.zone = &zone_;
      extract.server_base = config_.fhir.base_url;
      return mapper_->Extract(resource, extract).facet_procedure;
    };
    hooks_ = std::make_unique<Hooks>(std::move(options), *loop_, log_, metrics_);
    net::ListenerOptions listen = ListenerOptionsOf(config_.intake.listen, config_.intake.body_bytes_max);
    listen.connections_max = static_cast<std::size_t>(config_.intake.connections_max);
    auto handler = [this](net::HttpIncoming request, net::Responder respond) {
      hooks_->Handle(std::move(request), std::move(respond));
    };
    auto listener = net::HttpListener::Open(
        listen, handler, [this](net::Refusal refusal) { hooks_->Refused(refusal); },
        [this](const net::HttpIncoming& header) { return hooks_->Check(header); });
    if (!listener.ok()) return AtKey("intake.listen", listener.error());
    listener_ = std::move(listener).value();
    return OpenAdmin();
  }

  Status OpenAdmin() {
    if (!config_.admin.listen) return {};
    admin_ = std::make_unique<Admin>(config_.admin.token.Reveal(), health_, metrics_, [this] { RefreshGauges(); });
    auto handler = [this](net::HttpIncoming request, net::Responder respond) {
      admin_->Handle(std::move(request), std::move(respond));
    };
    auto listener = net::HttpListener::Open(ListenerOptionsOf(*config_.admin.listen, 1024), handler);
    if (listener.ok()) {
      admin_listener_ = std::move(listener).value();
      return {};
    }
    if (!config_.admin.listen_defaulted) return AtKey("admin.listen", listener.error());
    // Nobody asked for this address: a second adapter on the same machine must not fail because of it.
    log_.Write(events::process_admin_unavailable(listener.error().code, SafeText(config_.admin.listen->ToString())));
    return {};
  }

  void StartThreads() {
    workers_->Start([this](intake::Answer answer) { loop_->Deliver(std::move(answer)); });
    threads_.emplace_back([this] { listener_->Run(); });
    threads_.emplace_back([this] { loop_->Run(&health_, &metrics_); });
    if (admin_listener_) threads_.emplace_back([this] { admin_listener_->Run(); });
    health_.SetStarted(true);
    const std::string address = config::ListenAddress{config_.intake.listen.address, listener_->Port()}.ToString();
    log_.Write(events::process_started(SafeText(kVersion), config_.write_back.write ? Token("write") : Token("shadow"),
                                       SafeText(address), SafeText(mapper_->hash()), store_->schema_version(),
                                       SteadyMs() - begun_ms_));
  }

  // Gauges that the engine thread does not keep up by itself.
  void RefreshGauges() {
    using telemetry::Metric;
    const auto state = loop_->state();
    metrics_.Set(Metric::kQueueDepth, static_cast<std::int64_t>(loop_->queue_depth()));
    metrics_.Set(Metric::kRequestsInFlight, static_cast<std::int64_t>(state.in_flight));
    metrics_.Set(Metric::kSubscriptionsActive, static_cast<std::int64_t>(state.subscriptions_active));
    metrics_.Set(Metric::kSubscriptionsWanted, static_cast<std::int64_t>(state.subscriptions_wanted));
    metrics_.Set(Metric::kReady, health_.Ready() ? 1 : 0);
    const auto counts = loop_->counts();
    metrics_.Set(Metric::kInboxDepth, counts.inbox_new);
    metrics_.Set(Metric::kInboxDead, counts.inbox_dead);
    metrics_.Set(Metric::kPatients, counts.patients);
    metrics_.Set(Metric::kOutboxDepth, counts.outbox_open);
    metrics_.Set(Metric::kOutboxHeld, counts.outbox_held);
    metrics_.Set(Metric::kOutboxDead, counts.outbox_dead);
  }

  const config::Config& config_;
  telemetry::Log& log_;
  telemetry::Metrics& metrics_;
  telemetry::Health health_;
  std::int64_t begun_ms_ = 0;
  std::shared_ptr<const mapping::Mapper> mapper_;
  TimeZone zone_;
  std::string policy_hash_;
  std::unique_ptr<const engine::ClinicalRules> rules_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<ServerWorkers> workers_;
  std::unique_ptr<EngineLoop> loop_;
  std::unique_ptr<Hooks> hooks_;
  std::unique_ptr<Admin> admin_;
  std::unique_ptr<net::HttpListener> listener_;
  std::unique_ptr<net::HttpListener> admin_listener_;
  std::vector<std::thread> threads_;  // listener, engine, admin
};

}  // namespace

void BlockSignals() {
  const sigset_t signals = OurSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is a write error, as a full disk is
}

Status RunDaemon(const config::Config& config, telemetry::Log& log, telemetry::Metrics& metrics) {
  Daemon daemon(config, log, metrics);
  ADAPTER_TRY_STATUS(daemon.Start());
  daemon.Stop(WaitForStop());
  return {};
}

}  // namespace facet::app
