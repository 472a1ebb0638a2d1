// policy.opt_out: the site's opt-out list (clinical specification, section 4, gates).
#include "adapter/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace facet::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string With(const std::string& policy) {
  return "fhir: { base_url: http://127.0.0.1:8080/fhir, system_id: demo }\n"
         "intake: { listen: 127.0.0.1:8090, public_url: http://127.0.0.1:8090, secret: ${SECRET} }\n"
         "store: { path: /var/lib/facet-adapter/state.db }\n" +
         policy;
}

TEST(OptOut, IsAListOfPatients) {
  std::vector<Error> errors;
  const Environment environment = {{"SECRET", "0123456789abcdef"}};
  auto config = ParseConfig(With("policy: { opt_out: [ Patient/1, Patient/2 ] }\n"), "f.yaml", environment, errors);
  ASSERT_TRUE(config.ok());
  EXPECT_THAT(config->policy.opt_out, ElementsAre("Patient/1", "Patient/2"));
  config = ParseConfig(With(""), "f.yaml", environment, errors);
  ASSERT_TRUE(config.ok());
  EXPECT_THAT(config->policy.opt_out, IsEmpty());
}

TEST(OptOut, AnotherTypeIsRefused) {
  std::vector<Error> errors;
  const auto config =
      ParseConfig(With("policy: { opt_out: [ Group/1 ] }\n"), "f.yaml", {{"SECRET", "0123456789abcdef"}}, errors);
  EXPECT_FALSE(config.ok());
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_THAT(errors.front().ToString(), HasSubstr("expected Patient/ID"));
}

}  // namespace
}  // namespace facet::config
