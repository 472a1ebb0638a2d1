// What the other tests stand on: the server takes the invented patients, faults fire, the proxy passes and misbehaves.
#include "tests/integration/flaky_proxy.hpp"
#include "tests/integration/live_test.hpp"

namespace facet::live {
namespace {

class HarnessTest : public LiveTest {};

TEST_F(HarnessTest, ServerTakesEveryKindOfPatient) {
  for (int course = 0; course < 6; ++course) {
    const SyntheticPatient patient = NewPatient(static_cast<Course>(course));
    SCOPED_TRACE(patient.Describe());
    Post(patient);
    EXPECT_EQ(hapi_.Count("Observation?subject=" + patient.reference()), patient.scores().size());
    EXPECT_EQ(hapi_.Count("Procedure?subject=" + patient.reference()), patient.procedures().size());
    hapi_.Put(patient.Corrected(0, 5));
    EXPECT_EQ(hapi_.History(patient.scores()[0].reference()).size(), 2U);
    for (const support::Resource& line : patient.ProceduresWithStatus("entered-in-error")) hapi_.Put(line);
    EXPECT_EQ(FieldOf(hapi_.Send("GET", patient.procedures()[0].reference()).body, "status"), "entered-in-error");
  }
}

TEST_F(HarnessTest, FaultsFireAsOftenAsTold) {
  const SyntheticPatient patient = NewPatient(Course::kKnee);
  hapi_.Fault("x", "^PUT /fhir/Patient/", "503", 2);
  EXPECT_EQ(hapi_.Send("PUT", patient.reference(), patient.patient().json).status, 503U);
  EXPECT_TRUE(hapi_.FaultLeft("x"));
  EXPECT_EQ(hapi_.Send("PUT", patient.reference(), patient.patient().json).status, 503U);
  EXPECT_FALSE(hapi_.FaultLeft("x"));
  EXPECT_EQ(hapi_.Send("PUT", patient.reference(), patient.patient().json).status, 201U);
}

TEST_F(HarnessTest, ProxyPassesAndMisbehaves) {
  FlakyProxy proxy(hapi_.port());
  const SyntheticPatient patient = NewPatient(Course::kKnee);
  EXPECT_EQ(hapi_.Send("PUT", proxy.base() + "/" + patient.reference(), patient.patient().json).status, 201U);
  EXPECT_EQ(hapi_.Send("GET", proxy.base() + "/" + patient.reference()).status, 200U);
  proxy.Behave(Behaviour::kFailing, "GET /fhir/Patient");
  EXPECT_EQ(hapi_.Send("GET", proxy.base() + "/" + patient.reference()).status, 500U);
  EXPECT_EQ(hapi_.Send("GET", proxy.base() + "/metadata?_elements=fhirVersion").status, 200U);
  proxy.Behave(Behaviour::kNothing);
  EXPECT_TRUE(hapi_.Send("GET", proxy.base() + "/metadata").failure.has_value());
  proxy.Behave(Behaviour::kPass);
  EXPECT_GT(hapi_.Send("GET", proxy.base() + "/metadata").body.size(), 100'000U);
  EXPECT_EQ(proxy.refused(), 2);
  EXPECT_EQ(proxy.Lines().at(0), "PUT /fhir/" + patient.reference());
}

}  // namespace
}  // namespace facet::live
