#pragma once
// What every command that takes --config does first: load it, and say what is wrong with it.
// Thread: one. Errors: printed to stderr, all at once.
#include "adapter/config/config.hpp"

#include <optional>
#include <string>

namespace facet::app {

// nullopt after the errors have been printed: exit status 2.
std::optional<config::Config> LoadConfigOrPrint(const std::string& path);

}  // namespace facet::app
