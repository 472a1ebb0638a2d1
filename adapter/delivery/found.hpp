#pragma once
// What a read of one of our resources found, checked: the server's id and version are sent back to it.
//
// In the flow: the answer to a delivery's read -> Found -> the ladder (delivery.cpp).
// Thread: values. Errors: nullopt for what no FHIR server answers.
#include "adapter/base/time.hpp"
#include "adapter/delivery/outbox.hpp"
#include "adapter/json/document.hpp"

#include <optional>
#include <string>

namespace facet::delivery {

struct Found {
  std::string id;
  std::string version;
  std::string status;
  std::optional<UtcInstant> updated;
};

// nullopt: no FHIR id or version (R4 §2.24.0.1). Both are sent back, in a URL and a header.
std::optional<Found> FoundOf(json::Value resource);

// What we wrote was answered 404 last: it is asked for once more before that is believed.
bool IsMissing(const OutboxRow& row);

// Where versions count up: "7" is one, and "8" is next to it.
bool IsNumber(std::string_view version);
std::string Next(const std::string& version);

}  // namespace facet::delivery
