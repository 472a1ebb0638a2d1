#pragma once
// The store that a configuration names, for commands that look into it beside the running daemon.
// Thread: one. Errors: printed to stderr, each with its place; the Result only says that there were some.
#include "adapter/app/cli.hpp"
#include "adapter/base/result.hpp"
#include "adapter/engine/store.hpp"

#include <memory>
#include <string>

namespace facet::app {

Result<std::unique_ptr<engine::Store>> OpenStoreToRead(const std::string& config);

// Of a command that ends with this error of OpenStoreToRead: only the configuration is the caller's to correct.
inline ExitStatus ExitStatusOf(const Error& error) {
  return error.code == ErrorCode::kConfigInvalid ? kUsageOrConfiguration : kFailed;
}

}  // namespace facet::app
