#pragma once
// What every live test has: the FHIR server, an adapter of its own, invented patients, and at the end the checks that
// hold for all: an orderly stop, a log of nothing but JSON lines, no canary anywhere, nothing left on the server.
//
// Thread: one. Owns: the adapters and their directory. Errors: test failures.
#include "tests/integration/adapter_process.hpp"
#include "tests/integration/hapi.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/patients.hpp"
#include "tests/support/temp_dir.hpp"

#include "adapter/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace facet::live {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::Course;
using support::Eventually;
using support::Has;
using support::SyntheticPatient;

// Long enough for a machine with ten times more work than processors; nothing waits for it to pass.
inline constexpr seconds kPatience{120};

// FACET_SEED, else drawn; printed by main.
std::uint64_t Seed();

class LiveTest : public ::testing::Test {
 protected:
  LiveTest();
  void TearDown() override;

  // An adapter on this server (or `base_url`), with a store and a system id of its own. Not started.
  AdapterProcess& NewAdapter(const std::string& base_url = "");
  // Started, and its Subscriptions are active.
  AdapterProcess& StartedAdapter();
  SyntheticPatient NewPatient(Course course);
  Course FailedCourse();  // any of the failed ones

  void AwaitSubscriptions(AdapterProcess& adapter);
  // ... and the sweep that follows their activation is over: from here on only notifications tell the adapter anything.
  void AwaitQuiet(AdapterProcess& adapter);
  // POST data so that the last resource decides.
  void Post(const SyntheticPatient& patient);

  std::vector<std::string> CarePlans(const SyntheticPatient& patient);
  std::vector<std::string> Provenances(const std::string& careplan_id);
  // The id of its CarePlan; "" and a failure if there is none in time.
  std::string AwaitCarePlan(const SyntheticPatient& patient, milliseconds patience = kPatience);
  // One CarePlan of one version, one Provenance, and what they must say; `status` is the CarePlan's.
  void ExpectExactlyOne(const SyntheticPatient& patient, const std::string& status = "draft");
  void ExpectNone(const SyntheticPatient& patient);
  // A patient whose proposal shows that everything before it has been seen.
  void AwaitMarker();
  // What the log calls this CarePlan: the id that we give, also where the server gives its own.
  std::string ProposalOf(const AdapterProcess& adapter, const std::string& careplan);
  bool AwaitStatus(const std::string& reference, const std::string& status);
  // Edited by the test: not ours to validate.
  void LeaveOut(const std::string& careplan_id) { left_out_.insert(careplan_id); }

  // GET on the admin address.
  net::HttpAnswer Admin(const AdapterProcess& adapter, const std::string& path);

  support::TempDir dir_{"facet-live"};
  Prng prng_;
  Hapi hapi_;
  std::string tag_;                      // begins every id of this test
  std::vector<std::string> also_clean_;  // texts (replies, metrics) in which no canary may be
  bool strays_allowed_ = false;

 private:
  void ExpectNoCanary(const std::string& text, const std::string& where) const;
  // For whoever reads about a failure: the end of the log, and what the adapter says of each patient.
  void Explain(const AdapterProcess& adapter, const std::string& log) const;
  void Collect();
  std::vector<std::string> Leftovers();
  void CleanServer();

  std::vector<std::unique_ptr<AdapterProcess>> adapters_;
  std::vector<SyntheticPatient> patients_;
  std::set<std::string> left_out_;
};

// PUT of a resource to a hook, as the server would send it; `endpoint` as in the Subscription.
net::HttpAnswer Notify(const std::string& endpoint, const support::Resource& resource,
                       const std::string& secret = kSecret);

}  // namespace facet::live
