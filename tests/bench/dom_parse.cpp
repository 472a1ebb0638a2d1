// The time that Boost.JSON needs to parse each line of a file into its own DOM and to do nothing with it:
// `dom_parse FILE`. What replay's speed is compared with (replay_speed.sh).
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto begin = std::chrono::steady_clock::now();
  std::ifstream file(argv[1], std::ios::binary);
  std::size_t members = 0;
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) members += boost::json::parse(line).as_object().size();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.1f ms %zu lines %zu members\n", took.count(), lines, members);
  return 0;
}
