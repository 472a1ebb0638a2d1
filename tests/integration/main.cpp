// Entry of the live tests: says what it misses instead of skipping, and prints the seed first.
#include "tests/integration/live_test.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sys/resource.h>

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (const char* name : {"FACET_ADAPTER", "FACET_HAPI_DIR"}) {
    if (std::getenv(name) == nullptr && !::testing::GTEST_FLAG(list_tests)) {
      std::cerr << "integration: " << name << " is not set; run tests/integration/run.sh BINARY\n";
      return 2;
    }
  }
  std::signal(SIGPIPE, SIG_IGN);
  // A thousand idle connections need a thousand descriptors.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  std::cout << "FACET_SEED=" << facet::live::Seed() << std::endl;
  return RUN_ALL_TESTS();
}
