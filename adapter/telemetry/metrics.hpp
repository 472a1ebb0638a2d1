#pragma once
// Metrics: counters, gauges and histograms of the closed list in metrics.def, as Prometheus text.
//
// Thread: any. Errors: none; a label that is not of a closed set is a programmer's mistake that Token prevents.
// Units: seconds; counters never go back while the process lives.
#include "adapter/base/events.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace facet::telemetry {

enum class Metric : std::uint8_t {
#define METRIC(enumerator, name, type, label, help) enumerator,
#include "adapter/telemetry/metrics.def"
#undef METRIC
};
enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

struct MetricInfo {
  std::string_view name;
  MetricType type;
  std::string_view label;  // "" = none
  std::string_view help;
};
std::span<const MetricInfo> MetricCatalogue() noexcept;

class Metrics {
 public:
  void Add(Metric metric, std::int64_t amount = 1) { AddTo(metric, {}, amount); }
  void Add(Metric metric, Token label, std::int64_t amount = 1) { AddTo(metric, label.get(), amount); }
  void Set(Metric metric, std::int64_t value);
  void SetVersion(const SafeText& version);  // facet_adapter_build_info
  void Observe(Metric metric, std::int64_t milliseconds);
  // Counts an event and, from level warn on, the error code it carries.
  void Count(const Event& event);

  // Every metric of the list, in its order; those without a value yet are shown as 0 where they have no label.
  std::string Expose() const;

 private:
  static constexpr std::array<std::int64_t, 11> kBucketsMs = {1, 5, 10, 25, 50, 100, 250, 1000, 5000, 15000, 60000};
  struct Histogram {
    std::array<std::int64_t, kBucketsMs.size() + 1> counts{};  // the last: beyond every bound
    std::int64_t sum_ms = 0;
    std::int64_t total = 0;
  };
  void AddTo(Metric metric, std::string_view label, std::int64_t amount);
  void AppendHistogram(std::string& out, Metric metric, std::string_view name) const;

  mutable std::mutex mutex_;
  std::map<Metric, std::map<std::string, std::int64_t, std::less<>>> values_;
  std::map<Metric, Histogram> histograms_;
};

}  // namespace facet::telemetry
