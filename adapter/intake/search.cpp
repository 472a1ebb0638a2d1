#include "adapter/intake/search.hpp"

#include "adapter/intake/http_fields.hpp"

namespace facet::intake {
namespace {

// In criteria only what would end the value is encoded: servers match them in memory and differ in decoding the rest.
std::string EncodeCriteria(std::string_view value) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (char c : value) {
    if (c == '&' || c == '+' || c == '%' || c == '#' || c == ' ' || c == '=' || c == '"') {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out;
}

// "system|code": the bar stays, a comma or backslash inside a part is escaped (FHIR R4 §3.1.1.4.0).
std::string EscapeToken(std::string_view token) {
  std::string out;
  for (char c : token) {
    if (c == ',' || c == '$' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::vector<std::string> JoinCodes(const std::vector<std::string>& codes, std::size_t chars_max, bool plain) {
  std::vector<std::string> lists;
  for (const std::string& code : codes) {
    const std::string escaped = EscapeToken(code);
    const std::string part = plain ? EncodeCriteria(escaped) : EncodeQuery(escaped);
    if (lists.empty() || lists.back().size() + 1 + part.size() > chars_max) {
      lists.push_back(part);
    } else {
      lists.back() += "," + part;
    }
  }
  return lists;
}

std::optional<UtcInstant> LastUpdated(json::Value resource) {
  const auto written = FhirDateTime::Parse(resource["meta"]["lastUpdated"].string());
  if (!written || !written->has_time() || !written->offset_s) return std::nullopt;
  return written->Earliest(TimeZone{});
}

std::optional<UtcInstant> ServerTime(const Answer& answer) {
  if (const auto date = ParseHttpDate(answer.date)) return date;
  return answer.body ? LastUpdated(answer.body->root()) : std::nullopt;
}

Result<SearchPage> ReadSearchPage(const Answer& answer, std::string_view server_base) {
  const json::Value bundle = answer.body ? answer.body->root() : json::Value{};
  if (bundle["resourceType"].string() != "Bundle") {
    return MakeError(ErrorCode::kServerGarbage, "resourceType", "a search was not answered with a Bundle",
                     Retry::kLater);
  }
  SearchPage page;
  page.server_now = ServerTime(answer);
  // A proxy may have dated the answer; the server itself dates the Bundle.
  if (const auto dated = LastUpdated(bundle); dated && page.server_now) {
    page.server_now = std::min(*page.server_now, *dated);
  }
  for (json::Value entry : bundle["entry"].elements()) {
    const json::Value resource = entry["resource"];
    if (!resource.is_object() || entry["search"]["mode"].string() == "outcome") continue;
    if (resource["resourceType"].string() == "OperationOutcome") continue;
    page.resources.push_back(resource);
  }
  for (json::Value link : bundle["link"].elements()) {
    if (link["relation"].string() != "next") continue;
    page.next = PathOfLink(link["url"].string(), server_base);
    page.next_refused = !page.next;
  }
  return page;
}

}  // namespace facet::intake
