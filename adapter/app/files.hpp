#pragma once
// Files named on the command line. Thread: any. Errors: file.read with the path; "-" is standard input.
#include "adapter/base/result.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::app {

Result<std::string> ReadText(const std::string& path);
Status CheckReadable(const std::string& path);
// Files as they are; of a directory every .json and .ndjson file below it, in the order of their paths.
Result<std::vector<std::string>> ExpandInputs(const std::vector<std::string>& paths);
// Calls `line` for each line (without its end) and its number, reading as it goes: memory does not grow with the file.
Status ForEachLine(const std::string& path,
                   const std::function<Status(std::string_view line, std::size_t number)>& line);

// Prints errors to stderr, one a line.
void PrintErrors(const std::vector<Error>& errors);
void PrintError(const Error& error);

}  // namespace facet::app
