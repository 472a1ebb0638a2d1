#pragma once
// FUZZ_CHECK: what must hold of every answer; ends the process, so that a fuzzer keeps the input.
#include <cstdio>
#include <cstdlib>

#define FUZZ_CHECK(condition)                                                                                          \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                              \
      std::abort();                                                                                                    \
    }                                                                                                                  \
  } while (false)
