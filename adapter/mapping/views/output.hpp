#pragma once
// Rows as NDJSON and CSV, typed: numbers and booleans by the declared type of their column, else by their own; what is
// absent is null (NDJSON) or empty (CSV); collections are arrays (in CSV: JSON arrays).
//
// Thread: pure functions. Errors: none.
#include "adapter/mapping/views/runner.hpp"

#include <span>
#include <string>

namespace facet::mapping::views {

enum class Format : std::uint8_t { kNdjson, kCsv };

// The line of column names that a CSV begins with; nothing for NDJSON. Ends with a newline.
void AppendHeader(const View& view, Format format, std::string& out);
// One row; ends with a newline.
void AppendRow(const View& view, std::span<const Cell> row, Format format, std::string& out);

}  // namespace facet::mapping::views
