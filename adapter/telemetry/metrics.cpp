#include "adapter/telemetry/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace facet::telemetry {
namespace {

constexpr MetricInfo kCatalogue[] = {
#define METRIC(enumerator, name, type, label, help) {name, MetricType::type, label, help},
#include "adapter/telemetry/metrics.def"
#undef METRIC
};

const MetricInfo& InfoOf(Metric metric) { return kCatalogue[static_cast<std::size_t>(metric)]; }

std::string_view NameOf(MetricType type) noexcept {
  switch (type) {
  case MetricType::kCounter:
    return "counter";
  case MetricType::kGauge:
    return "gauge";
  case MetricType::kHistogram:
    return "histogram";
  }
  return "untyped";
}

std::string Escaped(std::string_view label) {
  std::string text;
  for (const char c : label) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? ' ' : c;
  }
  return text;
}

}  // namespace

std::span<const MetricInfo> MetricCatalogue() noexcept { return kCatalogue; }

void Metrics::AddTo(Metric metric, std::string_view label, std::int64_t amount) {
  ADAPTER_CHECK(InfoOf(metric).type == MetricType::kCounter);
  ADAPTER_CHECK(InfoOf(metric).label.empty() == label.empty());
  const std::lock_guard lock(mutex_);
  auto& series = values_[metric];
  const auto found = series.find(label);
  if (found != series.end()) {
    found->second += amount;
  } else {
    series.emplace(label, amount);
  }
}

void Metrics::Set(Metric metric, std::int64_t value) {
  ADAPTER_CHECK(InfoOf(metric).type == MetricType::kGauge);
  ADAPTER_CHECK(InfoOf(metric).label.empty());
  const std::lock_guard lock(mutex_);
  values_[metric][std::string()] = value;
}

void Metrics::SetVersion(const SafeText& version) {
  const std::lock_guard lock(mutex_);
  values_[Metric::kBuildInfo] = {{version.get(), 1}};
}

void Metrics::Observe(Metric metric, std::int64_t milliseconds) {
  ADAPTER_CHECK(InfoOf(metric).type == MetricType::kHistogram);
  const auto bound = std::lower_bound(kBucketsMs.begin(), kBucketsMs.end(), milliseconds);
  const std::lock_guard lock(mutex_);
  Histogram& histogram = histograms_[metric];
  ++histogram.counts[static_cast<std::size_t>(bound - kBucketsMs.begin())];
  histogram.sum_ms += milliseconds;
  ++histogram.total;
}

void Metrics::Count(const Event& event) {
  const EventInfo& info = facet::InfoOf(event.kind);
  AddTo(Metric::kEvents, info.name, 1);
  if (info.level < Level::kWarn) return;
  for (const auto& [field, value] : event.fields) {
    if (field == EventField::code) AddTo(Metric::kErrors, std::get<std::string>(value), 1);
  }
}

void Metrics::AppendHistogram(std::string& out, Metric metric, std::string_view name) const {
  const auto found = histograms_.find(metric);
  const Histogram histogram = found == histograms_.end() ? Histogram{} : found->second;
  auto to = std::back_inserter(out);
  std::int64_t below = 0;
  for (std::size_t i = 0; i < kBucketsMs.size(); ++i) {
    below += histogram.counts[i];
    fmt::format_to(to, "{}_bucket{{le=\"{}\"}} {}\n", name, static_cast<double>(kBucketsMs[i]) / 1000.0, below);
  }
  fmt::format_to(to, "{}_bucket{{le=\"+Inf\"}} {}\n", name, histogram.total);
  fmt::format_to(to, "{}_sum {}\n", name, static_cast<double>(histogram.sum_ms) / 1000.0);
  fmt::format_to(to, "{}_count {}\n", name, histogram.total);
}

std::string Metrics::Expose() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  auto to = std::back_inserter(out);
  for (std::size_t i = 0; i < std::size(kCatalogue); ++i) {
    const MetricInfo& info = kCatalogue[i];
    const auto metric = static_cast<Metric>(i);
    fmt::format_to(to, "# HELP {} {}\n# TYPE {} {}\n", info.name, info.help, info.name, NameOf(info.type));
    if (info.type == MetricType::kHistogram) {
      AppendHistogram(out, metric, info.name);
      continue;
    }
    const auto series = values_.find(metric);
    if (series == values_.end()) {
      if (info.label.empty()) fmt::format_to(to, "{} 0\n", info.name);
      continue;
    }
    for (const auto& [label, value] : series->second) {
      if (info.label.empty()) {
        fmt::format_to(to, "{} {}\n", info.name, value);
      } else {
        fmt::format_to(to, "{}{{{}=\"{}\"}} {}\n", info.name, info.label, Escaped(label), value);
      }
    }
  }
  return out;
}

}  // namespace facet::telemetry
