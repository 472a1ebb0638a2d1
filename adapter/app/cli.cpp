#include "adapter/app/cli.hpp"

#include "adapter/base/time.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

namespace facet::app {
namespace {

CLI::Validator IsDate() {
  return CLI::Validator(
      [](std::string& text) {
        const auto date = FhirDateTime::Parse(text);
        return date && !date->has_time() ? std::string() : "expected a date: 2026, 2026-03 or 2026-03-05";
      },
      "");
}

// One parsed command: options live here until its function runs.
template <class Command>
Command& Keep(CLI::App& app, std::function<int()>& chosen, int (*run)(const Command&)) {
  auto options = std::make_shared<Command>();
  app.callback([options, run, &chosen] { chosen = [options, run] { return run(*options); }; });
  return *options;
}

void AddConfig(CLI::App& app, std::string& config) {
  app.add_option("--config", config, "Configuration file (YAML); 'config reference' prints a commented one")
      ->required()
      ->type_name("FILE");
}

void AddFormat(CLI::App& app, std::string& format, std::vector<std::string> choices) {
  app.add_option("--format", format, "Output format")->check(CLI::IsMember(std::move(choices)));
}

void AddDaemon(CLI::App& root, std::function<int()>& chosen) {
  auto& run = *root.add_subcommand("run", "Run the daemon: follow patients, judge episodes, write proposals");
  AddConfig(run, Keep<RunCommand>(run, chosen, Run).config);

  auto& check = *root.add_subcommand("check", "Check configuration and mappings; with --online also the FHIR server");
  auto& options = Keep<CheckCommand>(check, chosen, Check);
  AddConfig(check, options.config);
  check.add_flag("--online", options.online, "Probe the FHIR server and print what it can do");
  AddFormat(check, options.format, {"text", "json"});
}

void AddReplay(CLI::App& root, std::function<int()>& chosen) {
  auto& app =
      *root.add_subcommand("replay", "Judge files offline: one judgement a session, one proposal a failed episode");
  auto& options = Keep<ReplayCommand>(app, chosen, RunReplay);
  app.add_option("--mappings", options.mappings, "Directory of mappings instead of the shipped ones")->type_name("DIR");
  app.add_option("--overlay", options.overlays, "A site's mapping directory; may be given again")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("--policy", options.policy, "Preset (guide, us-cms, uk-ebi, au) or policy file")
      ->type_name("NAME|FILE");
  app.add_option("--as-of", options.as_of, "Judge as of this instant, or the end of this day (default: now)")
      ->type_name("TIME");
  app.add_option("--time-zone", options.time_zone, "The site's time zone (default: UTC)")->type_name("AREA/CITY");
  AddFormat(app, options.format, {"json", "text", "html"});
  app.add_option("INPUT", options.inputs, "Bundles, NDJSON files or directories of them")->required();
  app.footer("Examples:\n"
             "  facet-adapter replay bundle.json --format text\n"
             "  facet-adapter replay --overlay site/ --as-of 2026-12-01 --time-zone America/Chicago export/\n"
             "  facet-adapter replay --policy us-cms --format html export/ > report.html");
}

void AddInspection(CLI::App& root, std::function<int()>& chosen) {
  auto& explain =
      *root.add_subcommand("explain", "Explain an episode, CarePlan or patient: numbers, rules, evidence, doubts");
  auto& explained = Keep<ExplainCommand>(explain, chosen, Explain);
  AddConfig(explain, explained.config);
  AddFormat(explain, explained.format, {"text", "json"});
  explain.add_option("ID", explained.id, "Episode id, CarePlan/..., Procedure/... or Patient/...")->required();

  auto& outbox = *root.add_subcommand("outbox", "What is owed to the FHIR server: list, show");
  auto& owed = Keep<OutboxCommand>(outbox, chosen, Outbox);
  AddConfig(outbox, owed.config);
  AddFormat(outbox, owed.format, {"text", "json"});
  outbox.add_option("ACTION", owed.action, "list or show")->required()->check(CLI::IsMember({"list", "show"}));
  outbox.add_option("ID", owed.ids, "Ids as 'outbox list' prints them");
}

void AddMappingTools(CLI::App& root, std::function<int()>& chosen) {
  auto& path = *root.add_subcommand("fhirpath", "Evaluate a FHIRPath expression on a resource, or a batch of them");
  auto& evaluated = Keep<FhirPathCommand>(path, chosen, RunFhirPath);
  path.add_option("EXPR", evaluated.expression, "The expression");
  path.add_option("FILE", evaluated.file, "A resource as JSON ('-' reads standard input)");
  path.add_option("--batch", evaluated.batch, "NDJSON of {\"id\",\"expression\",\"file\"?,\"strict\"?}")
      ->type_name("FILE");
  path.add_flag("--trace", evaluated.trace, "Print what trace() and each step gave to standard error");
  AddFormat(path, evaluated.format, {"text", "json"});
  path.footer(
      "Text output: a line an item, its type and its value. --format json: {\"type\":...,\"value\":...} a line.\n"
      "--batch: a line in, a line out: {\"id\",\"result\":[ITEM...]} or {\"id\",\"error\"}; FILE names are looked up "
      "in the\n"
      "working directory, then beside the batch; \"strict\": true refuses elements that the type does not have.\n"
      "\n"
      "Examples:\n"
      "  facet-adapter fhirpath \"code.coding.where(system = %loinc).code\" observation.json\n"
      "  facet-adapter fhirpath --trace \"value.ofType(Quantity).value > 4\" observation.json\n"
      "  head -1 export/Observation.ndjson | facet-adapter fhirpath \"value\" -\n"
      "  facet-adapter fhirpath --batch cases.ndjson");

  auto& view = *root.add_subcommand("view", "Run a ViewDefinition (SQL on FHIR) over NDJSON");
  auto& viewed = Keep<ViewCommand>(view, chosen, RunView);
  view.add_option("VIEW", viewed.view, "The ViewDefinition (JSON)")->required();
  view.add_option("INPUT", viewed.inputs, "NDJSON or JSON files")->required();
  AddFormat(view, viewed.format, {"ndjson", "csv"});
  view.footer(
      "A row is printed as soon as it is known; memory does not grow with the input. '-' reads NDJSON from stdin.\n"
      "\n"
      "Examples:\n"
      "  facet-adapter view fhir-mappings/views/observation.json export/Observation.ndjson\n"
      "  facet-adapter view my-view.json bundle.json --format csv > rows.csv");
}

void AddBase(CLI::App& app, std::string& mappings) {
  app.add_option("--mappings", mappings, "Directory of mappings instead of the shipped ones")->type_name("DIR");
}

void AddDiscover(CLI::App& root, std::function<int()>& chosen) {
  auto& app = *root.add_subcommand(
      "discover", "What codes, value shapes and body sites are there, what the mappings cover, a draft overlay");
  auto& options = Keep<DiscoverCommand>(app, chosen, Discover);
  app.add_option("--config", options.config, "Read the FHIR server of this configuration; only searches, nothing else")
      ->type_name("FILE");
  app.add_option("INPUT", options.inputs, "Read files instead: Bundles, NDJSON, directories of them ('-': NDJSON)");
  app.add_option("--write", options.write, "Write a draft overlay with the candidates (a new or empty directory)")
      ->type_name("DIR");
  AddFormat(app, options.format, {"text", "json"});
  app.add_option("--min", options.min, "Tell what occurs in this many resources of this many patients (default: 5)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  AddBase(app, options.mappings);
  app.add_option("--overlay", options.overlays, "A site's mapping directory; may be given again")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("--patients", options.patients, "Search patient by patient: ids, one a line")
      ->type_name("FILE")
      ->group("Reading a server");
  app.add_option("--since", options.since, "Only what happened on this date or later")
      ->check(IsDate())
      ->type_name("YYYY-MM-DD")
      ->group("Reading a server");
  app.add_option("--max", options.max, "Stop after this many resources of a type (default: 20000; 0 = never)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N")
      ->group("Reading a server");
  app.add_option("--count", options.count, "Resources a page (default: 100)")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->group("Reading a server");
  app.add_option("--rate", options.rate, "Requests a second at most (default: 4)")
      ->check(CLI::PositiveNumber)
      ->type_name("N")
      ->group("Reading a server");
  app.footer(
      "Never printed: texts, names, dates, values, ids. Of a text only the words of our own lists are told\n"
      "(fhir-mappings/codesystems/discovery.json); codes, units and displays only where they are frequent (--min).\n"
      "\n"
      "Examples:\n"
      "  facet-adapter discover export/*.ndjson                      a bulk export\n"
      "  facet-adapter discover --config site.yaml --write draft/    the server, and a draft overlay\n"
      "  facet-adapter discover --config site.yaml --patients ids    a server that searches by patient only\n"
      "  facet-adapter discover --overlay site/ export/              what is still missing with this overlay");
}

void AddMappings(CLI::App& root, std::function<int()>& chosen) {
  auto& app = *root.add_subcommand("mappings", "Check, test and show mappings and a site's overlays: lint, test, show");
  app.require_subcommand(1);
  app.footer(
      "A DIR that brings the adapter's own code systems stands alone; any other is an overlay on the shipped "
      "mappings.\n"
      "\n"
      "Examples:\n"
      "  facet-adapter mappings lint site/                  is this overlay right?\n"
      "  facet-adapter mappings test site/                  do its examples (site/examples/*) give their facts?\n"
      "  facet-adapter mappings test --update site/         write what comes out as expected; then read it\n"
      "  facet-adapter mappings show --overlay site/        what is in effect, and where each artefact comes from\n"
      "  facet-adapter mappings show ConceptMap             ... of those whose URL or file holds a word\n"
      "\n"
      "The guide from a local code to a tested overlay: deploy/docs/mapping-guide.md. The format: "
      "fhir-mappings/README.md.");

  auto& lint = *app.add_subcommand("lint", "Say what is wrong (error) or doubtful (doubt), with file, line and column");
  auto& linted = Keep<MappingsCommand>(lint, chosen, LintMappings);
  AddBase(lint, linted.mappings);
  AddFormat(lint, linted.format, {"text", "json"});
  lint.add_option("DIR", linted.overlays, "Directories, checked together in this order (default: the shipped ones)");
  lint.footer("Exit status: 0 nothing found, 1 doubts, 2 errors: the daemon would not start with these mappings.");

  auto& test = *app.add_subcommand("test", "Run the examples: each input must give exactly its expected facts");
  auto& tested = Keep<MappingsCommand>(test, chosen, TestMappings);
  AddBase(test, tested.mappings);
  test.add_flag("--update", tested.update, "Write what comes out as expected.ndjson; read it before you trust it");
  test.add_option(
      "DIR", tested.overlays,
      "Mappings with a folder examples, a directory of examples, or one example (default: the shipped ones)");
  test.footer(
      "An example is a folder: input.json (Bundle, resource) or input.ndjson, expected.ndjson (one fact a line), and\n"
      "optionally overlay/ (mappings of its own). Use synthetic resources only: examples are printed.\n"
      "Exit status: 0 all passed, 1 some failed, 2 mappings or examples cannot be read.");

  auto& show = *app.add_subcommand("show", "Print what is in effect, with the layer that each artefact comes from");
  auto& shown = Keep<MappingsCommand>(show, chosen, ShowMappings);
  AddBase(show, shown.mappings);
  show.add_option("--overlay", shown.overlays, "A site's mapping directory; may be given again")
      ->type_name("DIR")
      ->allow_extra_args(false);
  AddFormat(show, shown.format, {"text", "json"});
  show.add_flag("--all", shown.all, "Also what a later layer replaces");
  show.add_option("WORD", shown.find, "Only artefacts whose URL or file holds this");
}

void AddInformation(CLI::App& root, std::function<int()>& chosen) {
  auto& config = *root.add_subcommand("config", "The configuration reference, or the effective configuration");
  auto& shown = Keep<ConfigCommand>(config, chosen, ShowConfig);
  config.add_option("ACTION", shown.action, "reference or show")
      ->required()
      ->check(CLI::IsMember({"reference", "show"}));
  config.add_option("--config", shown.config, "Configuration file, for show")->type_name("FILE");

  auto& version = *root.add_subcommand("version", "The version; with --sources where the guide's content comes from");
  auto& printed = Keep<VersionCommand>(version, chosen, ShowVersion);
  version.add_flag("--sources", printed.sources, "Citation, developer, funding, review dates, intended use and limits");
  version.add_option("--mappings", printed.mappings, "Directory of mappings instead of the shipped ones")
      ->type_name("DIR");
}

// Edits (insert, remove, replace, swap neighbours) that make one word of the other.
std::size_t EditsBetween(std::string_view one, std::string_view other) {
  std::vector<std::vector<std::size_t>> edits(one.size() + 1, std::vector<std::size_t>(other.size() + 1));
  for (std::size_t i = 0; i <= one.size(); ++i) {
    for (std::size_t j = 0; j <= other.size(); ++j) {
      if (i == 0 || j == 0) {
        edits[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = edits[i - 1][j - 1] + (one[i - 1] == other[j - 1] ? 0U : 1U);
      edits[i][j] = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
    }
  }
  return edits[one.size()][other.size()];
}

int ExplainUnknown(const CLI::App& root, const std::string& word) {
  std::string nearest;
  std::string all;
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string& name = command->get_name();
    all += " " + name;
    if (nearest.empty() || EditsBetween(word, name) < EditsBetween(word, nearest)) nearest = name;
  }
  std::cerr << "unknown command " << word << "; the nearest one is " << nearest << "\nCommands:" << all
            << "\n'facet-adapter --help' says more.\n";
  return kUsageOrConfiguration;
}

// What was printed is worth something only when it arrived: a full disk shows at the last write, not at each.
int FinishOutput(int status) {
  std::cout.flush();
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  if (written) return status;
  const int reason = errno;
  std::cerr << "the output could not be written";
  if (reason != 0) std::cerr << ": " << std::generic_category().message(reason);
  std::cerr << "\n";
  return status == kDone ? kFailed : status;
}

}  // namespace

int Main(int argc, char** argv) {
  CLI::App root{"facet-adapter: finds facet joint injections that failed and proposes the next steps"};
  root.name("facet-adapter");
  root.require_subcommand(1);
  root.footer(
      "First steps:\n"
      "  facet-adapter replay bundle.json --format text          judge a file, no server needed\n"
      "  facet-adapter discover export/ --write site/            what do we have, what is mapped?\n"
      "  facet-adapter config reference > facet-adapter.yaml     a commented configuration\n"
      "  facet-adapter check --config facet-adapter.yaml --online\n"
      "  facet-adapter run --config facet-adapter.yaml           shadow mode until write_back.mode says write\n"
      "\n"
      "'facet-adapter COMMAND --help' says more. Exit status: 0 done; 1 the work failed; 2 usage or configuration.\n"
      "Machine output goes to stdout, everything else to stderr.");
  std::function<int()> chosen;
  AddDaemon(root, chosen);
  AddReplay(root, chosen);
  AddInspection(root, chosen);
  AddMappingTools(root, chosen);
  AddDiscover(root, chosen);
  AddMappings(root, chosen);
  AddInformation(root, chosen);
  try {
    root.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // A misspelt option is told rather than the one that it should have been.
    for (const std::string& left : root.remaining(true)) {
      if (left.starts_with("-")) std::cerr << "unknown option " << left << "\n";
    }
    const auto words = root.remaining(true);
    if (root.get_subcommands().empty() && !words.empty() && !words.front().starts_with("-")) {
      return ExplainUnknown(root, words.front());
    }
    return root.exit(error), kUsageOrConfiguration;
  } catch (const CLI::ParseError& error) {
    return FinishOutput(root.exit(error) == 0 ? kDone : kUsageOrConfiguration);
  }
  return FinishOutput(chosen());
}

}  // namespace facet::app
