// The configuration file: what is taken, what is refused and with which words, secrets, warnings, the reference.
#include "tests/support/generated_section.hpp"

#include "adapter/config/config.hpp"
#include "adapter/config/properties.hpp"
#include "adapter/config/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <sys/stat.h>

namespace facet::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Environment kEnvironment = {
    {"FACET_ADAPTER_HOOK_SECRET", "0123456789abcdef"}, {"EMPTY", ""}, {"SHORT", "1234567"}};

constexpr const char* kSmallest = R"(
fhir:       { base_url: http://127.0.0.1:8080/fhir, system_id: demo }
intake:     { listen: 127.0.0.1:8090, public_url: http://127.0.0.1:8090, secret: ${FACET_ADAPTER_HOOK_SECRET} }
store:      { path: /var/lib/facet-adapter/state.db }
)";

// The smallest file with its lines replaced or added to.
std::string With(const std::string& more) { return kSmallest + more; }
std::string Replaced(const std::string& from, const std::string& to) {
  std::string text = kSmallest;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

std::vector<std::string> ErrorsOf(const std::string& text) {
  std::vector<Error> errors;
  const auto config = ParseConfig(text, "f.yaml", kEnvironment, errors);
  EXPECT_EQ(config.ok(), errors.empty());
  std::vector<std::string> texts;
  for (const Error& error : errors) texts.push_back(error.ToString());
  return texts;
}

Config Parsed(const std::string& text) {
  std::vector<Error> errors;
  auto config = ParseConfig(text, "f.yaml", kEnvironment, errors);
  for (const Error& error : errors) ADD_FAILURE() << error.ToString();
  return config.ok() ? *config : Config{};
}

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "facet-config-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  std::string Write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const std::string file = (path_ / name).string();
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
    return file;
  }

 private:
  std::filesystem::path path_;
};

TEST(Config, TheSmallestUsefulFile) {
  const Config config = Parsed(kSmallest);
  EXPECT_EQ(config.fhir.base_url, "http://127.0.0.1:8080/fhir");
  EXPECT_EQ(config.fhir.system_id, "demo");
  EXPECT_EQ(config.intake.listen.address, "127.0.0.1");
  EXPECT_EQ(config.intake.listen.port, 8090);
  EXPECT_EQ(config.intake.secret.Reveal(), "0123456789abcdef");
  EXPECT_EQ(config.store.path, "/var/lib/facet-adapter/state.db");
  // The defaults of the operator's contract.
  EXPECT_FALSE(config.write_back.write);
  EXPECT_TRUE(config.follow.subscription);
  EXPECT_TRUE(config.follow.sweep);
  EXPECT_EQ(config.follow.not_before, std::nullopt);
  EXPECT_EQ(config.intake.sweep_interval_secs, 300);
  EXPECT_EQ(config.intake.subscription_check_secs, 60);
  EXPECT_EQ(config.policy.stable_age_secs, 60);
  EXPECT_EQ(config.policy.preset, "guide");
  EXPECT_EQ(config.policy.time_zone, "UTC");
  EXPECT_TRUE(config.policy.time_zone_defaulted);
  EXPECT_EQ(config.proposal.expires_days, 90);
  ASSERT_TRUE(config.admin.listen.has_value());
  EXPECT_TRUE(config.admin.listen->loopback());
  EXPECT_TRUE(config.admin.listen_defaulted);
  EXPECT_THAT(config.warnings, IsEmpty());
}

constexpr const char* kReal = R"(
fhir:    { base_url: https://fhir.h.example/r4, system_id: h-example-prod, server: hapi, organization: Organization/1 }
follow:     { from: [ subscription, sweep ], not_before: 2026-12-01 }  # also: bulk_group, list_file, push
intake:     { listen: 10.0.0.5:8443, public_url: https://facet.h.example, secret: ${FACET_ADAPTER_HOOK_SECRET} }
mappings:   { overlay: [ /etc/facet-adapter/site ] }
policy:     { preset: us-cms, time_zone: America/Chicago, approval: /etc/facet-adapter/approval.yaml }
write_back: { mode: shadow, only: { organizations: [ Organization/7 ] }, per_day_max: 20 }
store:      { path: /var/lib/facet-adapter/state.db, keep_days: 730 }
admin:      { listen: 127.0.0.1:8091 }
)";

TEST(Config, TheShapeOfARealOne) {
  const Config config = Parsed(kReal);
  EXPECT_EQ(config.fhir.server, "hapi");
  EXPECT_EQ(config.fhir.organization, "Organization/1");
  ASSERT_TRUE(config.follow.not_before.has_value());
  EXPECT_EQ(config.follow.not_before->text, "2026-12-01");
  EXPECT_THAT(config.mappings.overlay, ElementsAre("/etc/facet-adapter/site"));
  EXPECT_EQ(config.policy.preset, "us-cms");
  EXPECT_FALSE(config.policy.time_zone_defaulted);
  EXPECT_THAT(config.write_back.only_organizations, ElementsAre("Organization/7"));
  EXPECT_EQ(config.write_back.per_day_max, 20);
  EXPECT_FALSE(config.admin.listen_defaulted);
}

TEST(Config, WhatTheContractPromisesForLaterIsRefusedAsSuch) {
  std::string text = kReal;
  text.replace(text.find("organization: Organization/1"), 28,
               "organization: Organization/1,\n"
               "              auth: { type: smart_backend, client_id: facet, key: { file: /k.pem } }");
  text.replace(text.find("[ subscription, sweep ]"), 23, "[ subscription, bulk_group ]");
  text.replace(text.find("mode: shadow,"), 13, "mode: shadow, notify: { type: task, owner: PractitionerRole/rn },");
  EXPECT_THAT(ErrorsOf(text),
              ElementsAre("f.yaml:3:44: /fhir/auth/client_id: not supported by this version [config.invalid]",
                          "f.yaml:3:62: /fhir/auth/key: not supported by this version [config.invalid]",
                          "f.yaml:8:29: /write_back/notify: not supported by this version [config.invalid]",
                          "f.yaml:3:29: /fhir/auth/type: \"smart_backend\" is not supported by this version (expected "
                          "none, static_bearer) [config.invalid]",
                          "f.yaml:4:37: /follow/from/1: \"bulk_group\" is not supported by this version (expected "
                          "subscription, sweep) [config.invalid]"));
}

TEST(Config, AllErrorsAtOnceEachWithItsPlace) {
  EXPECT_THAT(
      ErrorsOf("fhir: { base_url: ftp://x, sytem_id: demo, timeout_ms: fast }\n"
               "intake:\n"
               "  listen: 8090\n"
               "  listen: 127.0.0.1:8090\n"
               "  secret: ${NOT_SET}\n"
               "  swep_interval_secs: 0\n"
               "listn: x\n"
               "write_back: { mode: on }\n"),
      ElementsAre(HasSubstr("f.yaml:4:3: /intake/listen: the key is there twice [config.invalid]"),
                  "f.yaml:1:28: /fhir/sytem_id: unknown key (nearest key fhir.system_id) [config.unknown_key]",
                  "f.yaml:6:3: /intake/swep_interval_secs: unknown key (nearest key "
                  "intake.sweep_interval_secs) [config.unknown_key]",
                  "f.yaml:7:1: /listn: unknown key [config.unknown_key]",
                  "f.yaml:1:19: /fhir/base_url: wrong value (got \"ftp://x\", expected an http or https URL "
                  "without user and query) [config.invalid]",
                  "f.yaml:1:1: /fhir/system_id: a required value is missing (for example system_id: "
                  "h-example-prod) [config.missing]",
                  "f.yaml:1:56: /fhir/timeout_ms: wrong value (got \"fast\", expected a whole number from 100 to "
                  "600000, in milliseconds) [config.invalid]",
                  "f.yaml:3:11: /intake/listen: wrong value (got \"8090\", expected address:port, such as "
                  "127.0.0.1:8090 or [::1]:8090) [config.invalid]",
                  "f.yaml:2:1: /intake/public_url: a required value is missing (for example public_url: "
                  "http://127.0.0.1:8090) [config.missing]",
                  "f.yaml:5:11: /intake/secret: the environment variable NOT_SET is not set, or empty "
                  "[config.missing]",
                  "f.yaml:8:21: /write_back/mode: wrong value (got \"on\", expected shadow or write) "
                  "[config.invalid]",
                  "f.yaml:1:1: /store/path: a required value is missing (for example path: "
                  "/var/lib/facet-adapter/state.db) [config.missing]"));
}

TEST(Config, NumbersOnBothSidesOfTheirLimits) {
  const auto interval = [](const std::string& value) {
    return With("delivery: { retry_max_secs: 86400 }\nproposal: { expires_days: " + value + " }\n");
  };
  EXPECT_THAT(ErrorsOf(interval("1")), IsEmpty());
  EXPECT_THAT(ErrorsOf(interval("3650")), IsEmpty());
  for (const char* bad : {"0", "3651", "-1", "1.5", "\"90\"", "90d", "99999999999999999999", "[ 90 ]", "true"}) {
    EXPECT_THAT(ErrorsOf(interval(bad)), ElementsAre(HasSubstr("/proposal/expires_days: wrong value"))) << bad;
  }
  EXPECT_THAT(ErrorsOf(With("proposal: { expires_days: }\n")), IsEmpty()) << "nothing is the default";
}

TEST(Config, TruthIsTrueOrFalse) {
  for (const char* bad : {"yes", "True", "1", "\"true\""}) {
    EXPECT_THAT(ErrorsOf(With("insecure: { literal_secrets: " + std::string(bad) + " }\n")),
                ElementsAre(HasSubstr("expected true or false")))
        << bad;
  }
}

TEST(Config, Addresses) {
  EXPECT_EQ(ParseListen("[::1]:80")->address, "::1");
  EXPECT_EQ(ParseListen("[::1]:80")->ToString(), "[::1]:80");
  EXPECT_EQ(ParseListen("0.0.0.0:0")->port, 0);
  EXPECT_EQ(ParseListen("localhost:80")->address, "127.0.0.1");
  for (const char* bad :
       {"", ":80", "80", "::1:80", "1.2.3:80", "h.example:80", "1.2.3.4:65536", "1.2.3.4:", "[::1]"}) {
    EXPECT_FALSE(ParseListen(bad)) << bad;
  }
}

TEST(Config, Urls) {
  EXPECT_TRUE(ParseUrl("http://127.0.0.1:8080/fhir")->loopback);
  EXPECT_TRUE(ParseUrl("http://[::1]:8080")->loopback);
  EXPECT_FALSE(ParseUrl("https://localhost.example")->loopback);
  for (const char* bad : {"", "h.example", "http://", "http:///x", "https://u:p@h/", "https://h/?q=1", "https://h/#f",
                          "https://h:0/", "https://h:x/", "http://h\\x", "HTTP://h"}) {
    EXPECT_FALSE(ParseUrl(bad)) << bad;
  }
  EXPECT_EQ(Parsed(Replaced("8080/fhir", "8080/fhir//")).fhir.base_url, "http://127.0.0.1:8080/fhir");
}

TEST(Config, NoHttpToOtherMachinesUnlessAskedForByName) {
  const std::string remote = Replaced("http://127.0.0.1:8080/fhir", "http://fhir.h.example/fhir");
  EXPECT_THAT(ErrorsOf(remote), ElementsAre(HasSubstr("/fhir/base_url: http to another machine is insecure (expected "
                                                      "https, or insecure.fhir_plain_http: true)")));
  const Config allowed = Parsed(remote + "insecure: { fhir_plain_http: true }\n");
  ASSERT_THAT(allowed.warnings, SizeIs(1));
  EXPECT_EQ(allowed.warnings[0].key, "insecure.fhir_plain_http");
  EXPECT_THAT(ErrorsOf(Replaced("http://127.0.0.1:8090", "http://facet.h.example")),
              ElementsAre(HasSubstr("/intake/public_url: http to another machine")));
}

TEST(Config, TheAdminAddressBeyondLoopbackNeedsAToken) {
  EXPECT_THAT(ErrorsOf(With("admin: { listen: 0.0.0.0:8091 }\n")),
              ElementsAre(HasSubstr("/admin/listen: elsewhere than on loopback the admin address needs admin.token")));
  EXPECT_THAT(ErrorsOf(With("admin: { listen: 0.0.0.0:8091, token: ${FACET_ADAPTER_HOOK_SECRET} }\n")), IsEmpty());
  EXPECT_EQ(Parsed(With("admin: { listen: none }\n")).admin.listen, std::nullopt);
}

TEST(ConfigSecrets, AreGivenByReferenceAndNeverPrinted) {
  const std::string literal = Replaced("${FACET_ADAPTER_HOOK_SECRET}", "my-own-literal");
  EXPECT_THAT(
      ErrorsOf(literal),
      ElementsAre("f.yaml:3:82: /intake/secret: a secret is given by reference (expected ${VARIABLE} or { file: "
                  "/path }) [config.invalid]"));
  const Config allowed = Parsed(literal + "insecure: { literal_secrets: true }\n");
  EXPECT_EQ(allowed.intake.secret.Reveal(), "my-own-literal");
  ASSERT_THAT(allowed.warnings, SizeIs(1));
  EXPECT_THAT(ShowConfig(allowed), Not(HasSubstr("my-own-literal")));
  EXPECT_THAT(ShowConfig(allowed), HasSubstr("intake.secret: [secret]"));
}

// A URL with a user is refused, and what refuses it goes to a log.
TEST(ConfigSecrets, PasswordsInAddressesAreNotRepeated) {
  for (const std::string& text :
       {Replaced("base_url: http://127.0.0.1:8080/fhir", "base_url: \"http://u:pw-1@h/fhir\""),
        Replaced("system_id: demo", "system_id: demo, proxy: \"http://user:pw-1@p.example:3128\""),
        Replaced("system_id: demo", "system_id: demo, proxy: \"http://user:pw-1@pw-1@p.example:3128\""),
        Replaced("system_id: demo", "system_id: demo, auth: \"pw-1@h\"")}) {
    const auto errors = ErrorsOf(text);
    ASSERT_THAT(errors, Not(IsEmpty()));
    for (const std::string& error : errors) EXPECT_THAT(error, Not(HasSubstr("pw-1"))) << text;
  }
  const auto errors = ErrorsOf(Replaced("base_url: http://127.0.0.1:8080/fhir", "base_url: \"http://u:pw-1@h/fhir\""));
  EXPECT_THAT(errors, ElementsAre(HasSubstr("[hidden]@h/fhir")));
}

TEST(ConfigSecrets, HaveALengthAndVisibleCharacters) {
  EXPECT_THAT(ErrorsOf(Replaced("FACET_ADAPTER_HOOK_SECRET", "SHORT")),
              ElementsAre(HasSubstr("too short (expected at least 8 characters)")));
  EXPECT_THAT(ErrorsOf(Replaced("FACET_ADAPTER_HOOK_SECRET", "EMPTY")), ElementsAre(HasSubstr("EMPTY is not set")));
  const TempDir dir;
  const std::string blank = dir.Write("blank", "12345678 9\n");
  EXPECT_THAT(ErrorsOf(Replaced("${FACET_ADAPTER_HOOK_SECRET}", "{ file: " + blank + " }")),
              ElementsAre(HasSubstr("holds blanks")));
}

TEST(ConfigSecrets, FromAFileThatOthersCannotRead) {
  const TempDir dir;
  const std::string file = dir.Write("hook", "a-secret-of-a-file\n");
  EXPECT_EQ(Parsed(Replaced("${FACET_ADAPTER_HOOK_SECRET}", "{ file: " + file + " }")).intake.secret.Reveal(),
            "a-secret-of-a-file");
  const std::string open = dir.Write("open", "a-secret-of-a-file\n", 0644);
  EXPECT_THAT(ErrorsOf(Replaced("${FACET_ADAPTER_HOOK_SECRET}", "{ file: " + open + " }")),
              ElementsAre(HasSubstr("can be read by everybody")));
  EXPECT_THAT(ErrorsOf(Replaced("${FACET_ADAPTER_HOOK_SECRET}", "{ file: " + file + ".none }")),
              ElementsAre(HasSubstr("[file.read]")));
  const std::string empty = dir.Write("empty", "\n");
  EXPECT_THAT(ErrorsOf(Replaced("${FACET_ADAPTER_HOOK_SECRET}", "{ file: " + empty + " }")),
              ElementsAre(HasSubstr("the secret is empty [config.missing]")));
  EXPECT_THAT(ErrorsOf(Replaced("${FACET_ADAPTER_HOOK_SECRET}", "{ fle: " + file + " }")),
              ElementsAre(HasSubstr("/intake/secret: wrong value (expected ${VARIABLE} or { file: /path })")));
}

TEST(Config, AStaticTokenNeedsItsTypeAndWarns) {
  const auto fhir = [](const std::string& auth) {
    return Replaced("system_id: demo", "system_id: demo, auth: " + auth);
  };
  EXPECT_THAT(ErrorsOf(fhir("{ type: static_bearer }")), ElementsAre(HasSubstr("static_bearer needs a token")));
  EXPECT_THAT(ErrorsOf(fhir("{ token: ${FACET_ADAPTER_HOOK_SECRET} }")), ElementsAre(HasSubstr("static_bearer only")));
  const Config config = Parsed(fhir("{ type: static_bearer, token: ${FACET_ADAPTER_HOOK_SECRET} }"));
  EXPECT_EQ(config.fhir.auth_token.Reveal(), "0123456789abcdef");
  EXPECT_THAT(config.warnings, SizeIs(1));
}

TEST(Config, KeysThatOnlyMakeSenseTogether) {
  EXPECT_THAT(ErrorsOf(With("policy: { preset: guide, file: /x.yaml }\n")),
              ElementsAre(HasSubstr("exclude each other")));
  EXPECT_THAT(ErrorsOf(With("policy: { time_zone: Mars/Base }\n")), ElementsAre(HasSubstr("unknown time zone")));
  EXPECT_THAT(ErrorsOf(With("delivery: { retry_base_ms: 2000, retry_max_secs: 1 }\n")),
              ElementsAre(HasSubstr("longer than the longest")));
  EXPECT_THAT(ErrorsOf(Replaced("system_id: demo", "system_id: demo, ca_file: /no/such.pem")),
              ElementsAre(HasSubstr("f.yaml:2:79: /fhir/ca_file: the file cannot be read [file.read]")));
}

TEST(Config, ALimitThatIsNotKeptYetIsRefusedWhereItWouldMatter) {
  const auto only = [](const std::string& mode) {
    return With("write_back: { mode: " + mode + ", only: { organizations: [ Organization/7 ] } }\n");
  };
  EXPECT_THAT(ErrorsOf(only("shadow")), IsEmpty());
  EXPECT_THAT(ErrorsOf(only("write")), ElementsAre(HasSubstr("/write_back/only/organizations: not supported")));
}

TEST(Config, WhatIsNoMapOrNoYaml) {
  EXPECT_THAT(ErrorsOf(""), ElementsAre(HasSubstr("f.yaml:1:1: /: the file is empty")));
  EXPECT_THAT(ErrorsOf("- a\n"), ElementsAre(HasSubstr("not a map (got a list)")));
  EXPECT_THAT(ErrorsOf("fhir: {\n"), ElementsAre(HasSubstr("f.yaml:2:1: /: not YAML")));
  EXPECT_THAT(ErrorsOf("a: 1\n---\nb: 2\n"), ElementsAre(HasSubstr("more than one YAML document")));
  EXPECT_THAT(ErrorsOf(With("log: !!str info\n")), Not(IsEmpty()));
  EXPECT_THAT(ErrorsOf(With("log: info\n")),
              ElementsAre(HasSubstr("/log: wrong value (got a single value, expected a map)")));
  // Aliases that unfold without end are stopped.
  std::string bomb = "a: &a [ x, x, x, x, x, x, x, x, x, x ]\n";
  for (char c = 'b'; c < 'i'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [ *" + before + ", *" + before + ", *" + before + ", *" + before + ", *" +
            before + ", *" + before + ", *" + before + ", *" + before + " ]\n";
  }
  EXPECT_THAT(ErrorsOf(bomb), ::testing::Contains(HasSubstr("too deeply or too large")));
}

TEST(Config, AMissingFileIsNamed) {
  std::vector<Error> errors;
  EXPECT_FALSE(LoadConfig("/no/such/file.yaml", {}, errors).ok());
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].code, ErrorCode::kFileRead);
  EXPECT_EQ(errors[0].where, "/no/such/file.yaml");
}

TEST(Config, EffectiveValuesSayWhereTheyComeFrom) {
  const Config config = Parsed(With("log: { level: debug }\n"));
  const std::string shown = ShowConfig(config);
  EXPECT_THAT(shown, HasSubstr("log.level: debug"));
  EXPECT_THAT(shown, HasSubstr("# f.yaml:5"));
  EXPECT_THAT(shown, HasSubstr("# default"));
  EXPECT_THAT(config.hash, SizeIs(64));
  EXPECT_NE(config.hash, Parsed(kSmallest).hash);
}

TEST(ConfigTable, IsWellFormed) {
  const std::regex path("[a-z]+(_[a-z]+)*(\\.[a-z]+(_[a-z]+)*)+");
  std::set<std::string_view> paths;
  for (const Property& property : Properties()) {
    EXPECT_TRUE(std::regex_match(std::string(property.path), path)) << property.path;
    EXPECT_TRUE(paths.insert(property.path).second) << property.path;
    EXPECT_TRUE(property.doc.ends_with('.')) << property.path;
    EXPECT_FALSE(property.since.empty()) << property.path;
    EXPECT_FALSE(property.default_text.empty() && property.example.empty()) << property.path;
    EXPECT_TRUE(property.type != PropertyType::kInt || !property.unit.empty()) << property.path;
  }
}

TEST(ConfigReference, IsWhatTheDocumentShows) {
  test::ExpectGeneratedSection("deploy/docs/configuration.md", "facet-adapter config reference",
                               "```yaml\n" + ConfigReference() + "```\n", "unit_config");
}

TEST(ConfigReference, IsAValidConfiguration) { EXPECT_THAT(ErrorsOf(ConfigReference()), IsEmpty()); }

TEST(ConfigReference, EveryCommentedDefaultIsValidWhereItStands) {
  std::stringstream in(ConfigReference());
  std::string line;
  int keys = 0;
  while (std::getline(in, line)) {
    const std::size_t hash = line.find('#');
    if (hash == std::string::npos || hash + 1 >= line.size() || line[hash + 1] == ' ') continue;
    ++keys;
    // Examples that name files of an installation, or that exclude each other, cannot be valid here.
    if (std::regex_search(line, std::regex("ca_file|token:|#file:"))) continue;
    std::string text = ConfigReference();
    const std::size_t at = text.find(line);
    text.erase(at + hash, 1);
    EXPECT_THAT(ErrorsOf(text), IsEmpty()) << line;
  }
  EXPECT_GT(keys, 30);
}

// Every line of deploy/facet-adapter.yaml that can be switched on is valid, too.
TEST(SampleConfiguration, IsValidAsItStandsAndWithEachLineSwitchedOn) {
  const TempDir dir;
  const std::string secret = dir.Write("secret", "0123456789abcdef\n");
  std::ifstream file(std::string(FACET_SOURCE_DIR) + "/deploy/facet-adapter.yaml");
  std::stringstream in;
  in << file.rdbuf();
  const std::string sample =
      std::regex_replace(in.str(), std::regex("/etc/facet-adapter/(hook\\.secret|fhir\\.token|ca\\.pem)"), secret);
  const Config config = Parsed(sample);
  EXPECT_FALSE(config.write_back.write);
  EXPECT_THAT(config.warnings, IsEmpty());
  int keys = 0;
  std::string line;
  while (std::getline(in, line)) {
    const std::size_t hash = line.find('#');
    if (hash == std::string::npos || hash + 1 >= line.size() || line[hash + 1] == ' ') continue;
    ++keys;
    std::string text = in.str();
    text.erase(text.find(line) + hash, 1);
    text = std::regex_replace(text, std::regex("/etc/facet-adapter/(hook\\.secret|fhir\\.token|ca\\.pem)"), secret);
    EXPECT_THAT(ErrorsOf(text), IsEmpty()) << line;
  }
  EXPECT_GE(keys, 6);
}

}  // namespace
}  // namespace facet::config
