#pragma once
// The rules. Each is a function of one file's path (below the source tree) and text, and answers what breaks it.
//
// Thread: pure functions. Errors: none.
#include <string>
#include <string_view>
#include <vector>

namespace facet::style {

struct Finding {
  std::string place;  // "adapter/json/parse.cpp:12"
  std::string rule;
  std::string detail;
  bool warning = false;
};

std::string ToString(const Finding& finding);

// "json" for "adapter/json/parse.cpp"; "" outside of the rooms.
std::string_view RoomOf(std::string_view path);

std::vector<Finding> CheckLayering(std::string_view path, std::string_view text);
std::vector<Finding> CheckPurity(std::string_view path, std::string_view text);
std::vector<Finding> CheckHeader(std::string_view path, std::string_view text);
std::vector<Finding> CheckFileSize(std::string_view path, std::string_view text);
std::vector<Finding> CheckFunctionSizes(std::string_view path, std::string_view text);
std::vector<Finding> CheckColumns(std::string_view path, std::string_view text);
std::vector<Finding> CheckUnfinished(std::string_view path, std::string_view text);
// The links of adapter/CMakeLists.txt against the table of rooms.
std::vector<Finding> CheckLinks(std::string_view path, std::string_view text);

// All of them that fit the kind of file.
std::vector<Finding> CheckFile(std::string_view path, std::string_view text);

struct Function {
  std::size_t line = 0;   // where its head begins
  std::size_t lines = 0;  // head to closing brace, without rows of data in initializers
};
std::vector<Function> FunctionsOf(std::string_view text);

}  // namespace facet::style
