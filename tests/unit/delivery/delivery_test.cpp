#include "tests/unit/intake/answers.hpp"

#include "adapter/delivery/delivery.hpp"

#include <gtest/gtest.h>

namespace facet::delivery {
namespace {

using intake::Answer;
using intake::NoReply;
using intake::Reply;

constexpr const char* kPayload =
    R"({"resourceType":"CarePlan","id":"fja-1","identifier":[{"system":"urn:s","value":"fja-1"}],"status":"draft"})";

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() { can_.update_create = true; }

  static OutboxRow Fresh() {
    OutboxRow row;
    row.id = "fja-1";
    row.resource_type = "CarePlan";
    row.payload = kPayload;
    row.payload_hash = "h1";
    return row;
  }

  // The request as "METHOD path [header]", "" for none.
  std::string Begin() { return Keep(BeginDelivery(row_, can_, after_, now_, settings_)); }
  std::string Take(const Answer& answer) {
    return Keep(TakeDelivery(row_, topic_, answer, can_, after_, now_, settings_, prng_));
  }
  std::string Keep(DeliveryStep step) {
    row_ = step.row;
    receipt_ = step.receipt;
    events_ = step.events;
    if (!step.ask) return "";
    topic_ = step.ask->topic;
    body_ = step.ask->request.body;
    std::string text = std::string(NameOf(step.ask->request.method)) + " " + step.ask->request.path;
    for (const auto& [name, value] : step.ask->request.headers) {
      if (name != "Cache-Control") text += " " + name + ":" + value;
    }
    return text;
  }
  static Answer Resource(const std::string& version, const std::string& status = "draft",
                         const std::string& updated = "2026-03-01T10:00:00Z") {
    Answer answer = Reply(200, R"({"resourceType":"CarePlan","id":"fja-1","status":")" + status +
                                   R"(","meta":{"versionId":")" + version + R"(","lastUpdated":")" + updated + "\"}}");
    answer.date = "Sun, 01 Mar 2026 10:00:00 GMT";
    return answer;
  }
  static Answer Written(int status, const std::string& version) {
    Answer answer = Reply(status);
    answer.etag = "W/\"" + version + "\"";
    return answer;
  }
  // Past the time within which what was sent may still be applied.
  void SettleWrites() { now_ = now_.PlusMs(3'600'000); }
  void WriteFirst() {
    Begin();
    Take(Reply(404));
    Take(Written(201, "1"));
    ASSERT_EQ(row_.state, OutboxState::kDone);
  }

  OutboxRow row_ = Fresh();
  intake::TypeCapability can_;
  std::string after_;
  std::string topic_;
  std::string body_;
  std::optional<Receipt> receipt_;
  std::vector<Event> events_;
  UtcInstant now_ = intake::Instant("2026-03-01T10:00:00Z");
  DeliverySettings settings_{{1000, 60'000}, 30'000};
  Prng prng_{5};
};

TEST_F(DeliveryTest, IsReadFirstThenPutUnderItsOwnId) {
  EXPECT_EQ(Begin(), "GET CarePlan/fja-1");
  EXPECT_EQ(Take(Reply(404)), "PUT CarePlan/fja-1");
  EXPECT_EQ(body_, kPayload);
  EXPECT_EQ(row_.state, OutboxState::kInFlight);
  EXPECT_EQ(Take(Written(201, "1")), "");
  EXPECT_EQ(row_.state, OutboxState::kDone);
  EXPECT_EQ(row_.outcome, Outcome::kWritten);
  EXPECT_EQ(row_.server_version, "1");
  EXPECT_EQ(row_.server_id, "fja-1");
  ASSERT_TRUE(receipt_);
  EXPECT_EQ(receipt_->outcome, Outcome::kWritten);
}

TEST_F(DeliveryTest, WhatAHumanDeletedIsNeverRecreated) {
  Begin();
  EXPECT_EQ(Take(Reply(410)), "");
  EXPECT_EQ(row_.outcome, Outcome::kRemoved);
  EXPECT_EQ(receipt_->outcome, Outcome::kRemoved);
}

TEST_F(DeliveryTest, AnUnknownOutcomeIsReadAndNotRepeated) {
  Begin();
  Take(Reply(404));
  Take(NoReply(ErrorCode::kNetTimeout));
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  EXPECT_EQ(Begin(), "GET CarePlan/fja-1");
  EXPECT_EQ(Take(Resource("1")), "");  // it had been applied
  EXPECT_EQ(row_.outcome, Outcome::kWritten);
  EXPECT_EQ(row_.server_version, "1");
}

TEST_F(DeliveryTest, AWriteThatWasNotAppliedIsMadeAgain) {
  Begin();
  Take(Reply(404));
  Take(Reply(500));
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  SettleWrites();
  Begin();
  EXPECT_EQ(Take(Reply(404)), "PUT CarePlan/fja-1");
}

// The client gave up while the server was still committing: what a read does not find yet is not written twice.
TEST_F(DeliveryTest, WhatMayStillBeAppliedIsReadAgainAndNotWrittenTwice) {
  const Answer nothing = Reply(200, R"({"resourceType":"Bundle"})");
  for (const bool own_id : {true, false}) {
    can_ = {own_id, !own_id};
    row_ = Fresh();
    Begin();
    EXPECT_NE(Take(own_id ? Reply(404) : nothing), "");
    now_ = now_.PlusMs(30'000);
    Take(NoReply(ErrorCode::kNetTimeout));
    const UtcInstant settles = now_.PlusMs(settings_.settle_ms);
    int reads = 0;
    for (; now_ < settles; ++reads, now_ = row_.next_attempt_at) {
      Begin();
      EXPECT_EQ(Take(own_id ? Reply(404) : nothing), "");
      EXPECT_EQ(row_.state, OutboxState::kUnknown);
      EXPECT_FALSE(row_.sent_hash.empty());
      EXPECT_GT(row_.next_attempt_at, now_);
    }
    EXPECT_GT(reads, 2);
    EXPECT_LT(reads, 20);
    EXPECT_EQ(now_, settles) << "the pause ends when the waiting does";
    Begin();
    EXPECT_NE(Take(own_id ? Reply(404) : nothing), "") << "created again";
  }
}

TEST_F(DeliveryTest, AWriteThatIsAppliedLateIsFound) {
  Begin();
  Take(Reply(404));
  Take(NoReply(ErrorCode::kNetTimeout));
  Begin();
  Take(Reply(404));
  now_ = row_.next_attempt_at;
  Begin();
  EXPECT_EQ(Take(Resource("1")), "");
  EXPECT_EQ(row_.outcome, Outcome::kWritten);
  EXPECT_FALSE(row_.settles_at);
}

TEST_F(DeliveryTest, AfterAKillTheTimeOutOfTheRequestCountsToo) {
  Begin();
  Take(Reply(404));
  ASSERT_EQ(row_.state, OutboxState::kInFlight);
  row_.state = OutboxState::kUnknown;  // by the store, when the next process starts
  now_ = now_.PlusMs(settings_.timeout_ms + settings_.settle_ms - 1);
  Begin();
  EXPECT_EQ(Take(Reply(404)), "");
  EXPECT_EQ(row_.next_attempt_at, now_.PlusMs(1));
  now_ = row_.next_attempt_at;
  Begin();
  EXPECT_EQ(Take(Reply(404)), "PUT CarePlan/fja-1");
}

TEST_F(DeliveryTest, ARetractionWaitsForWhatMayStillArrive) {
  Begin();
  Take(Reply(404));
  Take(NoReply(ErrorCode::kNetTimeout));
  row_.kind = OutboxKind::kRevoke;
  row_.payload = R"({"resourceType":"CarePlan","id":"fja-1","status":"revoked"})";
  row_.payload_hash = "h2";
  Begin();
  EXPECT_EQ(Take(Reply(404)), "");
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  now_ = row_.next_attempt_at;
  Begin();
  EXPECT_EQ(Take(Resource("1")), "PUT CarePlan/fja-1 If-Match:W/\"1\"");
}

TEST_F(DeliveryTest, ARefreshThatMayStillBeAppliedIsNotSentAgain) {
  WriteFirst();
  row_.payload_hash = "h2";
  row_.state = OutboxState::kDue;
  Begin();
  Take(Resource("1"));
  Take(NoReply(ErrorCode::kNetTimeout));
  Begin();
  EXPECT_EQ(Take(Resource("1")), "");
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  Begin();
  EXPECT_EQ(Take(Resource("2")), "");  // else our own late write would be taken for an edit
  EXPECT_EQ(row_.outcome, Outcome::kWritten);
}

TEST_F(DeliveryTest, WhatWasCertainlyNotAppliedIsSentAgainAtOnce) {
  for (const Answer& refusal : {Reply(401), Reply(409), Reply(429), NoReply(ErrorCode::kNetConnect),
                                NoReply(ErrorCode::kNetRequest), NoReply(ErrorCode::kNetTls)}) {
    row_ = Fresh();
    Begin();
    Take(Reply(404));
    Take(refusal);
    Begin();
    EXPECT_EQ(Take(Reply(404)), "PUT CarePlan/fja-1");
  }
}

TEST_F(DeliveryTest, AnEditBehindALostAnswerIsAHumans) {
  Begin();
  Take(Reply(404));
  Take(NoReply(ErrorCode::kNetBroken));
  now_ = now_.PlusMs(3'600'000);
  Begin();
  EXPECT_EQ(Take(Resource("2")), "");
  EXPECT_EQ(row_.outcome, Outcome::kChanged);
}

TEST_F(DeliveryTest, ARefreshGoesUnderIfMatch) {
  WriteFirst();
  row_.payload_hash = "h2";
  row_.state = OutboxState::kDue;
  EXPECT_EQ(Begin(), "GET CarePlan/fja-1");
  EXPECT_EQ(Take(Resource("1")), "PUT CarePlan/fja-1 If-Match:W/\"1\"");
  Take(Written(200, "2"));
  EXPECT_EQ(row_.server_version, "2");
  EXPECT_EQ(row_.written_hash, "h2");
}

TEST_F(DeliveryTest, WhatAHumanEditedIsLeftAlone) {
  WriteFirst();
  row_.payload_hash = "h2";
  row_.state = OutboxState::kDue;
  Begin();
  EXPECT_EQ(Take(Resource("2", "active")), "");
  EXPECT_EQ(row_.outcome, Outcome::kChanged);
  EXPECT_EQ(receipt_->server_status, "active");
}

TEST_F(DeliveryTest, ALostRefreshIsToldByTheVersion) {
  for (const bool applied : {true, false}) {
    row_ = Fresh();
    WriteFirst();
    row_.payload_hash = "h2";
    row_.state = OutboxState::kDue;
    Begin();
    Take(Resource("1"));
    Take(NoReply(ErrorCode::kNetTimeout));
    if (!applied) SettleWrites();
    Begin();
    EXPECT_EQ(Take(Resource(applied ? "2" : "1")), applied ? "" : "PUT CarePlan/fja-1 If-Match:W/\"1\"");
  }
}

TEST_F(DeliveryTest, AnotherStatusBehindALostRefreshIsAHumans) {
  WriteFirst();
  row_.payload_hash = "h2";
  row_.state = OutboxState::kDue;
  Begin();
  Take(Resource("1"));
  Take(NoReply(ErrorCode::kNetTimeout));  // it met an edit and was refused, but nobody heard that
  Begin();
  EXPECT_EQ(Take(Resource("2", "active")), "");
  EXPECT_EQ(row_.outcome, Outcome::kChanged);
}

TEST_F(DeliveryTest, AProposalThatWasSentBeforeItsRetractionIsStillOurs) {
  Begin();
  Take(Reply(404));
  Take(NoReply(ErrorCode::kNetTimeout));
  row_.kind = OutboxKind::kRevoke;
  row_.payload = R"({"resourceType":"CarePlan","id":"fja-1","status":"revoked"})";
  row_.payload_hash = "h2";
  Begin();
  EXPECT_EQ(Take(Resource("1")), "PUT CarePlan/fja-1 If-Match:W/\"1\"");
  Take(NoReply(ErrorCode::kNetTimeout));
  Begin();
  EXPECT_EQ(Take(Resource("2", "revoked")), "");
  EXPECT_EQ(row_.outcome, Outcome::kWritten);
}

TEST_F(DeliveryTest, ARefreshThatWasLostLongBeforeAnEditIsAHumans) {
  WriteFirst();
  row_.payload_hash = "h2";
  row_.state = OutboxState::kDue;
  Begin();
  Take(Resource("1"));
  Take(NoReply(ErrorCode::kNetTimeout));
  now_ = now_.PlusMs(3'600'000);
  Begin();
  EXPECT_EQ(Take(Resource("2", "draft", "2026-03-01T11:00:00Z")), "");
  EXPECT_EQ(row_.outcome, Outcome::kChanged);
}

TEST_F(DeliveryTest, ConflictsAreReadAgain) {
  for (const int status : {409, 412}) {
    row_.state = OutboxState::kDue;
    Begin();
    Take(Reply(404));
    EXPECT_EQ(Take(Reply(status)), "");
    EXPECT_EQ(row_.state, OutboxState::kDue);
    EXPECT_TRUE(row_.sent_hash.empty());
  }
}

TEST_F(DeliveryTest, RefusalsForWantOfRightsAreRetriedForEver) {
  for (int i = 0; i < 100; ++i) {
    Begin();
    EXPECT_EQ(Take(Reply(i % 2 == 0 ? 401 : 403)), "");
    EXPECT_EQ(row_.state, OutboxState::kDue);
    EXPECT_LE(row_.next_attempt_at.ms - now_.ms, 60'000);
  }
  EXPECT_EQ(row_.last_error, ErrorCode::kServerForbidden);
}

TEST_F(DeliveryTest, WhatTheServerRejectsIsDead) {
  for (const int status : {400, 405, 413, 422}) {
    row_.state = OutboxState::kDue;
    Begin();
    Take(Reply(404));
    Take(Reply(status));
    EXPECT_EQ(row_.state, OutboxState::kDead);
    EXPECT_EQ(row_.last_error, ErrorCode::kServerRejected);
    EXPECT_EQ(row_.last_status, status);
  }
}

TEST_F(DeliveryTest, RetryAfterIsHonoured) {
  Begin();
  Answer answer = Reply(429);
  answer.retry_after = "45";
  Take(answer);
  EXPECT_EQ(row_.next_attempt_at, now_.PlusMs(45'000));
}

TEST_F(DeliveryTest, HtmlIsNoSuccess) {
  Begin();
  Take(Reply(404));
  Take(Reply(200, "<html>"));
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  EXPECT_EQ(row_.last_error, ErrorCode::kServerGarbage);
}

TEST_F(DeliveryTest, AnotherResourceIsNoSuccessAndNotAskedForInACircle) {
  Begin();
  Take(Reply(404));
  EXPECT_EQ(Take(Reply(200, R"({"resourceType":"Basic","id":"x"})")), "");
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  EXPECT_EQ(row_.last_error, ErrorCode::kServerGarbage);
  EXPECT_GT(row_.next_attempt_at, now_);
  ASSERT_EQ(events_.size(), 1U);
}

TEST_F(DeliveryTest, IdsAndVersionsThatAreNoneAreGarbage) {
  for (const std::string& version : {std::string("1\\nX-Evil: 1"), std::string("1 2"), std::string(65, '1')}) {
    row_ = Fresh();
    Begin();
    EXPECT_EQ(Take(Resource(version)), "") << version;
    EXPECT_EQ(row_.state, OutboxState::kDue);
    EXPECT_EQ(row_.last_error, ErrorCode::kServerGarbage);
    EXPECT_GT(row_.next_attempt_at, now_);
    EXPECT_EQ(row_.server_version, "");
    // The same in the answer to a write: it is read, and what was sent is not taken for known.
    Begin();
    Take(Reply(404));
    Take(Resource(version));
    EXPECT_EQ(row_.state, OutboxState::kUnknown);
    EXPECT_EQ(row_.server_version, "");
  }
  can_ = {};
  row_ = Fresh();
  Begin();
  const std::string one = R"({"resource":{"resourceType":"CarePlan","id":"7/../8"}})";
  EXPECT_EQ(Take(Reply(200, R"({"resourceType":"Bundle","entry":[)" + one + "]}")), "");
  EXPECT_EQ(row_.last_error, ErrorCode::kServerGarbage);
  EXPECT_EQ(row_.server_id, "");
}

TEST_F(DeliveryTest, AnAnswerThatSaysNothingIsReadAtOnceAndThenWithPauses) {
  Begin();
  Take(Reply(404));
  Take(Reply(200));
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  EXPECT_EQ(row_.next_attempt_at, now_);
  SettleWrites();
  Begin();
  Take(Reply(404));
  Take(Reply(200));
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  EXPECT_GT(row_.next_attempt_at, now_);
}

TEST_F(DeliveryTest, WithoutOwnIdsItIsSearchedThenPostedUnderACondition) {
  can_ = {false, true};
  EXPECT_EQ(Begin(), "GET CarePlan?identifier=urn:s%7Cfja-1");
  EXPECT_EQ(Take(Reply(200, R"({"resourceType":"Bundle"})")), "POST CarePlan If-None-Exist:identifier=urn:s%7Cfja-1");
  EXPECT_EQ(body_.find("\"id\":"), std::string::npos);
  Answer created = Written(201, "1");
  created.location = "http://h/fhir/CarePlan/77/_history/1";
  Take(created);
  EXPECT_EQ(row_.server_id, "77");
  row_.payload_hash = "h2";
  row_.state = OutboxState::kDue;
  EXPECT_EQ(Begin(), "GET CarePlan/77");
}

TEST_F(DeliveryTest, AHitOfTheConditionIsReadBeforeItIsBelieved) {
  can_ = {false, true};
  Begin();
  Take(Reply(200, R"({"resourceType":"Bundle"})"));
  EXPECT_EQ(Take(Written(200, "1")), "");
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
}

TEST_F(DeliveryTest, SeveralMatchesAreAnAlarm) {
  can_ = {false, true};
  Begin();
  const std::string one = R"({"resource":{"resourceType":"CarePlan","id":"7"}})";
  Take(Reply(200, R"({"resourceType":"Bundle","entry":[)" + one + "," + one + "]}"));
  EXPECT_EQ(row_.state, OutboxState::kDead);
  EXPECT_EQ(row_.last_error, ErrorCode::kServerDuplicate);
}

TEST_F(DeliveryTest, ARetractionOfWhatNeverArrivedIsDone) {
  row_.kind = OutboxKind::kRevoke;
  Begin();
  EXPECT_EQ(Take(Reply(404)), "");
  EXPECT_EQ(row_.outcome, Outcome::kDiscarded);
}

TEST_F(DeliveryTest, APayloadThatChangedUnderWayIsDueAgain) {
  Begin();
  Take(Reply(404));
  row_.payload_hash = "h2";
  Take(Written(201, "1"));
  EXPECT_EQ(row_.state, OutboxState::kDue);
  EXPECT_EQ(row_.written_hash, "h1");
  EXPECT_FALSE(receipt_);
}

TEST_F(DeliveryTest, WhatLiesThereUntouchedButUnknownIsAdopted) {
  Begin();
  EXPECT_EQ(Take(Resource("1")), "PUT CarePlan/fja-1 If-Match:W/\"1\"");
  row_ = Fresh();
  Begin();
  EXPECT_EQ(Take(Resource("4")), "");
  EXPECT_EQ(row_.outcome, Outcome::kChanged);
}

TEST_F(DeliveryTest, AProvenanceNamesTheCarePlanAsTheServerDoes) {
  row_.id = "fja-1-p";
  row_.resource_type = "Provenance";
  row_.kind = OutboxKind::kProvenance;
  row_.after = "fja-1";
  row_.payload = R"({"resourceType":"Provenance","id":"fja-1-p","target":[{"reference":"CarePlan/fja-1"}]})";
  after_ = "77";
  can_ = {};
  EXPECT_EQ(Begin(), "GET Provenance?target=CarePlan/77");
  EXPECT_EQ(Take(Reply(200, R"({"resourceType":"Bundle"})")), "POST Provenance");
  EXPECT_EQ(body_, R"({"resourceType":"Provenance","target":[{"reference":"CarePlan/77"}]})");
}

TEST_F(DeliveryTest, AServerThatAlwaysFailsOnAPayloadIsGivenUp) {
  int tries = 0;
  while (row_.state != OutboxState::kDead && tries < 100) {
    SettleWrites();
    Begin();
    Take(Reply(404));
    Take(Reply(500));
    ++tries;
  }
  EXPECT_EQ(tries, 21);
}

TEST_F(DeliveryTest, OnlyErrorsOfWritesInARowCountAgainstAPayload) {
  for (int i = 0; i < 40; ++i) {
    Begin();
    Take(Reply(i % 2 == 0 ? 503 : 500));  // the read
  }
  Begin();
  Take(Reply(404));
  Take(Reply(500));
  EXPECT_EQ(row_.state, OutboxState::kUnknown);
  EXPECT_EQ(row_.server_errors, 1);
  for (int i = 0; i < 60; ++i) {
    SettleWrites();
    Begin();
    Take(Reply(404));
    Take(Reply(i % 20 == 0 ? 503 : 500));
    ASSERT_EQ(row_.state, OutboxState::kUnknown) << i;
  }
}

TEST_F(DeliveryTest, FeedbackTellsEditsAndRemovals) {
  WriteFirst();
  const auto look = [&](const Answer& answer) {
    auto step = TakeFeedback(row_, answer, now_);
    return step.receipt ? std::string(FeedbackToken(*step.receipt).get()) : "";
  };
  EXPECT_EQ(look(Resource("1")), "");
  EXPECT_EQ(look(Resource("2")), "edited");
  EXPECT_EQ(look(Resource("2", "active")), "active");
  EXPECT_EQ(look(Reply(410)), "removed");
  EXPECT_EQ(look(Reply(410, "<html>")), "");
  EXPECT_EQ(look(Reply(503)), "");
  row_.state = OutboxState::kDue;
  EXPECT_EQ(look(Resource("2")), "");  // the delivery under way will see it
}

// A server that starts, or a proxy in front of it, may answer 404 for everything.
TEST_F(DeliveryTest, WhatWeWroteIsGoneWhenItIsMissingTwice) {
  WriteFirst();
  row_.payload_hash = "h2";
  Begin();
  EXPECT_EQ(Take(Reply(404)), "");
  EXPECT_EQ(row_.state, OutboxState::kDue);
  EXPECT_GE(row_.next_attempt_at, now_.PlusMs(intake::kSecondLookMs));
  now_ = row_.next_attempt_at;
  Begin();
  EXPECT_EQ(Take(Resource("1")), "PUT CarePlan/fja-1 If-Match:W/\"1\"");
  EXPECT_EQ(Take(Reply(404)), "") << "a write that finds nothing is a look, too";
  EXPECT_GE(row_.next_attempt_at, now_.PlusMs(intake::kSecondLookMs));
  now_ = row_.next_attempt_at;
  Begin();
  Take(Reply(404, R"({"resourceType":"OperationOutcome"})"));
  EXPECT_EQ(row_.outcome, Outcome::kRemoved);
}

TEST_F(DeliveryTest, APageOfAProxyIsNoAnswer) {
  for (const int status : {404, 410}) {
    for (const char* page : {"<html>", R"({"error":"no such route"})"}) {
      row_ = Fresh();
      Begin();
      EXPECT_EQ(Take(Reply(status, page)), "") << "created without having looked";
      EXPECT_EQ(row_.last_error, ErrorCode::kServerGarbage);
      now_ = row_.next_attempt_at;
      WriteFirst();
      row_.payload_hash = "h2";
      for (int i = 0; i < 3; ++i) {
        Begin();
        Take(Reply(status, page));
        ASSERT_EQ(row_.state, OutboxState::kDue);
      }
      Begin();
      Take(Resource("1"));
      Take(Reply(status, page));
      EXPECT_EQ(row_.state, OutboxState::kUnknown) << "who answered the write is not known";
    }
  }
}

TEST_F(DeliveryTest, FeedbackThatFindsNothingLooksAgain) {
  WriteFirst();
  auto step = TakeFeedback(row_, Reply(404), now_);
  EXPECT_FALSE(step.receipt);
  row_ = step.row;
  EXPECT_EQ(row_.state, OutboxState::kDue);
  now_ = row_.next_attempt_at;
  const OutboxRow before = row_;
  Begin();
  Take(Reply(404));
  ASSERT_TRUE(receipt_);
  EXPECT_EQ(receipt_->outcome, Outcome::kRemoved);
  row_ = before;
  Begin();
  Take(Resource("1"));
  ASSERT_TRUE(receipt_);
  EXPECT_EQ(receipt_->outcome, Outcome::kWritten);
  EXPECT_TRUE(events_.empty()) << "nothing was written";
}

TEST_F(DeliveryTest, ALostRefreshIsOursWhateverOurClockWasSetTo) {
  for (const std::int64_t by_ms : {-60'000, -3'600'000, 3'600'000}) {
    row_ = Fresh();
    WriteFirst();
    row_.payload_hash = "h2";
    row_.state = OutboxState::kDue;
    Begin();
    ASSERT_EQ(Take(Resource("1")), "PUT CarePlan/fja-1 If-Match:W/\"1\"");
    Take(NoReply(ErrorCode::kNetBroken));
    now_ = now_.PlusMs(by_ms);
    Begin();
    Take(Resource("2", "draft", "2026-03-01T10:02:00Z"));
    EXPECT_EQ(row_.outcome, Outcome::kWritten) << by_ms;
  }
}

TEST_F(DeliveryTest, AChangeBeforeOrLongAfterTheLostRefreshIsNotOurs) {
  for (const char* at : {"2026-03-01T09:59:54Z", "2026-03-01T10:02:31Z"}) {
    row_ = Fresh();
    WriteFirst();
    row_.payload_hash = "h2";
    row_.state = OutboxState::kDue;
    Begin();
    Take(Resource("1"));
    Take(NoReply(ErrorCode::kNetBroken));
    Begin();
    Take(Resource("2", "draft", at));
    EXPECT_EQ(row_.outcome, Outcome::kChanged) << at;
  }
}

}  // namespace
}  // namespace facet::delivery
