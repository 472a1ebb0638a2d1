#include "adapter/app/start.hpp"

#include "adapter/app/files.hpp"
#include "adapter/app/open_store.hpp"
#include "adapter/store/sqlite/sqlite_store.hpp"

#include <unistd.h>

namespace facet::app {

std::optional<config::Config> LoadConfigOrPrint(const std::string& path) {
  std::vector<Error> errors;
  auto config = config::LoadConfig(path, config::ReadEnvironment(), errors);
  if (config.ok()) return std::move(config).value();
  if (errors.empty()) errors.push_back(config.error());
  PrintErrors(errors);
  return std::nullopt;
}

Result<std::unique_ptr<engine::Store>> OpenStoreToRead(const std::string& path) {
  const auto config = LoadConfigOrPrint(path);
  if (!config) return MakeError(ErrorCode::kConfigInvalid, path, "the configuration is not valid");
  if (::access(config->store.path.c_str(), F_OK) != 0) {
    const Error none = MakeError(ErrorCode::kStoreOpen, config->store.path,
                                 "there is no store yet, or not for this user; the daemon makes it at its first start");
    PrintError(none);
    return none;
  }
  auto store = store::SqliteStore::Open(config->store.path, store::Access::kReader);
  if (!store.ok()) {
    PrintError(store.error());
    return store.error();
  }
  return std::unique_ptr<engine::Store>(std::move(store).value());
}

}  // namespace facet::app
