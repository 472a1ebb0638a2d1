#include "adapter/telemetry/health.hpp"

#include "adapter/json/writer.hpp"

#include <utility>

namespace facet::telemetry {

std::string Health::ToJson() const {
  json::Writer writer;
  writer.Object([&] {
    writer.Member("ready", Ready());
    writer.Member("started", started_.load());
    writer.Member("store_writable", store_writable_.load());
    writer.Member("draining", draining_.load());
  });
  return std::move(writer).Take();
}

}  // namespace facet::telemetry
