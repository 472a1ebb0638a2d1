// What is written: CarePlan, narrative, Provenance, ids, hash, retraction (clinical specification, section 5).
#include "tests/unit/guide/fixture.hpp"

#include <cctype>
#include <cstdlib>

namespace facet::guide {
namespace {

json::Document Parsed(const std::string& text) {
  auto parsed = json::Parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : json::Document();
}

std::vector<std::string> ActivityRules(json::Value careplan) {
  std::vector<std::string> activities;
  for (const json::Value activity : careplan["activity"].elements()) {
    std::string rules;
    for (const json::Value extension : activity["detail"]["extension"].elements()) {
      if (!extension["url"].string().ends_with("/rule")) continue;
      rules += (rules.empty() ? "" : " ") + std::string(extension["valueCode"].string());
    }
    activities.push_back(rules);
  }
  return activities;
}

TEST(CarePlan, GoldenOfTheNoResponseCase) {
  Case c;
  c.policy.hash = "0123456789abcdef";
  c.Finding(FindingKind::kFacetArthropathy);
  c.Caution(clinical::CautionKind::kAnticoagulant, "MedicationRequest/m1");
  const Proposal proposal = c.Propose();
  for (const auto& [name, text] :
       {std::pair{"careplan.json", proposal.careplan_json}, std::pair{"provenance.json", proposal.provenance_json}}) {
    const std::string path = std::string(FACET_SOURCE_DIR "/tests/unit/guide/golden/") + name;
    if (std::getenv("FACET_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text << "\n";
    EXPECT_EQ(text + "\n", ReadFile(path)) << "FACET_UPDATE_GOLDEN=1 writes " << path;
  }
}

TEST(CarePlan, SaysWhatSection5Asks) {
  Case c;
  const Proposal proposal = c.Propose();
  const json::Document document = Parsed(proposal.careplan_json);
  const json::Value plan = document.root();
  EXPECT_EQ(plan["id"].string(), proposal.careplan_id);
  EXPECT_EQ(plan["status"].string(), "draft");
  EXPECT_EQ(plan["intent"].string(), "proposal");
  EXPECT_EQ(plan["subject"]["reference"].string(), "Patient/p1");
  EXPECT_EQ(plan["category"].at(0)["coding"].at(0)["code"].string(), "assess-plan");
  EXPECT_EQ(plan["text"]["status"].string(), "generated");
  EXPECT_EQ(plan["identifier"].at(0)["system"].string(), "https://facet-adapter.org/fhir/identifier/episode");
  EXPECT_EQ(plan["identifier"].at(0)["value"].string(), c.request.episode_id);
  EXPECT_EQ(plan["instantiatesCanonical"].at(0).string(),
            "https://facet-adapter.org/fhir/PlanDefinition/facet-injection-failed|1.0.0");
  EXPECT_EQ(plan["author"]["reference"].string(), "#adapter");
  EXPECT_EQ(plan["contained"].at(0)["resourceType"].string(), "Device");
  EXPECT_EQ(plan["supportingInfo"].at(0)["reference"].string(), "Procedure/pr1/_history/1");
  EXPECT_EQ(plan["supportingInfo"].at(1)["reference"].string(), "Observation/b/_history/1");
  EXPECT_FALSE(plan["addresses"]);
  EXPECT_EQ(plan["title"].string(), "Review after a facet joint injection without response");
}

TEST(CarePlan, OneActivityForEachActivityDefinition) {
  Case c;
  const json::Document document = Parsed(c.Propose().careplan_json);
  EXPECT_EQ(ActivityRules(document.root()),
            (std::vector<std::string>{"G08", "G10", "G03", "G15", "G38", "G32 G33 G36", "G01 G02 G40", "G34"}));
  c.policy.activities_max = 2;
  EXPECT_EQ(ActivityRules(Parsed(c.Propose().careplan_json).root()), (std::vector<std::string>{"G08", "G10"}));
  c.policy.activities_max = 0;
  EXPECT_FALSE(Parsed(c.Propose().careplan_json).root()["activity"]);
  c.policy.activities_max = 20;
  c.Block("Procedure/b1", "2026-06-01T10:00:00Z", true, Approach::kMedialBranch, "80");
  EXPECT_EQ(ActivityRules(Parsed(c.Propose().careplan_json).root())[0], "G07 G09 G16 G17");
}

TEST(CarePlan, GuardsAreNamedWithoutAnActivity) {
  Case c;
  const json::Document document = Parsed(c.Propose().careplan_json);
  std::vector<std::string> rules;
  for (const json::Value extension : document.root()["extension"].elements()) {
    if (extension["url"].string().ends_with("/rule")) rules.emplace_back(extension["valueCode"].string());
  }
  EXPECT_EQ(rules, (std::vector<std::string>{"G18", "G31"}));
}

TEST(CarePlan, RevisionAndReplacement) {
  Case c;
  c.request.revision = 2;
  c.request.replaces = "CarePlan/fja-old";
  c.settings.careplan_status = "active";
  const Proposal proposal = c.Propose();
  const json::Document document = Parsed(proposal.careplan_json);
  EXPECT_EQ(document.root()["identifier"].at(0)["value"].string(), c.request.episode_id + ".2");
  EXPECT_EQ(document.root()["replaces"].at(0)["reference"].string(), "CarePlan/fja-old");
  EXPECT_EQ(document.root()["status"].string(), "active");
  EXPECT_NE(proposal.careplan_id, CarePlanIdFor(c.request.episode_id, 1));
}

TEST(CarePlan, SameEvidenceSameHashWhateverTheTime) {
  Case c;
  const Proposal first = c.Propose();
  c.request.now = At("2026-12-03T07:08:09Z");
  c.settings.adapter_version = "0.2.0";
  const Proposal second = c.Propose();
  EXPECT_EQ(first.payload_hash, second.payload_hash);
  EXPECT_NE(first.careplan_json, second.careplan_json);
  EXPECT_EQ(first.payload_hash.size(), 64U);
  c.Finding(FindingKind::kMyofascial);
  EXPECT_NE(c.Propose().payload_hash, first.payload_hash);
}

TEST(CarePlan, SameInputSameBytes) {
  Case a;
  Case b;
  EXPECT_EQ(a.Propose().careplan_json, b.Propose().careplan_json);
  EXPECT_EQ(a.Propose().provenance_json, b.Propose().provenance_json);
}

TEST(CarePlan, ConditionsAreAddressedAndGiveReasons) {
  Case c;
  c.Finding(FindingKind::kRadiculopathy);
  const json::Document document = Parsed(c.Propose().careplan_json);
  EXPECT_EQ(document.root()["addresses"].at(0)["reference"].string(), "Condition/c1");
  const std::set<std::string> allowed = {"Condition", "Observation", "DiagnosticReport", "DocumentReference"};
  for (const json::Value activity : document.root()["activity"].elements()) {
    EXPECT_GT(activity["detail"]["reasonReference"].size(), 0U);
    for (const json::Value reference : activity["detail"]["reasonReference"].elements()) {
      const std::string text(reference["reference"].string());
      EXPECT_TRUE(allowed.contains(text.substr(0, text.find('/')))) << text;
    }
  }
}

TEST(Narrative, FollowsItsOrder) {
  Case c;
  c.policy.approved_by = "Dr Example";
  c.policy.approved_on = "2026-11-01";
  const std::string div(Parsed(c.Propose().careplan_json).root()["text"]["div"].string());
  std::size_t at = 0;
  for (const char* part : {"The facet joint injection of 2026-03-05",
                           "12.5 %",
                           "below the 50 % and 2 of 10 points",
                           "<table>",
                           "Baseline",
                           "Best",
                           "Latest",
                           "Doubts",
                           "intent-unknown",
                           "Suggestions",
                           "Diagnostic medial branch block",
                           "section 2; tip 3",
                           "Withheld, and why",
                           "Radiofrequency ablation: withheld by G18",
                           "Surgery: ",
                           "Also possible:",
                           "Data as of ",
                           "Policy guide 1.0.0",
                           "approved by Dr Example",
                           "no evidence grades",
                           "For a clinician",
                           "To dismiss"}) {
    const std::size_t found = div.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << "\n" << div;
    at = found;
  }
}

TEST(Narrative, WithoutApprovalItWarns) {
  Case c;
  const std::string div(Parsed(c.Propose().careplan_json).root()["text"]["div"].string());
  EXPECT_NE(div.find("not approved by anyone"), std::string::npos);
}

TEST(Narrative, ANegativeBlockIsNotCalledFailed) {
  Case c;
  c.failed().verdict = Verdict::kNegativeBlock;
  c.failed().session.approach = Approach::kMedialBranch;
  c.failed().session.intent = Intent::kDiagnostic;
  const json::Document document = Parsed(c.Propose().careplan_json);
  EXPECT_EQ(document.root()["title"].string(), "Facet joint unlikely to be the source");
  const std::string description(document.root()["description"].string());
  EXPECT_NE(description.find("was negative"), std::string::npos);
  EXPECT_EQ(description.find("failed"), std::string::npos);
  EXPECT_NE(description.find("the 70 % that make a block positive"), std::string::npos);
}

TEST(Narrative, EscapesWhatComesFromOutside) {
  Case c;
  c.policy.name = "<script>&\"x\"</script>";
  c.policy.annotations = {{"G14", "a < b & c\x01"}};
  const std::string div(Parsed(c.Propose().careplan_json).root()["text"]["div"].string());
  EXPECT_EQ(div.find("<script>"), std::string::npos);
  EXPECT_NE(div.find("&lt;script&gt;&amp;&quot;x&quot;"), std::string::npos);
  EXPECT_NE(div.find("a &lt; b &amp; c)"), std::string::npos);
}

TEST(Provenance, NamesAuthorAndSources) {
  Case c;
  const Proposal proposal = c.Propose();
  const json::Document document = Parsed(proposal.provenance_json);
  const json::Value provenance = document.root();
  EXPECT_EQ(provenance["id"].string(), proposal.provenance_id);
  EXPECT_EQ(provenance["target"].at(0)["reference"].string(), "CarePlan/" + proposal.careplan_id);
  EXPECT_EQ(provenance["agent"].at(0)["who"]["reference"].string(), "#adapter");
  EXPECT_EQ(provenance["agent"].at(0)["onBehalfOf"]["reference"].string(), "Organization/1");
  EXPECT_EQ(provenance["entity"].at(0)["what"]["reference"].string(), "Procedure/pr1/_history/1");
  EXPECT_EQ(provenance["entity"].at(0)["role"].string(), "source");
  c.settings.organization = "";
  EXPECT_FALSE(Parsed(c.Propose().provenance_json).root()["agent"].at(0)["onBehalfOf"]);
}

TEST(Identity, IdsCanBeDerivedAgainAndAreFhirIds) {
  const std::string episode = EpisodeIdFor("site", "Procedure/1");
  EXPECT_EQ(episode, EpisodeIdFor("site", "Procedure/1"));
  EXPECT_NE(episode, EpisodeIdFor("other", "Procedure/1"));
  for (const std::string& id :
       {CarePlanIdFor(episode, 1), CarePlanIdFor(episode, 2), ProvenanceIdFor("fja-x"), episode}) {
    EXPECT_LE(id.size(), 64U);
    EXPECT_NE(std::isalpha(static_cast<unsigned char>(id[0])), 0);
    for (const char ch : id) EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(ch)) != 0 || ch == '-') << id;
  }
  EXPECT_TRUE(CarePlanIdFor(episode, 1).starts_with("fja-"));
  EXPECT_NE(CarePlanIdFor(episode, 1), CarePlanIdFor(episode, 2));
}

TEST(Retraction, RevokesWithAReason) {
  Case c;
  const Proposal proposal = c.Propose();
  const UtcInstant now = At("2026-12-24T10:00:00Z");
  const json::Document revoked = Parsed(RevokedCarePlan(proposal.careplan_json, false, "a < b", now));
  EXPECT_EQ(revoked.root()["status"].string(), "revoked");
  EXPECT_EQ(revoked.root()["id"].string(), proposal.careplan_id);
  EXPECT_EQ(revoked.root()["note"].at(0)["text"].string(), "Withdrawn by the adapter. a < b");
  EXPECT_EQ(revoked.root()["note"].at(0)["time"].string(), "2026-12-24T10:00:00Z");
  EXPECT_NE(revoked.root()["text"]["div"].string().find("Withdrawn by the adapter. a &lt; b"), std::string::npos);
  for (const json::Value activity : revoked.root()["activity"].elements()) {
    EXPECT_EQ(activity["detail"]["status"].string(), "cancelled");
  }
  const json::Document wrong = Parsed(RevokedCarePlan(proposal.careplan_json, true, "x", now));
  EXPECT_EQ(wrong.root()["status"].string(), "entered-in-error");
  EXPECT_EQ(wrong.root()["activity"].at(0)["detail"]["status"].string(), "entered-in-error");
  const json::Document provenance = Parsed(RevocationProvenance(proposal.provenance_json, false, "x", now));
  EXPECT_EQ(provenance.root()["recorded"].string(), "2026-12-24T10:00:00Z");
  EXPECT_EQ(provenance.root()["reason"].at(0)["text"].string(), "Withdrawn by the adapter. x");
}

}  // namespace
}  // namespace facet::guide
