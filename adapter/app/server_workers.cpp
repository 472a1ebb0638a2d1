#include "adapter/app/server_workers.hpp"

#include "adapter/app/clock.hpp"
#include "adapter/json/document.hpp"
#include "adapter/telemetry/health.hpp"
#include "adapter/telemetry/log.hpp"
#include "adapter/telemetry/metrics.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace facet::app {
namespace {

std::string UrlOf(const std::string& base, const std::string& path) {
  if (path.empty()) return base;
  return path.front() == '?' ? base + path : base + "/" + path;
}

net::HttpRequest ToHttp(const ServerOptions& options, const intake::Request& request) {
  net::HttpRequest http;
  http.method = std::string(intake::NameOf(request.method));
  http.url = UrlOf(options.base_url, request.path);
  http.headers.push_back({"Accept", "application/fhir+json"});
  bool typed = false;
  for (const auto& [name, value] : request.headers) {
    typed = typed || net::EqualsIgnoringCase(name, "Content-Type");
    http.headers.push_back({name, value});
  }
  if (!request.body.empty() && !typed) http.headers.push_back({"Content-Type", "application/fhir+json; charset=UTF-8"});
  if (!options.authorization.empty()) http.headers.push_back({"Authorization", options.authorization});
  http.body = request.body;
  http.connect_timeout = std::chrono::milliseconds(options.connect_timeout_ms);
  http.total_timeout = std::chrono::milliseconds(request.timeout_ms);
  return http;
}

intake::Answer ToAnswer(const intake::Request& request, const net::HttpAnswer& http) {
  intake::Answer answer;
  answer.request = request.id;
  if (http.failure) {
    // A time-out before anything was sent is no unknown outcome: the server certainly did not apply it.
    const bool never_sent = !http.sent && http.failure->code == ErrorCode::kNetTimeout;
    answer.error = never_sent ? ErrorCode::kNetConnect : http.failure->code;
    return answer;
  }
  answer.status = static_cast<int>(http.status);
  answer.etag = std::string(http.etag());
  answer.location = std::string(http.location());
  answer.date = std::string(http.date());
  answer.retry_after = std::string(http.retry_after());
  if (!http.body.empty()) {
    auto document = json::Parse(http.body, json::Limits::ForFiles());
    if (document.ok()) {
      answer.body = std::move(document).value();
    } else {
      answer.garbage = true;
    }
  }
  return answer;
}

// What a request came to: the status class, or why there was no answer.
Token ResultOf(const intake::Answer& answer) {
  if (answer.error) return Token::OfName(NameOf(*answer.error));
  static constexpr std::array<std::string_view, 6> kClasses = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
  const auto index = static_cast<std::size_t>(answer.status / 100);
  return Token::OfName(kClasses[index < kClasses.size() ? index : 0]);
}

}  // namespace

intake::Answer PerformOnce(const ServerOptions& options, net::HttpClient& client, const intake::Request& request) {
  return ToAnswer(request, client.Perform(ToHttp(options, request)));
}

ServerWorkers::ServerWorkers(ServerOptions options, telemetry::Log& log, telemetry::Metrics& metrics,
                             telemetry::Health& health)
    : options_(std::move(options)), log_(log), metrics_(metrics), health_(health) {
  options_.client.cancel = &cancel_;
}

ServerWorkers::~ServerWorkers() { Stop(); }

void ServerWorkers::Start(Sink sink) {
  sink_ = std::move(sink);
  for (std::size_t i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { Work(); });
}

void ServerWorkers::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  cancel_ = true;
  arrived_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void ServerWorkers::Send(intake::Request request) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(request));
  }
  arrived_.notify_one();
}

void ServerWorkers::Log(Event event) { log_.Write(event); }

void ServerWorkers::StoreWritable(bool writable) { health_.SetStoreWritable(writable); }

intake::Answer ServerWorkers::Run(net::HttpClient& client, const intake::Request& request) const {
  const std::int64_t begun = SteadyMs();
  intake::Answer answer = PerformOnce(options_, client, request);
  metrics_.Observe(telemetry::Metric::kRequestSeconds, SteadyMs() - begun);
  metrics_.Add(telemetry::Metric::kRequests, ResultOf(answer));
  return answer;
}

void ServerWorkers::Work() {
  net::HttpClient client(options_.client);
  for (;;) {
    intake::Request request;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      request = std::move(queue_.front());
      queue_.pop_front();
    }
    sink_(Run(client, request));
  }
}

}  // namespace facet::app
