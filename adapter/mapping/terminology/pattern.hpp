#pragma once
// Patterns of words, as mappings give them: regular expressions of linear time (fhirpath/regex.hpp), without regard to
// case. A note of a patient may be long and hostile; no pattern may make it expensive.
//
// Thread: immutable. Errors: mapping.invalid, what is wrong.
#include "adapter/base/result.hpp"
#include "adapter/fhirpath/regex.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace facet::mapping {

class Pattern {
 public:
  static Result<Pattern> Compile(std::string_view text);

  bool Search(std::string_view text) const { return regex_.Search(text); }      // matches somewhere
  bool Matches(std::string_view text) const { return regex_.MatchFull(text); }  // matches as a whole

  // "M47\\.1.*" says "begins with M47.1": the literal prefix, where the pattern is nothing else.
  static std::optional<std::string> PurePrefix(std::string_view text);

 private:
  explicit Pattern(fhirpath::Regex regex) : regex_(std::move(regex)) {}
  fhirpath::Regex regex_;
};

}  // namespace facet::mapping
