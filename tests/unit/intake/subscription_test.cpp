#include "tests/unit/intake/answers.hpp"

#include "adapter/intake/http_fields.hpp"
#include "adapter/intake/subscription.hpp"

#include <gtest/gtest.h>

namespace facet::intake {
namespace {

class SubscriptionTest : public ::testing::Test {
 protected:
  SubscriptionTest() {
    SubscriptionPlan plan;
    plan.system_id = "site";
    plan.public_url = "https://a.example";
    plan.header = "Authorization: Bearer s3cret";
    wanted_ = PlanSubscriptions(plan, "Procedure", {"http://cpt|64493", "http://cpt|64494"}).front();
    state_.key = wanted_.key;
  }

  void Wake() { Take(nullptr); }
  void Take(const Answer* answer) {
    SubscriptionStep step = StepSubscription(state_, answer, wanted_, now_, 1, {60'000, {1000, 60'000}, 30'000}, prng_);
    state_ = step.state;
    activated_ = step.activated;
    asks_ = step.asks;
    reports_.clear();
    for (const Event& event : step.events) {
      for (const auto& [field, value] : event.fields) {
        if (field == EventField::reason || field == EventField::code) reports_.push_back(std::get<std::string>(value));
      }
    }
  }
  void Take(const Answer& answer) { Take(&answer); }
  // Takes the answer and makes the next request, if it is due at once.
  std::string Next(const Answer& answer) {
    Take(answer);
    if (state_.next_at > now_) return "";
    Wake();
    const Request& request = asks_.front().request;
    return std::string(NameOf(request.method)) + " " + request.path;
  }
  std::string Stored(const std::string& status) {
    std::string body = SubscriptionJson(wanted_, "s1");
    const std::string requested = R"("status":"requested")";
    return body.replace(body.find(requested), requested.size(), R"("status":")" + status + "\"");
  }
  std::string BundleOf(const std::string& resource) {
    return R"({"resourceType":"Bundle","entry":[)" + (resource.empty() ? "" : R"({"resource":)" + resource + "}") +
           "]}";
  }

  WantedSubscription wanted_;
  SubscriptionState state_;
  std::vector<Ask> asks_;
  std::vector<std::string> reports_;
  bool activated_ = false;
  UtcInstant now_{1'000'000};
  Prng prng_{7};
};

TEST_F(SubscriptionTest, TheWantedOneNamesCodesAndNeverAStatus) {
  EXPECT_EQ(wanted_.criteria, "Procedure?code=http://cpt|64493,http://cpt|64494");
  EXPECT_EQ(wanted_.endpoint, "https://a.example/hooks/" + wanted_.key);
  const auto body = json::Parse(SubscriptionJson(wanted_, ""));
  EXPECT_EQ(body->root()["channel"]["payload"].string(), "application/fhir+json");
  EXPECT_EQ(body->root()["channel"]["header"].at(0).string(), "Authorization: Bearer s3cret");
  EXPECT_TRUE(body->root()["channel"]["extension"].at(0)["valueBoolean"].boolean());
  EXPECT_TRUE(body->root()["id"].missing());
}

TEST_F(SubscriptionTest, KeysDependOnTheSiteAndTheTypeOnly) {
  SubscriptionPlan plan{"site", "https://other.example", "", 100'000};
  EXPECT_EQ(PlanSubscriptions(plan, "Procedure", {"x|y"}).front().key, wanted_.key);
  EXPECT_NE(PlanSubscriptions(plan, "Observation", {"x|y"}).front().key, wanted_.key);
  plan.system_id = "another";
  EXPECT_NE(PlanSubscriptions(plan, "Procedure", {"x|y"}).front().key, wanted_.key);
}

TEST_F(SubscriptionTest, IsSoughtThenCreatedThenWatched) {
  Wake();
  EXPECT_EQ(asks_.front().request.path.find("Subscription?url=https://a.example/hooks/"), 0U);
  EXPECT_EQ(Next(Reply(200, BundleOf(""))), "POST Subscription");
  Answer created = Reply(201, Stored("requested"));
  created.location = "https://h/fhir/Subscription/s1/_history/1";
  Take(created);
  EXPECT_EQ(state_.id, "s1");
  EXPECT_EQ(state_.phase, SubscriptionPhase::kWatch);
  now_ = state_.next_at;
  Wake();
  EXPECT_EQ(asks_.front().request.path, "Subscription/s1");
  Take(Reply(200, Stored("active")));
  EXPECT_TRUE(activated_);
  EXPECT_EQ(reports_, std::vector<std::string>{"active"});
  EXPECT_EQ(state_.next_at, now_.PlusMs(60'000));
}

TEST_F(SubscriptionTest, AFoundOneIsTakenUp) {
  Wake();
  Take(Reply(200, BundleOf(Stored("active"))));
  EXPECT_EQ(state_.id, "s1");
  EXPECT_TRUE(activated_);
  EXPECT_EQ(state_.phase, SubscriptionPhase::kWatch);
}

TEST_F(SubscriptionTest, ALostCreateIsSoughtAndNotRepeated) {
  Wake();
  Next(Reply(200, BundleOf("")));
  Take(NoReply(ErrorCode::kNetTimeout));
  EXPECT_EQ(state_.phase, SubscriptionPhase::kFind);
  EXPECT_GT(state_.next_at, now_);
}

TEST_F(SubscriptionTest, AnotherResourceIsAFailureInEveryPhase) {
  const Answer other = Reply(200, R"({"resourceType":"Basic","id":"x"})");
  const std::vector<std::string> garbage{"server.garbage"};
  Wake();
  Take(other);  // to the search
  EXPECT_EQ(reports_, garbage);
  EXPECT_EQ(state_.phase, SubscriptionPhase::kFind);
  EXPECT_GT(state_.next_at, now_);
  now_ = state_.next_at;
  Wake();
  EXPECT_EQ(Next(Reply(200, BundleOf(""))), "POST Subscription");
  Take(other);
  EXPECT_EQ(reports_, garbage);
  EXPECT_EQ(state_.phase, SubscriptionPhase::kFind) << "whether it was created is told by a search";
  EXPECT_EQ(state_.id, "");
  now_ = state_.next_at;
  Wake();
  Take(Reply(200, BundleOf(Stored("active"))));
  now_ = state_.next_at;
  Wake();
  Take(other);  // to the read
  EXPECT_EQ(reports_, garbage);
  EXPECT_EQ(state_.phase, SubscriptionPhase::kWatch);
  now_ = state_.next_at;
  Wake();
  EXPECT_EQ(Next(Reply(200, Stored("off"))), "PUT Subscription/s1");
  Take(other);
  EXPECT_EQ(reports_, garbage);
  EXPECT_EQ(state_.phase, SubscriptionPhase::kWatch);
}

TEST_F(SubscriptionTest, AnOutcomeInPlaceOfTheCreatedOneIsSoughtAtOnce) {
  Wake();
  Next(Reply(200, BundleOf("")));
  const std::string ask = Next(Reply(201, R"({"resourceType":"OperationOutcome","id":"o1"})"));
  EXPECT_EQ(ask.find("GET Subscription?url="), 0U) << ask;
  EXPECT_EQ(reports_, std::vector<std::string>{});
}

TEST_F(SubscriptionTest, OtherCriteriaAreUpdatedOnce) {
  std::string old = Stored("active");
  old.replace(old.find("64494"), 5, "64495");
  Wake();
  EXPECT_EQ(Next(Reply(200, BundleOf(old))), "PUT Subscription/s1");
  EXPECT_NE(asks_.front().request.body.find("64494"), std::string::npos);
  Take(Reply(200, Stored("requested")));
  // A server that keeps its own version of it is not fought.
  now_ = state_.next_at;
  Wake();
  Take(Reply(200, old));
  EXPECT_EQ(reports_, std::vector<std::string>{"altered"});
  EXPECT_EQ(state_.phase, SubscriptionPhase::kWatch);
}

TEST_F(SubscriptionTest, AMaskedHeaderIsNoDifference) {
  std::string masked = Stored("active");
  masked.replace(masked.find("Bearer s3cret"), 13, "********");
  Wake();
  Take(Reply(200, BundleOf(masked)));
  EXPECT_EQ(reports_, std::vector<std::string>{"active"});
}

TEST_F(SubscriptionTest, AGoneOneIsCreatedAgain) {
  for (const int status : {404, 410}) {
    state_.phase = SubscriptionPhase::kWatch;
    state_.id = "s1";
    state_.next_at = now_;
    Wake();
    EXPECT_EQ(Next(Reply(status)), "POST Subscription");
  }
}

TEST_F(SubscriptionTest, ErrorAndOffAreAskedForAgainButNotInALoop) {
  Wake();
  Take(Reply(200, BundleOf(Stored("active"))));
  now_ = state_.next_at;
  Wake();
  EXPECT_EQ(Next(Reply(200, Stored("error"))), "PUT Subscription/s1");
  Take(Reply(200, Stored("requested")));
  now_ = state_.next_at;
  Wake();
  Take(Reply(200, Stored("error")));
  EXPECT_EQ(state_.phase, SubscriptionPhase::kUpdate);
  EXPECT_EQ(state_.next_at, now_.PlusMs(60'000));
}

TEST_F(SubscriptionTest, StuckIsReportedOnce) {
  Wake();
  Take(Reply(200, BundleOf(Stored("requested"))));
  int stuck = 0;
  for (int i = 0; i < 30; ++i) {
    now_ = state_.next_at;
    Wake();
    Take(Reply(200, Stored("requested")));
    stuck += static_cast<int>(std::count(reports_.begin(), reports_.end(), "stuck"));
  }
  EXPECT_EQ(stuck, 1);
}

TEST_F(SubscriptionTest, ARefusalWaitsForTheNextCheck) {
  Wake();
  Next(Reply(200, BundleOf("")));
  Take(Reply(422));
  EXPECT_GE(state_.next_at, now_.PlusMs(60'000));
}

TEST_F(SubscriptionTest, IsStoredWithoutTheSecret) {
  Wake();
  Take(Reply(200, BundleOf(Stored("active"))));
  json::Writer writer;
  WriteSubscription(writer, state_);
  EXPECT_EQ(LoadSubscription(json::Parse(writer.text())->root()), state_);
  EXPECT_EQ(writer.text().find("s3cret"), std::string::npos);
}

class RetiredSubscriptionTest : public SubscriptionTest {
 protected:
  RetiredSubscriptionTest() {
    ours_ = wanted_;
    wanted_ = RetiredSubscription("https://a.example", "Procedure", ours_.key);
    state_.phase = SubscriptionPhase::kRetireFind;
    Wake();
  }
  std::string Ours(const std::string& status, const std::string& id = "s1") {
    return SubscriptionJson(ours_, id, status);
  }
  WantedSubscription ours_;
};

TEST_F(RetiredSubscriptionTest, IsSwitchedOff) {
  EXPECT_EQ(asks_.front().request.path, "Subscription?url=" + EncodeQuery(ours_.endpoint));
  Take(Reply(200, BundleOf(Ours("active"))));
  ASSERT_EQ(asks_.size(), 1U);
  EXPECT_EQ(asks_.front().request.method, Method::kPut);
  EXPECT_EQ(asks_.front().request.path, "Subscription/s1");
  const auto body = *json::Parse(asks_.front().request.body);
  EXPECT_EQ(body.root()["status"].string(), "off");
  EXPECT_EQ(body.root()["criteria"].string(), ours_.criteria);
  EXPECT_FALSE(body.root()["channel"]["header"]);  // the secret is not needed any more
  Take(Reply(200, std::string(asks_.front().request.body)));
  EXPECT_EQ(reports_, std::vector<std::string>{"retired"});
  EXPECT_EQ(state_.next_at, now_);
  Wake();  // there may be another one
  EXPECT_EQ(asks_.front().request.path, "Subscription?url=" + EncodeQuery(ours_.endpoint));
  Take(Reply(200, BundleOf(Ours("off"))));
  EXPECT_EQ(state_.phase, SubscriptionPhase::kRetired);
  EXPECT_TRUE(asks_.empty());
  EXPECT_TRUE(reports_.empty());
}

TEST_F(RetiredSubscriptionTest, WhatIsNotOursIsLeftAlone) {
  std::string others = Ours("active");
  const std::string reason = "facet-adapter: facet joint injections and their follow-up";
  others.replace(others.find(reason), reason.size(), "theirs");
  Take(Reply(200, BundleOf(others)));
  EXPECT_EQ(state_.phase, SubscriptionPhase::kRetired);
  EXPECT_TRUE(asks_.empty());
  state_.phase = SubscriptionPhase::kRetireFind;
  ours_.endpoint = "https://b.example/hooks/" + ours_.key;
  Wake();
  Take(Reply(200, BundleOf(Ours("active"))));
  EXPECT_EQ(state_.phase, SubscriptionPhase::kRetired);
  EXPECT_TRUE(asks_.empty());
}

TEST_F(RetiredSubscriptionTest, AnUnknownOutcomeIsLookedUp) {
  Take(Reply(200, BundleOf(Ours("active"))));
  Answer lost;
  lost.error = ErrorCode::kNetTimeout;
  Take(lost);
  EXPECT_EQ(state_.phase, SubscriptionPhase::kRetireFind);
  EXPECT_GT(state_.next_at, now_);
}

TEST_F(RetiredSubscriptionTest, WhatCannotBeSwitchedOffIsReportedOnceAndLeft) {
  Take(Reply(200, BundleOf(Ours("active"))));
  Answer refused;
  refused.status = 405;
  Take(refused);
  EXPECT_EQ(reports_.back(), "left");
  EXPECT_EQ(state_.phase, SubscriptionPhase::kRetired);
  state_ = {};
  state_.key = wanted_.key;
  state_.phase = SubscriptionPhase::kRetireFind;
  refused.status = 403;
  for (int i = 0; i < 11; ++i) Take(refused);
  EXPECT_EQ(state_.phase, SubscriptionPhase::kRetireFind);
  Take(refused);
  EXPECT_EQ(reports_.back(), "left");
  EXPECT_EQ(state_.phase, SubscriptionPhase::kRetired);
}

}  // namespace
}  // namespace facet::intake
