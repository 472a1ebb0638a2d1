// Must not compile: a token is a literal or comes from a closed list.
// Error: .text. is not a constant expression
// Error: call to consteval function .facet::Token::Token. is not a constant expression
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

#include <string>
auto Make(const std::string& text) { return facet::Token(text.c_str()); }
