#pragma once
// The configuration as each room wants it. Thread: pure. Errors: none; the configuration has been checked.
#include "adapter/app/rulebook.hpp"
#include "adapter/app/server_workers.hpp"
#include "adapter/config/config.hpp"
#include "adapter/engine/rules.hpp"
#include "adapter/engine/settings.hpp"

#include <string>

namespace facet::app {

RulebookSources RulebookSourcesOf(const config::Config& config);
// Proposal life and pace may be set in the configuration; they overrule the policy file.
engine::RulesParts RulesPartsOf(const config::Config& config, Rulebook rulebook);
engine::Settings EngineSettingsOf(const config::Config& config, const TimeZone& zone);
ServerOptions ServerOptionsOf(const config::Config& config);
// "Bearer <secret>", as the header of a notification must say.
std::string HookAuthorizationOf(const config::Config& config);

}  // namespace facet::app
