#include "tests/integration/live_test.hpp"

#include "adapter/json/writer.hpp"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>

namespace facet::live {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The same test of the same seed draws the same patients, whatever ran before it.
std::uint64_t SeedOf(const ::testing::TestInfo& info) {
  std::uint64_t hash = Seed();
  for (const char c : std::string(info.test_suite_name()) + "." + info.name()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  }
  return hash;
}

const ::testing::TestInfo& Current() { return *::testing::UnitTest::GetInstance()->current_test_info(); }

void Append(const std::string& file, const std::vector<std::string>& lines) {
  const std::string dir = Variable("FACET_COLLECT_DIR");
  if (dir.empty()) return;
  std::ofstream out(dir + "/" + file, std::ios::app);
  for (const std::string& line : lines) out << line << "\n";
  ASSERT_TRUE(out.flush().good());
}

}  // namespace

std::uint64_t Seed() {
  static const std::uint64_t seed = [] {
    const std::string given = Variable("FACET_SEED");
    return given.empty() ? std::uint64_t{std::random_device{}()} : std::stoull(given);
  }();
  return seed;
}

LiveTest::LiveTest() : prng_(SeedOf(Current())), hapi_(Variable("FACET_HAPI_DIR")) {
  tag_ = "t" + std::to_string(prng_.Below(1'000'000'000));
}

void LiveTest::TearDown() {
  hapi_.ClearFaults();
  for (const auto& adapter : adapters_) {
    if (adapter->running()) {
      EXPECT_EQ(adapter->Stop(), 0) << "SIGTERM must end it in order\n" << adapter->log().Tail(10);
    }
    const std::string text = adapter->AllLogs();
    ExpectNoCanary(text, "the log");
    EXPECT_EQ(adapter->CountAll("process.check_failed"), 0U);
    if (!strays_allowed_) {
      EXPECT_EQ(adapter->Strays(), "") << "lines of the log that are no events";
    }
    if (HasFailure()) Explain(*adapter, text);
  }
  for (const std::string& text : also_clean_) ExpectNoCanary(text, "an answer");
  Collect();
  CleanServer();
}

void LiveTest::Explain(const AdapterProcess& adapter, const std::string& log) const {
  constexpr std::size_t kTail = 20'000;
  std::cout << "the log of the adapter:\n" << (log.size() > kTail ? log.substr(log.size() - kTail) : log) << "\n";
  for (const SyntheticPatient& patient : patients_) {
    std::cout << RunProgram({"explain", "--config", adapter.config_path(), patient.reference(), "--format", "text"}).out
              << "\n";
  }
}

AdapterProcess& LiveTest::NewAdapter(const std::string& base_url) {
  const std::string dir = dir_ / ("adapter-" + std::to_string(adapters_.size()));
  std::filesystem::create_directory(dir);
  adapters_.push_back(std::make_unique<AdapterProcess>(dir, base_url.empty() ? hapi_.base() : base_url,
                                                       tag_ + "-" + std::to_string(adapters_.size())));
  return *adapters_.back();
}

AdapterProcess& LiveTest::StartedAdapter() {
  AdapterProcess& adapter = NewAdapter();
  if (adapter.Start()) AwaitSubscriptions(adapter);
  return adapter;
}

SyntheticPatient LiveTest::NewPatient(Course course) {
  SyntheticPatient patient(prng_, tag_, course, support::WallClock());
  patients_.push_back(patient);
  return patient;
}

Course LiveTest::FailedCourse() { return static_cast<Course>(prng_.Below(3)); }

void LiveTest::AwaitSubscriptions(AdapterProcess& adapter) {
  const bool active = Eventually(kPatience, [&] {
    bool procedure = false;
    bool observation = false;
    for (const Hapi::Subscription& one : hapi_.Subscriptions(adapter.public_url())) {
      if (one.status != "active") return false;
      procedure |= one.criteria.starts_with("Procedure?");
      observation |= one.criteria.starts_with("Observation?");
    }
    return procedure && observation;
  });
  ASSERT_TRUE(active) << "no active Subscriptions\n" << adapter.log().Tail(20);
}

void LiveTest::AwaitQuiet(AdapterProcess& adapter) {
  AwaitSubscriptions(adapter);
  std::size_t active = 0;
  for (const char* type : {"Procedure", "Observation"}) {
    const support::LineTest activated = [&](const support::LogLine& line) {
      return line.Text("resource_type") == type && line.Text("reason") == "active";
    };
    ASSERT_TRUE(adapter.Expect("subscription.state_changed", activated));
    active = std::max(active, adapter.IndexOf("subscription.state_changed", activated));
  }
  for (const char* type : {"Procedure", "Observation"}) {
    ASSERT_TRUE(adapter.Expect("sweep.finished", Has("resource_type", type), active));
  }
  // A sweep that was asked for while one was under way follows it at once.
  const std::string idle = "\nfacet_adapter_fhir_requests_in_flight 0\n";
  EXPECT_TRUE(Eventually(kPatience, [&] {
    return Admin(adapter, "/metrics").body.find(idle) != std::string::npos &&
           Admin(adapter, "/metrics").body.find(idle) != std::string::npos;
  })) << Admin(adapter, "/metrics").body;
}

std::string LiveTest::ProposalOf(const AdapterProcess& adapter, const std::string& careplan) {
  const auto parsed = json::Parse(hapi_.Send("GET", "CarePlan/" + careplan).body, json::Limits::ForFiles());
  if (!parsed.ok()) return "";
  const std::string episode(parsed->root()["identifier"].at(0)["value"].string());
  const auto made = adapter.Expect("proposal.made", Has("episode_id", episode));
  return made ? made->Text("proposal_id") : "";
}

void LiveTest::Post(const SyntheticPatient& patient) {
  hapi_.PutAll(patient.AllButLast());
  hapi_.Put(patient.deciding());
}

std::vector<std::string> LiveTest::CarePlans(const SyntheticPatient& patient) {
  return hapi_.Search("CarePlan?subject=" + patient.reference());
}

std::vector<std::string> LiveTest::Provenances(const std::string& careplan_id) {
  return hapi_.Search("Provenance?target=CarePlan/" + careplan_id);
}

std::string LiveTest::AwaitCarePlan(const SyntheticPatient& patient, milliseconds patience) {
  std::vector<std::string> found;
  Eventually(
      patience, [&] { return !(found = CarePlans(patient)).empty(); }, milliseconds(20));
  if (found.empty()) {
    ADD_FAILURE() << "no CarePlan for " << patient.Describe();
    return "";
  }
  return FieldOf(found[0], "id");
}

void LiveTest::ExpectExactlyOne(const SyntheticPatient& patient, const std::string& status) {
  const std::vector<std::string> plans = CarePlans(patient);
  ASSERT_EQ(plans.size(), 1U) << patient.Describe();
  const auto parsed = json::Parse(plans[0], json::Limits::ForFiles());
  ASSERT_TRUE(parsed.ok());
  const json::Value plan = parsed->root();
  EXPECT_EQ(plan["status"].string(), status) << patient.Describe();
  EXPECT_EQ(plan["intent"].string(), "proposal");
  EXPECT_EQ(plan["subject"]["reference"].string(), patient.reference());
  const json::Value identifier = plan["identifier"].at(0);
  EXPECT_EQ(identifier["system"].string(), "https://facet-adapter.org/fhir/identifier/episode");
  EXPECT_FALSE(plan["text"]["div"].string().empty());
  EXPECT_GT(plan["activity"].size(), 0U);
  // By the identifier too: a second one for another patient would be as wrong.
  EXPECT_EQ(hapi_.Count("CarePlan?identifier=" + EncodeQuery(std::string(identifier["system"].string()) + "|" +
                                                             std::string(identifier["value"].string()))),
            1U);
  const std::string id(plan["id"].string());
  EXPECT_TRUE(Eventually(kPatience, [&] { return Provenances(id).size() == 1; }))
      << Provenances(id).size() << " Provenances for " << patient.Describe();
}

void LiveTest::ExpectNone(const SyntheticPatient& patient) {
  EXPECT_EQ(CarePlans(patient).size(), 0U) << patient.Describe();
}

void LiveTest::AwaitMarker() {
  const SyntheticPatient marker = NewPatient(Course::kNoResponse);
  Post(marker);
  AwaitCarePlan(marker);
}

bool LiveTest::AwaitStatus(const std::string& reference, const std::string& status) {
  std::string last;
  const bool reached = Eventually(kPatience, [&] {
    last = FieldOf(hapi_.Send("GET", reference).body, "status");
    return last == status;
  });
  EXPECT_TRUE(reached) << reference << " is " << last << ", expected " << status;
  return reached;
}

net::HttpAnswer LiveTest::Admin(const AdapterProcess& adapter, const std::string& path) {
  const net::HttpAnswer answer = hapi_.Send("GET", "http://127.0.0.1:" + std::to_string(adapter.admin_port()) + path);
  also_clean_.push_back(answer.body);
  return answer;
}

void LiveTest::ExpectNoCanary(const std::string& text, const std::string& where) const {
  std::vector<std::string> canaries{kSecret};
  for (const SyntheticPatient& patient : patients_) {
    for (const std::string& canary : patient.canaries().All()) canaries.push_back(canary);
    canaries.push_back(patient.id());
  }
  for (const std::string& canary : canaries) {
    const std::size_t at = text.find(canary);
    EXPECT_EQ(at, std::string::npos) << "'" << canary << "' leaked into " << where << ": "
                                     << text.substr(at > 150 ? at - 150 : 0, 300);
  }
}

void LiveTest::Collect() {
  for (const SyntheticPatient& patient : patients_) {
    for (const std::string& plan : CarePlans(patient)) {
      const std::string id = FieldOf(plan, "id");
      if (left_out_.contains(id)) continue;
      // Every version that ever stood there: drafts, refreshed, revoked.
      Append("careplans.ndjson", hapi_.History("CarePlan/" + id));
      Append("provenances.ndjson", Provenances(id));
    }
  }
}

std::vector<std::string> LiveTest::Leftovers() {
  std::vector<std::string> references;
  for (const SyntheticPatient& patient : patients_) {
    for (const std::string& plan : CarePlans(patient)) {
      const std::string id = FieldOf(plan, "id");
      for (const std::string& one : Provenances(id)) references.push_back("Provenance/" + FieldOf(one, "id"));
      references.push_back("CarePlan/" + id);
    }
    for (const char* type : {"Observation", "Procedure"}) {
      for (const std::string& one : hapi_.Search(std::string(type) + "?subject=" + patient.reference())) {
        references.push_back(std::string(type) + "/" + FieldOf(one, "id"));
      }
    }
    references.push_back(patient.reference());
  }
  return references;
}

// The next test's adapter would follow what is left here. The last write of an adapter that was killed may still be
// under way, so what has to go is looked up again when the server refuses.
void LiveTest::CleanServer() {
  for (const auto& adapter : adapters_) {
    for (const Hapi::Subscription& one : hapi_.Subscriptions(adapter->public_url())) {
      hapi_.Delete("Subscription/" + one.id);
    }
  }
  EXPECT_TRUE(Eventually(kPatience, [&] { return hapi_.DeleteAll(Leftovers()); })) << "the server is not clean";
}

net::HttpAnswer Notify(const std::string& endpoint, const support::Resource& resource, const std::string& secret) {
  net::HttpClient client{net::HttpClientOptions{}};
  net::HttpRequest request;
  request.method = "PUT";
  request.url = endpoint + "/" + resource.reference();
  request.headers = {{"Authorization", "Bearer " + secret}, {"Content-Type", "application/fhir+json"}};
  request.body = resource.json;
  return client.Perform(request);
}

}  // namespace facet::live
