#pragma once
// What the client and the listener have in common: headers. Thread: values. Errors: none.
#include <string>
#include <string_view>
#include <vector>

namespace facet::net {

struct HttpHeader {
  std::string name;
  std::string value;
};

// Header names are compared without letter case (RFC 9110 §5.1).
bool EqualsIgnoringCase(std::string_view a, std::string_view b) noexcept;
// The first header of that name, "" if there is none.
std::string_view FindHeader(const std::vector<HttpHeader>& headers, std::string_view name) noexcept;

}  // namespace facet::net
