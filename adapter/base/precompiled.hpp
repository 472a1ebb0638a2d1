#pragma once
// What a build without ccache precompiles for every room (CMakeLists.txt, FACET_PCH). Never included by name: each
// file includes what it uses, and builds with ccache, which precompile nothing, hold it to that.
#include <algorithm>
#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
