#include "adapter/mapping/fact_lines.hpp"

#include "adapter/json/writer.hpp"
#include "adapter/mapping/extract/pass.hpp"

#include <optional>
#include <utility>

namespace facet::mapping {
namespace {

using clinical::ClinicalTime;
using clinical::NameOf;

class Lines {
 public:
  explicit Lines(std::string& out) : out_(out) {}

  template <class Fact, class Body>
  void Add(std::string_view name, const std::vector<Fact>& facts, Body&& body) {
    for (const Fact& fact : facts) One(name, fact.source, [&](json::Writer& writer) { body(writer, fact); });
  }
  template <class Body>
  void One(std::string_view name, const clinical::Source& source, Body&& body) {
    json::Writer writer;
    writer.Object([&] {
      writer.Member("fact", name);
      writer.Member("resource", source.resource);
      Text(writer, "version", source.version);
      body(writer);
    });
    out_ += std::move(writer).Take();
    out_ += '\n';
  }

  static void Text(json::Writer& writer, std::string_view key, std::string_view text) {
    writer.Key(key);
    if (text.empty()) {
      writer.Null();
    } else {
      writer.String(text);
    }
  }
  static void Time(json::Writer& writer, std::string_view key, const std::optional<ClinicalTime>& time) {
    Text(writer, key, time ? std::string_view(time->written.text) : std::string_view{});
  }
  static void Texts(json::Writer& writer, std::string_view key, const std::vector<std::string>& list) {
    writer.Key(key).Array([&] {
      for (const std::string& text : list) writer.String(text);
    });
  }

 private:
  std::string& out_;
};

void AddProcedures(Lines& lines, const clinical::PatientFacts& facts) {
  lines.Add("facet-procedure", facts.procedures, [](json::Writer& w, const clinical::FacetProcedure& fact) {
    Lines::Time(w, "start", fact.start);
    Lines::Time(w, "end", fact.end);
    w.Member("region", NameOf(fact.region)).Member("side", NameOf(fact.side)).Member("add_on", fact.add_on);
    w.Member("approach", NameOf(fact.approach));
    Lines::Text(w, "intent", fact.intent ? NameOf(*fact.intent) : std::string_view{});
    Lines::Text(w, "intent_reason", fact.intent ? NameOf(fact.intent_reason) : std::string_view{});
    w.Member("steroid_used", fact.steroid_used).Member("anaesthetic_used", fact.anaesthetic_used);
    Lines::Text(w, "encounter", fact.encounter);
  });
  lines.Add("intervention", facts.interventions, [](json::Writer& w, const clinical::Intervention& fact) {
    w.Member("kind", NameOf(fact.kind)).Member("region", NameOf(fact.region)).Member("side", NameOf(fact.side));
    Lines::Time(w, "time", fact.time);
    w.Member("order", fact.order);
    Lines::Text(w, "encounter", fact.encounter);
  });
  lines.Add("other-procedure", facts.other_procedures, [](json::Writer& w, const clinical::OtherProcedure& fact) {
    Lines::Time(w, "start", fact.start);
    Lines::Text(w, "encounter", fact.encounter);
  });
  lines.Add("nerve-block-guidance", facts.nerve_blocks, [](json::Writer& w, const clinical::NerveBlockGuidance& fact) {
    Lines::Time(w, "time", fact.time);
    w.Member("region", NameOf(fact.region));
  });
  lines.Add("reason-reference", facts.reason_references, [](json::Writer& w, const clinical::ReasonReference& fact) {
    Lines::Texts(w, "conditions", fact.conditions);
  });
  lines.Add("drug-given", facts.drugs, [](json::Writer& w, const clinical::DrugGiven& fact) {
    w.Member("procedure", fact.procedure).Member("steroid", fact.steroid).Member("anaesthetic", fact.anaesthetic);
  });
  lines.Add("drug-reference", facts.drug_references, [](json::Writer& w, const clinical::DrugReference& fact) {
    Lines::Text(w, "medication", fact.medication);
    Lines::Texts(w, "procedures", fact.procedures);
  });
  lines.Add("medication", facts.medications, [](json::Writer& w, const clinical::Medication& fact) {
    w.Key("codes").Array([&] {
      for (const clinical::Coding& coding : fact.codes) w.String(coding.system + "|" + coding.code);
    });
  });
}

void AddReadings(Lines& lines, const clinical::PatientFacts& facts) {
  lines.Add("pain-score", facts.scores, [](json::Writer& w, const clinical::PainScore& fact) {
    w.Member("instrument", NameOf(fact.instrument)).Member("value", fact.value);
    Lines::Time(w, "time", fact.time);
    w.Member("issued", fact.time.issued).Member("region", NameOf(fact.region));
    w.Member("spine_site", fact.spine_site).Member("limb_site", fact.limb_site);
    w.Member("lower_limb", fact.lower_limb).Member("not_cervical", fact.not_cervical);
    Lines::Text(w, "encounter", fact.encounter);
    Lines::Texts(w, "linked", fact.linked);
    w.Member("preliminary", fact.preliminary);
  });
  lines.Add("percent-relief", facts.reliefs, [](json::Writer& w, const clinical::PercentRelief& fact) {
    w.Member("percent", fact.percent);
    Lines::Time(w, "time", fact.time);
    Lines::Texts(w, "linked", fact.linked);
    w.Member("preliminary", fact.preliminary);
  });
  lines.Add("function-score", facts.functions, [](json::Writer& w, const clinical::FunctionScore& fact) {
    w.Member("instrument", NameOf(fact.instrument)).Member("value", fact.value);
    Lines::Text(w, "unit", fact.unit);
    Lines::Time(w, "time", fact.time);
    w.Member("preliminary", fact.preliminary);
  });
  lines.Add("screen", facts.screens, [](json::Writer& w, const clinical::Screen& fact) {
    w.Member("kind", NameOf(fact.kind)).Member("value", fact.value);
    Lines::Time(w, "time", fact.time);
  });
}

void AddContext(Lines& lines, const clinical::PatientFacts& facts) {
  lines.Add("finding", facts.findings, [](json::Writer& w, const clinical::Finding& fact) {
    w.Member("kind", NameOf(fact.kind)).Member("region", NameOf(fact.region)).Member("active", fact.active);
    Lines::Time(w, "onset", fact.onset);
    Lines::Time(w, "recorded", fact.recorded);
    w.Member("fracture_code", fact.fracture_code);
  });
  lines.Add("condition-region", facts.condition_regions, [](json::Writer& w, const clinical::ConditionRegion& fact) {
    w.Member("region", NameOf(RegionOf(fact.parts)));
  });
  lines.Add("caution", facts.cautions, [](json::Writer& w, const clinical::Caution& fact) {
    w.Member("kind", NameOf(fact.kind)).Member("active", fact.active);
    Lines::Text(w, "label", fact.label);
  });
  lines.Add("encounter", facts.encounters, [](json::Writer& w, const clinical::EncounterFact& fact) {
    Lines::Text(w, "class", fact.class_code);
    w.Member("setting", NameOf(fact.setting));
  });
  if (!facts.patient.present) return;
  lines.One("patient", facts.patient.source, [&facts](json::Writer& w) {
    const clinical::PatientFact& fact = facts.patient;
    w.Member("deceased", fact.deceased).Member("active", fact.active);
    w.Member("test_patient", fact.test_patient).Member("restricted", fact.restricted);
    Lines::Text(w, "birth_date", fact.birth_date ? std::string_view(fact.birth_date->text) : std::string_view{});
    Lines::Texts(w, "replaced_by", fact.replaced_by);
    Lines::Texts(w, "replaces", fact.replaces);
  });
}

}  // namespace

void AppendFactLines(const Extraction& extraction, std::string& out) {
  Lines lines(out);
  AddProcedures(lines, extraction.facts);
  AddReadings(lines, extraction.facts);
  AddContext(lines, extraction.facts);
  lines.Add("rejected", extraction.rejections, [](json::Writer& w, const clinical::Rejection& rejection) {
    w.Member("reason", NameOf(rejection.reason));
  });
}

}  // namespace facet::mapping
