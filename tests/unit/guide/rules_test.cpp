// Every row of the table with each of its columns (clinical specification, section 4).
#include "tests/unit/guide/fixture.hpp"

namespace facet::guide {
namespace {

constexpr const char* kAfter = "2026-06-01";   // after the failed session, within the last 12 months
constexpr const char* kBefore = "2026-01-10";  // before it, within the last 12 months
constexpr const char* kOld = "2020-01-10";

void AddFailed(Case& c) { c.Insert(Case::NoResponse("Procedure/pr0", "2026-01-05T10:00:00Z")); }

TEST(Rules, AlwaysSuggested) {
  Case c;
  const Proposal proposal = c.Propose();
  for (const char* rule : {"G01", "G02", "G32", "G33", "G34", "G36", "G39", "G40"}) {
    EXPECT_EQ(StateOf(proposal, rule), "suggested") << rule;
  }
  ASSERT_EQ(proposal.suggestions.size(), 41U);
  for (std::size_t i = 0; i < 41; ++i) {
    const std::string id = (i < 9 ? "G0" : "G") + std::to_string(i + 1);
    EXPECT_EQ(proposal.suggestions[i].rule, id);
    EXPECT_FALSE(proposal.suggestions[i].reason.empty()) << id;
    EXPECT_EQ(proposal.suggestions[i].reason.find('{'), std::string::npos) << proposal.suggestions[i].reason;
    EXPECT_EQ(proposal.suggestions[i].guard.has_value(), proposal.suggestions[i].state == State::kWithheld) << id;
  }
}

TEST(Rules, G03Mri) {
  Case never;
  EXPECT_EQ(State1(never, "G03"), "suggested");
  Case old;
  old.Done(InterventionKind::kMri, kOld);
  EXPECT_EQ(State1(old, "G03"), "consider");
  for (const FindingKind kind : {FindingKind::kRadiculopathy, FindingKind::kStenosis, FindingKind::kDiscHerniation,
                                 FindingKind::kStenosisClaudication}) {
    Case with = old;
    with.Finding(kind);
    EXPECT_EQ(State1(with, "G03"), "suggested");
    with.Done(InterventionKind::kMri, kBefore);
    EXPECT_EQ(State1(with, "G03"), "done");
  }
  Case elsewhere;
  elsewhere.Done(InterventionKind::kMri, kBefore, Region::kCervical);
  EXPECT_EQ(State1(elsewhere, "G03"), "suggested");
}

TEST(Rules, RecentImagingEndsWithItsMonths) {
  Case inside;
  inside.Done(InterventionKind::kMri, "2025-12-01");
  EXPECT_EQ(State1(inside, "G03"), "done");
  Case outside;
  outside.Done(InterventionKind::kMri, "2025-11-30");
  EXPECT_EQ(State1(outside, "G03"), "consider");
  Case undecided;  // December 2025 may lie before or after the first of December
  undecided.Done(InterventionKind::kMri, "2025");
  EXPECT_EQ(State1(undecided, "G03"), "consider");
  Case future;
  future.Done(InterventionKind::kMri, "2026-12-02");
  EXPECT_EQ(State1(future, "G03"), "suggested");
}

TEST(Rules, G04Ct) {
  Case none;
  EXPECT_EQ(State1(none, "G04"), "consider");
  for (const FindingKind kind :
       {FindingKind::kSpondylolisthesisOrInstability, FindingKind::kFacetArthropathy, FindingKind::kFracture}) {
    Case with;
    with.Finding(kind);
    EXPECT_EQ(State1(with, "G04"), "suggested");
  }
  Case recent;
  recent.Finding(FindingKind::kFacetArthropathy);
  recent.Done(InterventionKind::kCt, kBefore);
  EXPECT_EQ(State1(recent, "G04"), "done");
  // Surgery among the topics: stenosis with conservative care exhausted.
  Case surgery;
  surgery.Finding(FindingKind::kStenosis);
  EXPECT_EQ(State1(surgery, "G04"), "consider");
  surgery.Done(InterventionKind::kPhysicalTherapy, "2026-04-01");
  surgery.Done(InterventionKind::kPhysicalTherapy, "2026-04-29");
  EXPECT_EQ(State1(surgery, "G04"), "suggested");
}

TEST(Rules, G05Spect) {
  Case none;
  EXPECT_EQ(State1(none, "G05"), "consider");
  Case imaged;
  imaged.Done(InterventionKind::kCt, kBefore);
  EXPECT_EQ(State1(imaged, "G05"), "suggested");
  Case negative = imaged;
  negative.Block("Procedure/b1", "2026-06-01T10:00:00Z", false, Approach::kMedialBranch, "25");
  EXPECT_EQ(State1(negative, "G05"), "consider");
  Case positive = imaged;
  positive.Block("Procedure/b1", "2026-06-01T10:00:00Z", true, Approach::kMedialBranch, "80");
  EXPECT_EQ(State1(positive, "G05"), "not-applicable");
  imaged.Done(InterventionKind::kSpect, kAfter);
  EXPECT_EQ(State1(imaged, "G05"), "done");
}

TEST(Rules, G06AndG08MedialBranchBlock) {
  Case c;
  EXPECT_EQ(State1(c, "G06"), "consider");
  EXPECT_EQ(State1(c, "G08"), "suggested");
  c.Finding(FindingKind::kFacetArthropathy);
  EXPECT_EQ(State1(c, "G06"), "suggested");
  c.failed().session.approach = Approach::kMedialBranch;
  EXPECT_EQ(State1(c, "G08"), "suggested");  // therapeutic
  c.failed().session.intent = Intent::kDiagnostic;
  EXPECT_EQ(State1(c, "G08"), "not-applicable");
  c.failed().session.approach = Approach::kIntraArticular;
  EXPECT_EQ(State1(c, "G08"), "suggested");
  c.Block("Procedure/b1", "2026-06-01T10:00:00Z", false, Approach::kMedialBranch, "25");
  EXPECT_EQ(State1(c, "G06"), "done");
  EXPECT_EQ(State1(c, "G08"), "done");
  EXPECT_EQ(Of(c.Propose(), "G08").evidence, (std::vector<std::string>{"Procedure/b1/_history/1"}));
}

TEST(Rules, AblationNeedsAConfirmingBlock) {
  Case positive;
  positive.Block("Procedure/b1", "2026-06-01T10:00:00Z", true, Approach::kMedialBranch, "80");
  Proposal proposal = positive.Propose();
  for (const char* rule : {"G07", "G09", "G16", "G17"}) EXPECT_EQ(StateOf(proposal, rule), "suggested") << rule;
  EXPECT_EQ(StateOf(proposal, "G18"), "done");
  EXPECT_EQ(StateOf(proposal, "G19"), "suggested");
  EXPECT_EQ(StateOf(proposal, "G15"), "suggested");

  // The latest decided block speaks.
  positive.Block("Procedure/b2", "2026-07-01T10:00:00Z", false, Approach::kMedialBranch, "20");
  proposal = positive.Propose();
  for (const char* rule : {"G07", "G09", "G16", "G17"}) EXPECT_EQ(StateOf(proposal, rule), "withheld by G18") << rule;
  EXPECT_EQ(StateOf(proposal, "G18"), "suggested");
  EXPECT_NE(Of(proposal, "G18").reason.find("facet pain was not confirmed"), std::string::npos);
  EXPECT_EQ(StateOf(proposal, "G19"), "not-applicable");
}

TEST(Rules, AnIntraArticularBlockAloneLeavesG16ToConsider) {
  Case c;
  c.Block("Procedure/b1", "2026-06-01T10:00:00Z", true, Approach::kIntraArticular, "80");
  const Proposal proposal = c.Propose();
  EXPECT_EQ(StateOf(proposal, "G16"), "consider");
  EXPECT_NE(Of(proposal, "G16").reason.find("a medial branch block should confirm it first"), std::string::npos);
  for (const char* rule : {"G07", "G09", "G17"}) EXPECT_EQ(StateOf(proposal, rule), "withheld by G18") << rule;
  EXPECT_EQ(StateOf(proposal, "G18"), "suggested");
  EXPECT_EQ(StateOf(proposal, "G19"), "consider");
}

TEST(Rules, ExplicitPercentReliefQualifiesAnyApproach) {
  Case c;
  c.Block("Procedure/b1", "2026-06-01T10:00:00Z", true, Approach::kIntraArticular, "80");
  c.judgements.back().best->instrument = clinical::Instrument::kPercentRelief;
  EXPECT_EQ(State1(c, "G07"), "suggested");
  c.judgements.back().best->instrument = clinical::Instrument::kNrs;
  c.judgements.back().explicit_relief_percent = Decimal(69);
  EXPECT_EQ(State1(c, "G07"), "withheld by G18");
  c.judgements.back().explicit_relief_percent = Decimal(70);
  EXPECT_EQ(State1(c, "G07"), "suggested");
}

TEST(Rules, FewerBlocksThanRequiredIsAtMostConsider) {
  Case c;
  c.policy.blocks_required = 2;
  c.Block("Procedure/b1", "2026-06-01T10:00:00Z", true, Approach::kMedialBranch, "80");
  const Proposal one = c.Propose();
  for (const char* rule : {"G07", "G09", "G16", "G17"}) EXPECT_EQ(StateOf(one, rule), "consider") << rule;
  EXPECT_EQ(StateOf(one, "G18"), "suggested");
  EXPECT_EQ(StateOf(one, "G19"), "consider");
  c.Block("Procedure/b2", "2026-07-01T10:00:00Z", true, Approach::kMedialBranch, "85");
  const Proposal two = c.Propose();
  for (const char* rule : {"G07", "G09", "G16", "G17"}) EXPECT_EQ(StateOf(two, rule), "suggested") << rule;
  EXPECT_EQ(StateOf(two, "G18"), "done");
}

TEST(Rules, ABlockCountsByAgeRegionAndSide) {
  const auto with = [](const std::string& start, Region region, Side side) {
    Case c;
    c.failed().session.side = Side::kLeft;
    c.Block("Procedure/b1", start, true, Approach::kMedialBranch, "80");
    clinical::Judgement& block = c.judgements.front().session.procedures.front().resource == "Procedure/b1"
                                     ? c.judgements.front()
                                     : c.judgements.back();
    block.session.region = region;
    block.session.side = side;
    return State1(c, "G07");
  };
  EXPECT_EQ(with("2025-12-06T10:00:00Z", Region::kLumbar, Side::kLeft), "suggested");  // day 360
  EXPECT_EQ(with("2025-12-05T10:00:00Z", Region::kLumbar, Side::kLeft), "withheld by G18");
  EXPECT_EQ(with("2026-06-01T10:00:00Z", Region::kCervical, Side::kLeft), "withheld by G18");
  EXPECT_EQ(with("2026-06-01T10:00:00Z", Region::kUnknown, Side::kBilateral), "suggested");
  EXPECT_EQ(with("2026-06-01T10:00:00Z", Region::kLumbar, Side::kUnknown), "suggested");
  EXPECT_EQ(with("2026-06-01T10:00:00Z", Region::kLumbar, Side::kRight), "withheld by G18");
}

TEST(Rules, AblationAfterTheLatestQualifyingBlockIsDone) {
  Case c;
  c.Block("Procedure/b1", "2024-06-01T10:00:00Z", true, Approach::kMedialBranch, "80");
  c.Done(InterventionKind::kRfa, "2024-08-01");
  Proposal proposal = c.Propose();  // whatever the age of the block
  for (const char* rule : {"G07", "G09", "G16", "G17"}) EXPECT_EQ(StateOf(proposal, rule), "done") << rule;
  EXPECT_EQ(StateOf(proposal, "G18"), "suggested");
  c.Block("Procedure/b2", "2026-06-01T10:00:00Z", true, Approach::kMedialBranch, "80");
  proposal = c.Propose();  // the ablation is not after the latest one
  for (const char* rule : {"G07", "G09", "G16", "G17"}) EXPECT_EQ(StateOf(proposal, rule), "suggested") << rule;
}

TEST(Rules, G10SiJointInjection) {
  Case c;
  EXPECT_EQ(State1(c, "G10"), "suggested");
  c.failed().verdict = Verdict::kShortLived;
  EXPECT_EQ(State1(c, "G10"), "consider");
  c.Finding(FindingKind::kSiJointDysfunction);
  EXPECT_EQ(State1(c, "G10"), "suggested");
  Case cervical = c;
  cervical.failed().session.region = Region::kCervical;
  EXPECT_EQ(State1(cervical, "G10"), "not-applicable");
  EXPECT_EQ(State1(cervical, "G13"), "not-applicable");
  Case unknown = c;
  unknown.failed().session.region = Region::kUnknown;
  EXPECT_EQ(State1(unknown, "G10"), "not-applicable");
  Case before = c;
  before.Done(InterventionKind::kSiInjection, kBefore);
  EXPECT_EQ(State1(before, "G10"), "suggested");
  c.Done(InterventionKind::kSiInjection, kAfter);
  EXPECT_EQ(State1(c, "G10"), "done");
}

TEST(Rules, AfterIsDecidedByThePrecision) {
  Case same_day;
  same_day.Done(InterventionKind::kEpidural, "2026-03-05");
  EXPECT_EQ(State1(same_day, "G13"), "consider");
  Case later;
  later.Done(InterventionKind::kEpidural, "2026-03-05T10:00:01Z");
  EXPECT_EQ(State1(later, "G13"), "done");
  Case at_once;
  at_once.Done(InterventionKind::kEpidural, "2026-03-05T10:00:00Z");
  EXPECT_EQ(State1(at_once, "G13"), "consider");
}

TEST(Rules, G13AndG14) {
  Case c;
  EXPECT_EQ(State1(c, "G13"), "consider");
  EXPECT_EQ(State1(c, "G14"), "consider");
  Case root;
  root.Finding(FindingKind::kRadiculopathy);
  EXPECT_EQ(State1(root, "G13"), "suggested");
  Case leg;
  leg.Finding(FindingKind::kLegPain, Region::kUnknown);
  EXPECT_EQ(State1(leg, "G13"), "suggested");
  Case muscle;
  muscle.Finding(FindingKind::kMyofascial);
  EXPECT_EQ(State1(muscle, "G14"), "suggested");
  muscle.Done(InterventionKind::kTriggerPoint, kAfter);
  EXPECT_EQ(State1(muscle, "G14"), "done");
}

TEST(Rules, AFindingCountsWhereActiveAndOfACompatibleRegion) {
  Case inactive;
  inactive.Finding(FindingKind::kMyofascial, Region::kLumbar, false);
  EXPECT_EQ(State1(inactive, "G14"), "consider");
  Case elsewhere;
  elsewhere.Finding(FindingKind::kMyofascial, Region::kCervical);
  EXPECT_EQ(State1(elsewhere, "G14"), "consider");
  Case nowhere;
  nowhere.Finding(FindingKind::kMyofascial, Region::kUnknown);
  EXPECT_EQ(State1(nowhere, "G14"), "suggested");
}

TEST(Rules, LegPainFromTheLatestScoreOfTheLowerLimb) {
  const auto with = [](const std::string& value, const std::string& time) {
    Case c;
    c.Score("leg", value, time);
    c.facts.scores.back().limb_site = true;
    c.facts.scores.back().lower_limb = true;
    return c;
  };
  Case four = with("4", "2026-05-01");
  EXPECT_EQ(State1(four, "G13"), "suggested");
  Case three = with("3.9", "2026-05-01");
  EXPECT_EQ(State1(three, "G13"), "consider");
  Case old = with("9", "2025-11-30");
  EXPECT_EQ(State1(old, "G13"), "consider");
  four.Score("leg2", "1", "2026-06-01");
  four.facts.scores.back().limb_site = true;
  four.facts.scores.back().lower_limb = true;
  EXPECT_EQ(State1(four, "G13"), "consider");
  Case knee = with("9", "2026-05-01");
  knee.facts.scores.back().lower_limb = false;
  EXPECT_EQ(State1(knee, "G13"), "consider");
}

TEST(Rules, G22ToG25AndG41Stimulation) {
  Case none;
  const Proposal nothing = none.Propose();
  for (const char* rule : {"G22", "G23", "G24", "G25", "G41"}) EXPECT_EQ(StateOf(nothing, rule), "not-applicable");

  Case one;
  one.Finding(FindingKind::kChronicPain);
  Proposal proposal = one.Propose();
  for (const char* rule : {"G22", "G23", "G24", "G41"}) EXPECT_EQ(StateOf(proposal, rule), "consider") << rule;

  AddFailed(one);
  proposal = one.Propose();
  EXPECT_EQ(StateOf(proposal, "G22"), "suggested");
  EXPECT_EQ(StateOf(proposal, "G23"), "consider");
  EXPECT_EQ(StateOf(proposal, "G24"), "suggested");
  EXPECT_EQ(StateOf(proposal, "G41"), "suggested");
  EXPECT_EQ(StateOf(proposal, "G25"), "not-applicable");

  Case failures;
  AddFailed(failures);
  EXPECT_EQ(State1(failures, "G22"), "consider");
  EXPECT_EQ(State1(failures, "G23"), "not-applicable");

  Case nerve;
  nerve.Finding(FindingKind::kNeuropathicOrCrps);
  EXPECT_EQ(State1(nerve, "G22"), "consider");
  EXPECT_EQ(State1(nerve, "G23"), "suggested");
  EXPECT_EQ(State1(nerve, "G24"), "suggested");
}

TEST(Rules, TrialAndImplant) {
  Case trial;
  trial.Finding(FindingKind::kNeuropathicOrCrps);
  trial.Done(InterventionKind::kScsLead, "2026-08-01T10:00:00Z");
  Proposal proposal = trial.Propose();
  for (const char* rule : {"G22", "G23", "G24"}) EXPECT_EQ(StateOf(proposal, rule), "done") << rule;
  EXPECT_EQ(StateOf(proposal, "G25"), "consider");
  EXPECT_EQ(StateOf(proposal, "G41"), "not-applicable");

  clinical::PercentRelief relief;
  relief.source = {"Observation/relief", "1"};
  relief.percent = *Decimal::Parse("49.9");
  relief.time = Time("2026-08-05T10:00:00Z");
  relief.linked = {"Procedure/i1"};
  trial.facts.reliefs = {relief};
  EXPECT_EQ(State1(trial, "G25"), "withheld by trial-relief");
  trial.facts.reliefs[0].percent = 50;
  EXPECT_EQ(State1(trial, "G25"), "suggested");

  trial.Done(InterventionKind::kScsGenerator, "2026-09-01");
  EXPECT_EQ(State1(trial, "G25"), "done");

  Case together;  // a lead with its generator on one day is the implant
  together.Done(InterventionKind::kScsLead, "2026-08-01T10:00:00Z");
  together.Done(InterventionKind::kScsGenerator, "2026-08-01T10:30:00Z");
  EXPECT_EQ(State1(together, "G24"), "done");
  EXPECT_NE(Of(together.Propose(), "G24").reason.find("implanted"), std::string::npos);
}

TEST(Rules, G26SurgicalConsultation) {
  Case none;
  EXPECT_EQ(State1(none, "G26"), "not-applicable");
  for (const FindingKind kind : {FindingKind::kSpondylolisthesisOrInstability, FindingKind::kDeformity,
                                 FindingKind::kStenosis, FindingKind::kDiscHerniation}) {
    Case c;
    c.Finding(kind);
    EXPECT_EQ(State1(c, "G26"), "suggested");
  }
  for (const FindingKind kind : {FindingKind::kFacetArthropathy, FindingKind::kRadiculopathy}) {
    Case c;
    c.Finding(kind);
    EXPECT_EQ(State1(c, "G26"), "consider");
  }
}

void Exhaust(Case& c) {
  c.Done(InterventionKind::kPhysicalTherapy, "2026-04-01");
  c.Done(InterventionKind::kPhysicalTherapy, "2026-04-29");
}

TEST(Rules, SurgicalTopicsAreWithheldUntilConservativeCareIsExhausted) {
  Case c;
  c.Finding(FindingKind::kFacetArthropathy);
  c.Finding(FindingKind::kSpondylolisthesisOrInstability);
  c.Finding(FindingKind::kStenosisClaudication);
  c.Finding(FindingKind::kRadiculopathy);
  AddFailed(c);
  Proposal proposal = c.Propose();
  for (const char* rule : {"G27", "G28", "G29", "G30"}) EXPECT_EQ(StateOf(proposal, rule), "withheld by G31") << rule;
  EXPECT_EQ(StateOf(proposal, "G31"), "suggested");

  Case half = c;  // one visit, or two that are too close
  half.Done(InterventionKind::kPhysicalTherapy, "2026-04-01");
  half.Done(InterventionKind::kPhysicalTherapy, "2026-04-28");
  proposal = half.Propose();
  for (const char* rule : {"G27", "G28", "G29", "G30"}) EXPECT_EQ(StateOf(proposal, rule), "consider") << rule;
  EXPECT_EQ(StateOf(proposal, "G31"), "suggested");

  Exhaust(c);
  proposal = c.Propose();
  for (const char* rule : {"G27", "G28", "G29", "G30"}) EXPECT_EQ(StateOf(proposal, rule), "suggested") << rule;
  EXPECT_EQ(StateOf(proposal, "G31"), "done");

  c.Done(InterventionKind::kFusion, kAfter);
  c.Done(InterventionKind::kLaminectomy, kAfter);
  c.Done(InterventionKind::kForaminotomy, kAfter);
  proposal = c.Propose();
  for (const char* rule : {"G27", "G28", "G29", "G30"}) EXPECT_EQ(StateOf(proposal, rule), "done") << rule;
}

TEST(Rules, SurgicalTopicsNeedTheirFindings) {
  Case stenosis;
  stenosis.Finding(FindingKind::kStenosis);
  Exhaust(stenosis);
  Proposal proposal = stenosis.Propose();
  EXPECT_EQ(StateOf(proposal, "G27"), "not-applicable");
  EXPECT_EQ(StateOf(proposal, "G28"), "not-applicable");
  EXPECT_EQ(StateOf(proposal, "G29"), "consider");
  EXPECT_EQ(StateOf(proposal, "G30"), "not-applicable");
  stenosis.Done(InterventionKind::kEpidural, kBefore);
  EXPECT_EQ(State1(stenosis, "G28"), "consider");

  Case slip;  // G27 needs two failed sessions
  slip.Finding(FindingKind::kFacetArthropathy);
  slip.Finding(FindingKind::kSpondylolisthesisOrInstability);
  Exhaust(slip);
  EXPECT_EQ(State1(slip, "G27"), "not-applicable");
  EXPECT_EQ(State1(slip, "G28"), "suggested");
  AddFailed(slip);
  EXPECT_EQ(State1(slip, "G27"), "suggested");

  Case before;  // what happened before the failed session is not done
  before.Finding(FindingKind::kDeformity);
  Exhaust(before);
  before.Done(InterventionKind::kFusion, kBefore);
  EXPECT_EQ(State1(before, "G28"), "suggested");

  // Exhausted by two failed sessions, but without a surgical finding.
  Case root;
  root.Finding(FindingKind::kRadiculopathy);
  root.Done(InterventionKind::kEpidural, kBefore);
  AddFailed(root);
  Exhaust(root);
  proposal = root.Propose();
  EXPECT_EQ(StateOf(proposal, "G31"), "suggested");
  EXPECT_EQ(StateOf(proposal, "G28"), "withheld by G31");
}

TEST(Rules, ConservativeCareLooksBack24Months) {
  Case c;
  c.Finding(FindingKind::kStenosis);
  c.Done(InterventionKind::kPhysicalTherapy, "2024-11-30");
  c.Done(InterventionKind::kPhysicalTherapy, "2026-04-29");
  EXPECT_EQ(State1(c, "G31"), "suggested");
  c.Done(InterventionKind::kPhysicalTherapy, "2024-12-01");
  EXPECT_EQ(State1(c, "G31"), "done");
}

TEST(Rules, G34AndG35) {
  Case c;
  EXPECT_EQ(State1(c, "G34"), "suggested");
  EXPECT_EQ(State1(c, "G35"), "consider");
  Case mood = c;
  mood.Finding(FindingKind::kAnxietyDepressionOrFearAvoidance, Region::kUnknown);
  EXPECT_EQ(State1(mood, "G35"), "suggested");
  clinical::Screen screen{{"Observation/phq", "1"}, clinical::ScreenKind::kPhq9, 10, Time("2026-05-01")};
  Case screened = c;
  screened.facts.screens = {screen};
  EXPECT_EQ(State1(screened, "G35"), "suggested");
  screened.facts.screens[0].value = 9;
  EXPECT_EQ(State1(screened, "G35"), "consider");
  screened.facts.screens[0].value = 20;
  screen.value = 3;
  screen.time = Time("2026-06-01");
  screened.facts.screens.push_back(screen);  // the latest of each speaks
  EXPECT_EQ(State1(screened, "G35"), "consider");
  c.Done(InterventionKind::kPainEducation, kAfter);
  c.Done(InterventionKind::kPsychologicalTherapy, kAfter);
  EXPECT_EQ(State1(c, "G34"), "done");
  EXPECT_EQ(State1(c, "G35"), "done");
}

TEST(Rules, G37RepeatWhereNothingHelped) {
  Case c;
  EXPECT_EQ(State1(c, "G37"), "not-applicable");  // 12.5 %
  c.failed().best = Case::Pain("f1", "7.3", "2026-03-26T10:00:00Z", 21, "8.8");
  EXPECT_EQ(State1(c, "G37"), "consider");
  Case later = c;
  later.Insert(Case::NoResponse("Procedure/pr9", "2026-06-05T10:00:00Z"));
  EXPECT_EQ(State1(later, "G37"), "not-applicable");
  Case denied = c;
  denied.policy.repeat_allowed = false;
  EXPECT_EQ(State1(denied, "G37"), "withheld by policy");
  Case lived = c;
  lived.failed().verdict = Verdict::kShortLived;
  lived.policy.repeat_allowed = false;
  EXPECT_EQ(State1(lived, "G37"), "not-applicable");
  Case again = c;
  AddFailed(again);
  EXPECT_EQ(State1(again, "G37"), "consider");  // the earlier one gave 12.5 %
  again.judgements[0].best = Case::Pain("f0", "8", "2026-01-26T10:00:00Z", 21, "0");
  EXPECT_EQ(State1(again, "G37"), "withheld by once-per-course");
}

TEST(Rules, TheExactReliefIsComparedNotTheRoundedOne) {
  Case c;  // 10.04 % prints as 10.0, 9.96 % too
  c.failed().baseline = Case::Pain("b", "8.30", "2026-03-05T09:00:00Z", 0);
  c.failed().best = Case::Pain("f1", "7.473", "2026-03-26T10:00:00Z", 21, "10.0");
  EXPECT_EQ(State1(c, "G37"), "consider");
}

TEST(Rules, G15AndG38FollowWhatTheyChoose) {
  Case c;
  c.Done(InterventionKind::kMri, kBefore);
  c.Done(InterventionKind::kCt, kBefore);
  EXPECT_EQ(State1(c, "G38"), "suggested");
  c.Done(InterventionKind::kSpect, kBefore);
  EXPECT_EQ(State1(c, "G38"), "not-applicable");

  Case neck;
  neck.failed().session.region = Region::kCervical;
  neck.Block("Procedure/b1", "2026-06-01T10:00:00Z", false, Approach::kMedialBranch, "20");
  neck.judgements.back().session.region = Region::kCervical;
  neck.Done(InterventionKind::kTriggerPoint, kAfter);
  EXPECT_EQ(State1(neck, "G15"), "not-applicable");
}

TEST(Rules, AnActiveOrderMakesSuggestedConsider) {
  Case c;
  c.Ordered(InterventionKind::kMri, "2026-06-01");
  EXPECT_EQ(State1(c, "G03"), "consider");
  EXPECT_EQ(Of(c.Propose(), "G03").reason, "ordered");
  Case old;
  old.Ordered(InterventionKind::kMri, "2026-05-31");
  EXPECT_EQ(State1(old, "G03"), "suggested");
  Case neck;
  neck.Ordered(InterventionKind::kMri, "2026-11-01", Region::kCervical);
  EXPECT_EQ(State1(neck, "G03"), "suggested");
  Case several;
  several.Block("Procedure/b1", "2026-06-01T10:00:00Z", true, Approach::kMedialBranch, "80");
  several.Ordered(InterventionKind::kRfa, "2026-11-01");
  several.Ordered(InterventionKind::kSiInjection, "2026-11-01");
  several.Ordered(InterventionKind::kPainEducation, "2026-11-01");
  several.Ordered(InterventionKind::kPhysicalTherapy, "2026-11-01");
  const Proposal proposal = several.Propose();
  for (const char* rule : {"G07", "G09", "G16", "G17", "G10", "G34"}) {
    EXPECT_EQ(StateOf(proposal, rule), "consider") << rule;
    EXPECT_EQ(Of(proposal, rule).reason, "ordered") << rule;
  }
  EXPECT_EQ(StateOf(proposal, "G32"), "suggested");  // has no done column
}

TEST(Rules, AnOrderedFacetSessionMakesTheBlockConsider) {
  Case c;
  c.Finding(FindingKind::kFacetArthropathy);
  EXPECT_EQ(State1(c, "G06"), "suggested");
  EXPECT_EQ(State1(c, "G08"), "suggested");
  Case old = c;
  old.Ordered(InterventionKind::kFacetSession, "2026-05-31");
  EXPECT_EQ(State1(old, "G08"), "suggested");
  Case neck = c;
  neck.Ordered(InterventionKind::kFacetSession, "2026-11-01", Region::kCervical);
  EXPECT_EQ(State1(neck, "G08"), "suggested");
  c.Ordered(InterventionKind::kFacetSession, "2026-06-01");
  const Proposal proposal = c.Propose();
  for (const char* rule : {"G06", "G08"}) {
    EXPECT_EQ(StateOf(proposal, rule), "consider") << rule;
    EXPECT_EQ(Of(proposal, rule).reason, "ordered") << rule;
  }
  c.Block("Procedure/b1", "2026-06-02T10:00:00Z", true, Approach::kMedialBranch, "80");
  EXPECT_EQ(State1(c, "G06"), "done");
}

TEST(Rules, RedFlagsHaveTheirTerms) {
  Case inactive;
  inactive.Finding(FindingKind::kRedFlag, Region::kCervical, false);
  EXPECT_EQ(State1(inactive, "G32"), "suggested");
  const auto fracture = [](const char* onset, const char* recorded) {
    Case c;
    c.Finding(FindingKind::kRedFlag);
    c.facts.findings[0].fracture_code = true;
    if (onset != nullptr) c.facts.findings[0].onset = Time(onset);
    if (recorded != nullptr) c.facts.findings[0].recorded = Time(recorded);
    return c;
  };
  Case fresh = fracture("2025-12-01", nullptr);
  EXPECT_EQ(State1(fresh, "G32"), "withheld by red-flag");
  Case old = fracture("2025-11-30", "2026-11-01");
  EXPECT_EQ(State1(old, "G32"), "suggested");
  EXPECT_EQ(State1(old, "G04"), "suggested");  // f:fracture
  Case recorded = fracture(nullptr, "2026-11-01");
  EXPECT_EQ(State1(recorded, "G32"), "withheld by red-flag");
  Case undated = fracture(nullptr, nullptr);
  EXPECT_EQ(State1(undated, "G32"), "withheld by red-flag");
  Case vague = fracture("2025", nullptr);
  EXPECT_EQ(State1(vague, "G32"), "withheld by red-flag");
}

}  // namespace
}  // namespace facet::guide
