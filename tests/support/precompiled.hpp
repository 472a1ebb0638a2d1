#pragma once
// What a build without ccache precompiles for the tests; see adapter/base/precompiled.hpp.
#include "adapter/base/precompiled.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
