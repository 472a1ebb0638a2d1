#pragma once
// The tape of a plain object: one without escapes, long arrays or long numbers, as nearly all are. Built in one pass
// over the text, which itself serves as the text pool.
//
// In the flow: Parse() tries this first. Thread: pure functions.
// Errors: none; nullptr where the parser must decide.
#include "adapter/json/document.hpp"

#include <memory>
#include <string_view>

namespace facet::json::impl {

std::shared_ptr<const Tape> ParsePlain(std::string_view text, const Limits& limits);

}  // namespace facet::json::impl
