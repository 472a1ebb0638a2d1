#pragma once
// The rooms of adapter/ and who may use whom: the table that the layering check holds the tree to.
//
// Thread: constant data. Errors: none; an unknown room has no entry.
#include <span>
#include <string_view>
#include <vector>

namespace facet::style {

struct Room {
  std::string_view name;
  bool pure = false;                  // no clock, thread, file, socket or random source
  std::vector<std::string_view> may;  // rooms whose headers it may include, beside its own
};

// Lowest first.
const std::vector<Room>& Rooms();
const Room* FindRoom(std::string_view name);

// What pure rooms may not name. A word ends where an identifier ends.
std::span<const std::string_view> WordsBannedInPureRooms();
// What no header may include: it would reach every room above.
std::span<const std::string_view> IncludesBannedInHeaders();

}  // namespace facet::style
