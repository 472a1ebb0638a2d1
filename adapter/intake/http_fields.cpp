#include "adapter/intake/http_fields.hpp"

#include "adapter/fhir/resource.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace facet::intake {
namespace {

bool IsAlpha(char c) noexcept { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool IsDigit(char c) noexcept { return c >= '0' && c <= '9'; }

std::optional<int> Number(std::string_view text) {
  int value = 0;
  if (text.empty()) return std::nullopt;
  for (char c : text) {
    if (!IsDigit(c) || value > 99'999'999) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "https://h:1/fhir" -> "/fhir"; "/fhir" -> "/fhir"
std::string_view PathPart(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  const std::size_t path = url.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? std::string_view{} : url.substr(path);
}

}  // namespace

std::optional<UtcInstant> ParseHttpDate(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(25) != " GMT" || text[3] != ',' || text[19] != ':' || text[22] != ':') {
    return std::nullopt;
  }
  CivilDate date;
  int month = 0;
  while (month < 12 && kMonths[static_cast<std::size_t>(month)] != text.substr(8, 3)) ++month;
  const auto day = Number(text.substr(5, 2));
  const auto year = Number(text.substr(12, 4));
  const auto hour = Number(text.substr(17, 2));
  const auto minute = Number(text.substr(20, 2));
  const auto second = Number(text.substr(23, 2));
  if (month == 12 || !day || !year || !hour || !minute || !second) return std::nullopt;
  date = {*year, month + 1, *day};
  if (!date.valid() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::int64_t seconds = date.ToDays() * 86'400 + *hour * 3600 + *minute * 60 + *second;
  return UtcInstant{seconds * UtcInstant::kMsPerSecond};
}

std::optional<std::int64_t> ParseRetryAfterMs(std::string_view text, std::string_view answer_date) {
  if (const auto seconds = Number(text)) return std::int64_t{*seconds} * UtcInstant::kMsPerSecond;
  const auto at = ParseHttpDate(text);
  const auto from = ParseHttpDate(answer_date);
  if (!at || !from || *at < *from) return std::nullopt;
  return at->ms - from->ms;
}

std::optional<ResourceLocation> ParseLocation(std::string_view location) {
  std::string version;
  if (const std::size_t history = location.rfind("/_history/"); history != std::string_view::npos) {
    version = location.substr(history + 10);
    location = location.substr(0, history);
  }
  const std::size_t slash = location.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view id = location.substr(slash + 1);
  std::string_view type = location.substr(0, slash);
  if (const std::size_t before = type.rfind('/'); before != std::string_view::npos) type = type.substr(before + 1);
  if (!fhir::IsResourceType(type) || !fhir::IsId(id)) return std::nullopt;
  return ResourceLocation{std::string(type), std::string(id), version};
}

std::string EncodeQuery(std::string_view value) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "-._~:/,";
  std::string out;
  for (char c : value) {
    if (IsAlpha(c) || IsDigit(c) || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

std::optional<std::string> PathOfLink(std::string_view link, std::string_view server_base) {
  constexpr std::size_t kLinkCharsMax = 65'536;  // no server takes a longer request line
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; };
  if (link.size() > kLinkCharsMax || std::any_of(link.begin(), link.end(), is_control)) return std::nullopt;
  if (link.starts_with("//")) return std::nullopt;
  const std::string_view path = PathPart(link);
  const std::string_view base = PathPart(server_base);
  std::string_view rest = path;
  if (!base.empty() && base != "/") {
    if (!path.starts_with(base)) {
      // A relative link ("Procedure?..", "?_getpages=..") is already below the base.
      if (link.find("://") != std::string_view::npos || link.starts_with("/")) return std::nullopt;
    } else {
      rest = path.substr(base.size());
      if (!rest.empty() && rest.front() != '/' && rest.front() != '?') return std::nullopt;
    }
  }
  if (rest.starts_with("/")) rest.remove_prefix(1);
  if (rest.empty() || rest.find("..") != std::string_view::npos) return std::nullopt;
  return std::string(rest);
}

}  // namespace facet::intake
