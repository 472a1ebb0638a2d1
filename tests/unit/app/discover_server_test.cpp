// discover against a server of our own: what it asks, how it goes on, where it stops.
#include "adapter/app/discover_server.hpp"
#include "adapter/config/mapping_files.hpp"
#include "adapter/net/http_listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <thread>

namespace facet::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const mapping::Mapper& Shipped() {
  static const auto mapper = [] {
    std::vector<Error> errors;
    const auto files = config::LoadMappingFiles(std::string(FACET_SOURCE_DIR) + "/fhir-mappings", {}, errors);
    return *mapping::Mapper::Load(*files, errors);
  }();
  return *mapper;
}

// Answers GETs by a function of the target; remembers what was asked.
class FhirServer {
 public:
  using Answer = std::function<net::HttpReply(const std::string& target)>;
  explicit FhirServer(Answer answer) : answer_(std::move(answer)) {
    auto listener = net::HttpListener::Open({}, [this](net::HttpIncoming request, net::Responder respond) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(request.method + " " + request.target);
      respond(answer_(request.target));
    });
    ADAPTER_CHECK(listener.ok());
    listener_ = std::move(listener).value();
    thread_ = std::thread([this] { listener_->Run(); });
  }
  ~FhirServer() {
    listener_->BeginDrain(std::chrono::milliseconds(100));
    thread_.join();
  }
  std::string base() const { return "http://127.0.0.1:" + std::to_string(listener_->Port()) + "/fhir"; }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  Answer answer_;
  std::mutex mutex_;
  std::vector<std::string> asked_;
  std::unique_ptr<net::HttpListener> listener_;
  std::thread thread_;
};

std::string Bundle(const std::vector<std::string>& resources, const std::string& next = "") {
  std::string out = R"({"resourceType":"Bundle","type":"searchset")";
  if (!next.empty()) out += R"(,"link":[{"relation":"next","url":")" + next + R"("}])";
  out += R"(,"entry":[)";
  for (std::size_t i = 0; i < resources.size(); ++i) {
    out += (i == 0 ? "" : ",") + std::string(R"({"search":{"mode":"match"},"resource":)") + resources[i] + "}";
  }
  return out + "]}";
}

std::string Pain(int patient) {
  return R"({"resourceType":"Observation","id":"o)" + std::to_string(patient) +
         R"(","status":"final","valueInteger":7,"subject":{"reference":"Patient/p)" + std::to_string(patient) +
         R"("},"code":{"coding":[{"system":"https://h.example/f","code":"4021","display":"Pain score"}]}})";
}

net::HttpReply Reply(unsigned status, std::string body) {
  net::HttpReply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

class DiscoverServerTest : public testing::Test {
 protected:
  Status Run(FhirServer& server, ServerReading reading, std::int64_t min = 2) {
    auto made = mapping::Discovery::Make(Shipped(), {min, min});
    ADAPTER_CHECK(made.ok());
    discovery_ = std::move(made).value();
    reading.requests_per_second = 1000;
    ServerOptions options;
    options.base_url = server.base();
    DiscoverServer reader(options, std::move(reading), *discovery_);
    Status done = reader.Run();
    notes_ = reader.notes();
    return done;
  }
  std::int64_t Found() const {
    const auto report = discovery_->Finish();
    return report.codes.empty() ? 0 : report.codes[0].resources;
  }

  std::unique_ptr<mapping::Discovery> discovery_;
  std::vector<std::string> notes_;
};

TEST_F(DiscoverServerTest, FollowsPagesAndAsksForLittle) {
  FhirServer* self = nullptr;
  FhirServer server([&self](const std::string& target) {
    if (target.find("page=2") != std::string::npos) return Reply(200, Bundle({Pain(3)}));
    if (target.find("/Observation?") == std::string::npos) return Reply(200, Bundle({}));
    return Reply(200, Bundle({Pain(1), Pain(2)}, self->base() + "?page=2"));
  });
  self = &server;
  const Status done = Run(server, {});
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(Found(), 3);
  EXPECT_TRUE(notes_.empty());
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 4U);
  EXPECT_THAT(asked[0], testing::StartsWith("GET /fhir/Procedure?_count=100&_elements=id,status,"));
  EXPECT_THAT(asked[1], HasSubstr("Observation?_count=100&_elements="));
  EXPECT_THAT(asked[1], testing::Not(HasSubstr("note")));
  EXPECT_THAT(asked[2], HasSubstr("?page=2"));
}

TEST_F(DiscoverServerTest, GoesOnWithoutElementsWhereTheyAreRefused) {
  FhirServer server([](const std::string& target) {
    if (target.find("_elements") != std::string::npos) return Reply(400, "{}");
    return Reply(200, Bundle(target.find("Observation") != std::string::npos ? std::vector{Pain(1), Pain(2)}
                                                                             : std::vector<std::string>{}));
  });
  ASSERT_TRUE(Run(server, {}).ok());
  EXPECT_EQ(Found(), 2);
  EXPECT_EQ(server.asked().size(), 4U);  // one refusal is enough to learn it
}

TEST_F(DiscoverServerTest, LinksWithoutEndComeToAnEnd) {
  for (const bool in_a_circle : {true, false}) {
    FhirServer* self = nullptr;
    int number = 0;
    FhirServer server([&](const std::string& target) {
      if (target.find("/Procedure?") != std::string::npos || target.find("/Encounter?") != std::string::npos) {
        return Reply(200, Bundle({}));
      }
      const int page = in_a_circle ? ++number % 2 : ++number;
      return Reply(200, Bundle(number == 1 ? std::vector{Pain(1)} : std::vector<std::string>{},
                               self->base() + "?page=" + std::to_string(page)));
    });
    self = &server;
    notes_.clear();
    ASSERT_TRUE(Run(server, {}).ok());
    ASSERT_EQ(notes_.size(), 1U);
    EXPECT_THAT(notes_[0], HasSubstr("do not come to an end; stopped after"));
    EXPECT_LE(server.asked().size(), in_a_circle ? 5U : 104U);
  }
}

TEST_F(DiscoverServerTest, StopsAtTheLimit) {
  FhirServer* self = nullptr;
  FhirServer server([&self](const std::string& target) {
    if (target.find("Observation") == std::string::npos) return Reply(200, Bundle({}));
    return Reply(200, Bundle({Pain(1), Pain(2)}, self->base() + "/Observation?more"));
  });
  self = &server;
  ServerReading reading;
  reading.resources_max = 3;
  ASSERT_TRUE(Run(server, reading).ok());
  EXPECT_EQ(Found(), 3);
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_THAT(notes_[0], HasSubstr("stopped after 3"));
}

TEST_F(DiscoverServerTest, SaysHowToGoOnWhereAPatientIsNeeded) {
  FhirServer server([](const std::string& target) {
    return target.find("patient=") == std::string::npos ? Reply(403, "{}") : Reply(200, Bundle({}));
  });
  const Status refused = Run(server, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().ToString(), HasSubstr("--patients FILE"));
}

TEST_F(DiscoverServerTest, ReadsPatientByPatient) {
  FhirServer server([](const std::string& target) {
    if (target.find("patient=p2&") != std::string::npos) return Reply(403, "{}");  // a restricted patient
    if (target.find("Observation") == std::string::npos) return Reply(200, Bundle({}));
    return Reply(200, Bundle({Pain(target.find("patient=p1&") != std::string::npos ? 1 : 3)}));
  });
  ServerReading reading;
  reading.patients = {"p1", "p2", "p3"};
  reading.since = "2026-01-01";
  const Status done = Run(server, reading);
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(Found(), 2);
  EXPECT_THAT(notes_,
              ElementsAre("Procedure: 1 patient(s) could not be read", "Observation: 1 patient(s) could not be read",
                          "Encounter: 1 patient(s) could not be read"));
  EXPECT_THAT(server.asked().at(0), HasSubstr("Procedure?_count=100&patient=p1&date=ge2026-01-01&"));
}

TEST_F(DiscoverServerTest, GivesUpWithATokenThatIsNotAccepted) {
  FhirServer server([](const std::string&) { return Reply(401, "{}"); });
  ServerReading reading;
  reading.patients = {"p1", "p2"};
  const Status done = Run(server, reading);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kServerUnauthorized);
  EXPECT_EQ(server.asked().size(), 1U);
}

TEST_F(DiscoverServerTest, EncountersAreNotNeeded) {
  FhirServer server([](const std::string& target) {
    return target.find("Encounter") != std::string::npos ? Reply(404, "{}") : Reply(200, Bundle({}));
  });
  ASSERT_TRUE(Run(server, {}).ok());
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_THAT(notes_[0], HasSubstr("encounters could not be read"));
}

}  // namespace
}  // namespace facet::app
