// The stable texts of the operator's contract, one table an enum: name and back.
#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/clinical/policy.hpp"

#include <array>
#include <span>

namespace facet::clinical {
namespace {

// Entry i is the name of enumerator i.
constexpr std::string_view kRegions[] = {"unknown", "cervical", "thoracic", "lumbar", "cervicothoracic"};
constexpr std::string_view kSides[] = {"unknown", "left", "right", "bilateral"};
constexpr std::string_view kApproaches[] = {"unknown", "intra-articular", "medial-branch"};
constexpr std::string_view kIntents[] = {"therapeutic", "diagnostic"};
constexpr std::string_view kIntentReasons[] = {"kx", "category", "text", "drugs", "default"};
constexpr std::string_view kInterventions[] = {
    "rfa",
    "si-injection",
    "si-rfa",
    "si-fusion",
    "epidural",
    "trigger-point",
    "scs-trial",
    "scs-implant",
    "scs-lead",
    "scs-generator",
    "fusion",
    "laminectomy",
    "foraminotomy",
    "mri",
    "ct",
    "spect",
    "physical-therapy",
    "psychological-therapy",
    "pain-education",
    "facet-session",
};
constexpr std::string_view kSettings[] = {"unknown", "spine", "ambulatory", "unrelated"};
constexpr std::string_view kInstruments[] = {"nrs", "vas-10", "vas-100", "faces", "nrs-week", "percent-relief",
                                             "odi", "ndi",    "peg",     "bpi"};
constexpr std::string_view kFindings[] = {
    "radiculopathy",
    "stenosis",
    "stenosis-claudication",
    "disc-herniation",
    "spondylolisthesis-or-instability",
    "si-joint-dysfunction",
    "myofascial",
    "chronic-pain",
    "neuropathic-or-crps",
    "anxiety-depression-or-fear-avoidance",
    "facet-arthropathy",
    "leg-pain",
    "deformity",
    "fracture",
    "red-flag",
};
constexpr std::string_view kCautions[] = {
    "anticoagulant",    "coagulopathy",    "local-anaesthetic-allergy", "contrast-allergy", "steroid-allergy",
    "active-infection", "cardiac-implant", "neurostimulator",           "pregnancy",        "prior-fusion",
};
constexpr std::string_view kScreens[] = {"phq-9", "gad-7"};
constexpr std::string_view kRejections[] = {
    "out-of-range", "comparator", "data-absent", "status",     "preliminary",   "entered-in-error", "unit",
    "not-a-number", "no-value",   "no-time",     "no-patient", "unmapped-code", "invalid",
};
constexpr std::string_view kVerdicts[] = {"positive-block", "negative-block", "short-lived",   "wore-off",
                                          "durable-relief", "no-response",    "indeterminate", "pending"};
constexpr std::string_view kReasons[] = {"intent-unknown", "no-baseline",    "low-baseline", "mixed-instruments",
                                         "contradictory",  "imprecise-time", "confounded",   "no-follow-up"};
constexpr std::string_view kMeasures[] = {"pain", "function"};
constexpr std::string_view kDoubts[] = {"intent-unknown", "setting-unknown", "site-unknown",    "side-unknown",
                                        "single-reading", "date-only",       "scores-disagree", "not-checked"};
constexpr std::string_view kConfirms[] = {"settled", "first", "two-readings", "window-end"};

template <class Enum>
struct Names;

// Ties an enum to its table; the last enumerator proves that the table is complete.
#define FACET_NAMES(Enum, table, last)                                                                                 \
  static_assert(std::size(table) == static_cast<std::size_t>(Enum::last) + 1);                                         \
  template <>                                                                                                          \
  struct Names<Enum> {                                                                                                 \
    static constexpr std::span<const std::string_view> kTable{table};                                                  \
  }

FACET_NAMES(Region, kRegions, kCervicothoracic);
FACET_NAMES(Side, kSides, kBilateral);
FACET_NAMES(Approach, kApproaches, kMedialBranch);
FACET_NAMES(Intent, kIntents, kDiagnostic);
FACET_NAMES(IntentReason, kIntentReasons, kDefault);
FACET_NAMES(InterventionKind, kInterventions, kFacetSession);
FACET_NAMES(Setting, kSettings, kUnrelated);
FACET_NAMES(Instrument, kInstruments, kBpi);
FACET_NAMES(FindingKind, kFindings, kRedFlag);
FACET_NAMES(CautionKind, kCautions, kPriorFusion);
FACET_NAMES(ScreenKind, kScreens, kGad7);
FACET_NAMES(RejectReason, kRejections, kInvalid);
FACET_NAMES(Verdict, kVerdicts, kPending);
FACET_NAMES(Reason, kReasons, kNoFollowUp);
FACET_NAMES(Measure, kMeasures, kFunction);
FACET_NAMES(Doubt, kDoubts, kNotChecked);
FACET_NAMES(Confirm, kConfirms, kWindowEnd);
#undef FACET_NAMES

template <class Enum>
std::string_view Look(Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < Names<Enum>::kTable.size() ? Names<Enum>::kTable[index] : std::string_view();
}

}  // namespace

template <class Enum>
std::optional<Enum> FromName(std::string_view name) noexcept {
  for (std::size_t i = 0; i < Names<Enum>::kTable.size(); ++i) {
    if (Names<Enum>::kTable[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

#define FACET_NAMED(Enum)                                                                                              \
  std::string_view NameOf(Enum value) noexcept { return Look(value); }                                                 \
  template std::optional<Enum> FromName<Enum>(std::string_view) noexcept;
FACET_NAMED(Region)
FACET_NAMED(Side)
FACET_NAMED(Approach)
FACET_NAMED(Intent)
FACET_NAMED(IntentReason)
FACET_NAMED(InterventionKind)
FACET_NAMED(Setting)
FACET_NAMED(Instrument)
FACET_NAMED(FindingKind)
FACET_NAMED(CautionKind)
FACET_NAMED(ScreenKind)
FACET_NAMED(RejectReason)
FACET_NAMED(Verdict)
FACET_NAMED(Reason)
FACET_NAMED(Measure)
FACET_NAMED(Doubt)
FACET_NAMED(Confirm)
#undef FACET_NAMED

}  // namespace facet::clinical
