#pragma once
// The parts of the configuration table, in the order of the reference file. properties.cpp puts them together.
// Thread: constant data. Errors: none.
#include "adapter/config/properties.hpp"

#include <vector>

namespace facet::config {

std::vector<Property> ServerProperties();
std::vector<Property> ConnectionProperties();
std::vector<Property> FollowProperties();
std::vector<Property> IntakeProperties();
std::vector<Property> MappingProperties();
std::vector<Property> PolicyProperties();
std::vector<Property> WriteBackProperties();
std::vector<Property> ShellProperties();

}  // namespace facet::config
