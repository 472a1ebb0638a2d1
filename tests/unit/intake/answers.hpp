#pragma once
// Answers of a server, written down.
#include "adapter/intake/exchange.hpp"

#include <string>

namespace facet::intake {

inline Answer Reply(int status, const std::string& body = "") {
  Answer answer;
  answer.status = status;
  if (!body.empty()) {
    auto document = json::Parse(body);
    if (document.ok()) {
      answer.body = *std::move(document);
    } else {
      answer.garbage = true;
    }
  }
  return answer;
}

inline Answer NoReply(ErrorCode code) {
  Answer answer;
  answer.error = code;
  return answer;
}

inline UtcInstant Instant(const char* text) { return FhirDateTime::Parse(text)->Earliest(TimeZone{}); }

}  // namespace facet::intake
