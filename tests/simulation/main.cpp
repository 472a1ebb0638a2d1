// simulation [--seed N] [--seeds COUNT] [--trace] [--bug NAME | --bugs]: runs COUNT simulated hospitals from seed N on.
// The seed is printed first; a failing one is printed with the command that repeats it.
#include "tests/simulation/simulation.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

struct Arguments {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  bool trace = false;
  facet::testing::Bug bug = facet::testing::Bug::kNone;
  bool bugs = false;
};

bool Parse(int argc, char** argv, Arguments& out) {
  for (int i = 1; i < argc; ++i) {
    const bool value = i + 1 < argc;
    if (std::strcmp(argv[i], "--trace") == 0) {
      out.trace = true;
    } else if (std::strcmp(argv[i], "--bugs") == 0) {
      out.bugs = true;
    } else if (std::strcmp(argv[i], "--bug") == 0 && value) {
      const auto bug = facet::testing::BugFromName(argv[++i]);
      if (!bug) return false;
      out.bug = *bug;
    } else if (std::strcmp(argv[i], "--seed") == 0 && value) {
      out.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--seeds") == 0 && value) {
      out.seeds = std::strtoull(argv[++i], nullptr, 10);
    } else {
      std::fprintf(stderr, "usage: simulation [--seed N] [--seeds COUNT] [--trace] [--bug NAME | --bugs]\n");
      return false;
    }
  }
  return true;
}

void Add(facet::testing::Figures& all, const facet::testing::Figures& one) {
  all.turns += one.turns;
  all.requests += one.requests;
  all.acknowledged += one.acknowledged;
  all.deaths += one.deaths;
  all.commit_failures += one.commit_failures;
  all.careplans += one.careplans;
  all.live_careplans += one.live_careplans;
  all.unknown_outcomes += one.unknown_outcomes;
}

// Every deliberate bug is caught by one of the seeds.
int CatchBugs(const Arguments& arguments) {
  int missed = 0;
  for (std::size_t i = 1; i < facet::testing::kBugNames.size(); ++i) {
    std::vector<std::string> problems;
    std::uint64_t seed = arguments.seed;
    for (; seed < arguments.seed + arguments.seeds && problems.empty(); ++seed) {
      problems = facet::testing::Simulation(seed, false, static_cast<facet::testing::Bug>(i)).Run();
    }
    const std::string name(facet::testing::kBugNames[i]);
    if (problems.empty()) {
      ++missed;
      std::printf("MISSED %s\n", name.c_str());
    } else {
      std::printf("caught %s by seed %llu: %s\n", name.c_str(), static_cast<unsigned long long>(seed - 1),
                  problems.front().c_str());
    }
  }
  return missed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) return 2;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("SEED %llu, %llu seeds\n", static_cast<unsigned long long>(arguments.seed),
              static_cast<unsigned long long>(arguments.seeds));
  if (arguments.bugs) return CatchBugs(arguments);
  facet::testing::Figures all;
  int failed = 0;
  for (std::uint64_t seed = arguments.seed; seed < arguments.seed + arguments.seeds; ++seed) {
    facet::testing::Simulation simulation(seed, arguments.trace, arguments.bug);
    auto problems = simulation.Run();
    // A few seeds twice: the same seed must give the same run.
    if (problems.empty() && seed % 25 == 0) {
      facet::testing::Simulation again(seed, false, arguments.bug);
      again.Run();
      if (again.StateHash() != simulation.StateHash()) problems.push_back("two runs of one seed differ");
    }
    Add(all, simulation.figures());
    if (problems.empty()) continue;
    ++failed;
    std::printf("FAILED seed %llu: %s\n", static_cast<unsigned long long>(seed), simulation.swarm().ToString().c_str());
    for (const std::string& problem : problems) std::printf("  %s\n", problem.c_str());
    std::printf("  repeat: simulation --seed %llu --trace\n", static_cast<unsigned long long>(seed));
  }
  std::printf(
      "%d failed; %lld turns, %lld requests, %lld notifications acknowledged, %lld deaths, %lld failed commits, "
      "%lld unknown outcomes, %lld CarePlans (%lld live)\n",
      failed, static_cast<long long>(all.turns), static_cast<long long>(all.requests),
      static_cast<long long>(all.acknowledged), static_cast<long long>(all.deaths),
      static_cast<long long>(all.commit_failures), static_cast<long long>(all.unknown_outcomes),
      static_cast<long long>(all.careplans), static_cast<long long>(all.live_careplans));
  return failed == 0 ? 0 : 1;
}
