// Content -> CarePlan (R4, profile careplan-proposal) and Provenance. Members are written in a fixed order: same
// content, same bytes.
#include "adapter/base/digest.hpp"
#include "adapter/guide/content.hpp"
#include "adapter/json/writer.hpp"

#include <algorithm>

namespace facet::guide {

namespace {

constexpr std::string_view kBase = "https://facet-adapter.org/fhir/";

std::string Url(std::string_view path) { return std::string(kBase) + std::string(path); }

std::string Extension(std::string_view name) { return Url("StructureDefinition/") + std::string(name); }

// Reference.reference of one of the types that an element allows (FHIR R4 §8.16, CarePlan.activity.detail).
bool IsOfType(std::string_view reference, std::initializer_list<std::string_view> types) {
  const std::string_view type = reference.substr(0, reference.find('/'));
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::string WithoutVersion(const std::string& reference) { return reference.substr(0, reference.find("/_history/")); }

void WriteReference(json::Writer& writer, std::string_view key, const std::string& reference) {
  writer.Key(key).Object([&] { writer.Member("reference", reference); });
}

void WriteProfile(json::Writer& writer, std::string_view name) {
  writer.Key("meta").Object([&] { writer.Key("profile").Array([&] { writer.String(Extension(name)); }); });
}

// The author is a contained Device: it travels with the resource, so that servers which insist on existing targets
// accept it and no Device has to be created first.
void WriteDevice(json::Writer& writer, const Content& content) {
  writer.Key("contained").Array([&] {
    writer.Object([&] {
      writer.Member("resourceType", "Device").Member("id", "adapter");
      writer.Key("identifier").Array([&] {
        writer.Object([&] {
          writer.Member("system", Url("identifier/adapter"));
          writer.Member("value", content.settings.system_id.empty() ? "facet-adapter" : content.settings.system_id);
        });
      });
      writer.Member("status", "active");
      writer.Key("deviceName").Array([&] {
        writer.Object([&] { writer.Member("name", "facet-adapter").Member("type", "user-friendly-name"); });
      });
      writer.Key("type").Object([&] { writer.Member("text", "Clinical decision support software"); });
      if (!content.adapter_version.empty()) {
        writer.Key("version").Array([&] { writer.Object([&] { writer.Member("value", content.adapter_version); }); });
      }
    });
  });
}

void WritePolicy(json::Writer& writer, const clinical::Policy& policy) {
  const auto part = [&](std::string_view url, std::string_view value) {
    if (!value.empty()) writer.Object([&] { writer.Member("url", url).Member("valueString", value); });
  };
  writer.Object([&] {
    writer.Member("url", Extension("policy"));
    writer.Key("extension").Array([&] {
      part("name", policy.name);
      part("version", policy.version);
      part("hash", policy.hash);
      part("approvedBy", policy.approved_by);
    });
  });
}

// Guards are suggestions that no activity carries: "no ablation before ...", "no surgery first".
void WriteExtensions(json::Writer& writer, const Content& content) {
  writer.Key("extension").Array([&] {
    WritePolicy(writer, content.policy);
    for (const Suggestion& suggestion : content.suggestions) {
      const Rule* rule = content.model.FindRule(suggestion.rule);
      if (suggestion.state != State::kSuggested || rule == nullptr || !rule->activity.empty()) continue;
      writer.Object([&] { writer.Member("url", Extension("rule")).Member("valueCode", suggestion.rule); });
    }
  });
}

void WriteSource(json::Writer& writer, const CitedSource& source) {
  const std::size_t history = source.reference.find("/_history/");
  writer.Object([&] {
    writer.Key("extension").Array([&] {
      writer.Object([&] {
        writer.Member("url", Extension("cited-version"));
        writer.Key("extension").Array([&] {
          writer.Object([&] { writer.Member("url", "role").Member("valueCode", source.role); });
          if (history != std::string::npos) {
            const std::string version = source.reference.substr(history + std::string_view("/_history/").size());
            writer.Object([&] { writer.Member("url", "version").Member("valueString", version); });
          }
          if (!source.value.empty()) {
            writer.Object([&] { writer.Member("url", "value").Member("valueString", source.value); });
          }
        });
      });
    });
    writer.Member("reference", source.reference);
  });
}

void WriteCautions(json::Writer& writer, const ActivityUse& use) {
  std::vector<std::string> seen;
  for (const Suggestion* suggestion : use.suggestions) {
    for (const CautionText& caution : suggestion->cautions) {
      const std::string key = caution.kind + "|" + caution.evidence + "|" + caution.text;
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
      seen.push_back(key);
      writer.Object([&] {
        writer.Key("extension").Array([&] {
          writer.Object([&] { writer.Member("url", "kind").Member("valueCode", caution.kind); });
          writer.Object([&] { writer.Member("url", "text").Member("valueString", caution.text); });
          if (!caution.evidence.empty()) {
            writer.Object([&] {
              writer.Member("url", "evidence");
              WriteReference(writer, "valueReference", caution.evidence);
            });
          }
        });
        writer.Member("url", Extension("caution"));
      });
    }
  }
}

// What the activity says by itself, for readers that know no extension: description, reasons, cautions.
std::string Description(const Content& content, const ActivityUse& use) {
  std::string text = use.activity->description;
  for (const Suggestion* suggestion : use.suggestions) {
    const Rule* rule = content.model.FindRule(suggestion->rule);
    ADAPTER_CHECK(rule != nullptr);
    text += " " + rule->id + " (guide, " + rule->section + "): " + suggestion->reason + ".";
    for (const std::string& annotation : suggestion->annotations) text += " Policy note: " + annotation + ".";
  }
  std::vector<std::string> seen;
  for (const Suggestion* suggestion : use.suggestions) {
    for (const CautionText& caution : suggestion->cautions) {
      if (std::find(seen.begin(), seen.end(), caution.text) != seen.end()) continue;
      seen.push_back(caution.text);
      text += " Caution: " + caution.text + ".";
    }
  }
  return text;
}

References ReasonReferences(const Content& content, const ActivityUse& use) {
  References references;
  for (const Suggestion* suggestion : use.suggestions) {
    for (const std::string& reference : suggestion->evidence) {
      if (IsOfType(reference, {"Condition", "Observation", "DiagnosticReport"})) Merge(references, {reference});
    }
  }
  const auto& reading = content.judgement.best ? content.judgement.best : content.judgement.latest;
  if (references.empty() && reading) references.push_back(VersionedReference(reading->source));
  return references;
}

void WriteActivity(json::Writer& writer, const Content& content, const ActivityUse& use) {
  writer.Object([&] {
    writer.Key("detail").Object([&] {
      writer.Key("extension").Array([&] {
        for (const Suggestion* suggestion : use.suggestions) {
          writer.Object([&] { writer.Member("url", Extension("rule")).Member("valueCode", suggestion->rule); });
        }
        WriteCautions(writer, use);
      });
      writer.Member("kind", use.activity->kind);
      writer.Key("instantiatesCanonical").Array([&] { writer.String(use.activity->canonical); });
      writer.Key("code").Raw(use.activity->code);
      writer.Key("reasonCode").Array([&] {
        std::vector<std::string> seen;
        for (const Suggestion* suggestion : use.suggestions) {
          if (std::find(seen.begin(), seen.end(), suggestion->reason) != seen.end()) continue;
          seen.push_back(suggestion->reason);
          writer.Object([&] { writer.Member("text", suggestion->reason); });
        }
      });
      if (const References references = ReasonReferences(content, use); !references.empty()) {
        writer.Key("reasonReference").Array([&] {
          for (const std::string& reference : references) {
            writer.Object([&] { writer.Member("reference", reference); });
          }
        });
      }
      writer.Member("status", "not-started");
      writer.Member("description", Description(content, use));
    });
  });
}

void WriteIdentity(json::Writer& writer, const Content& content) {
  const Request& request = content.request;
  writer.Key("identifier").Array([&] {
    writer.Object([&] {
      std::string value = request.episode_id;
      if (request.revision > 1) value += "." + std::to_string(request.revision);
      writer.Member("system", Url("identifier/episode")).Member("value", value);
    });
  });
  writer.Key("instantiatesCanonical").Array([&] { writer.String(content.model.canonical); });
  if (!request.replaces.empty()) {
    writer.Key("replaces").Array([&] { writer.Object([&] { writer.Member("reference", request.replaces); }); });
  }
  writer.Member("status", content.settings.careplan_status).Member("intent", "proposal");
  writer.Key("category").Array([&] {
    writer.Object([&] {
      writer.Key("coding").Array([&] {
        writer.Object([&] {
          writer.Member("system", "http://hl7.org/fhir/us/core/CodeSystem/careplan-category");
          writer.Member("code", "assess-plan");
        });
      });
    });
  });
}

References Addresses(const Content& content) {
  References conditions;
  for (const Suggestion& suggestion : content.suggestions) {
    if (suggestion.state != State::kSuggested && suggestion.state != State::kConsider) continue;
    for (const std::string& reference : suggestion.evidence) {
      if (IsOfType(reference, {"Condition"})) Merge(conditions, {WithoutVersion(reference)});
    }
  }
  return conditions;
}

}  // namespace

std::vector<CitedSource> SourcesOf(const Content& content) {
  std::vector<CitedSource> sources;
  const auto add = [&](const std::string& reference, std::string_view role, const std::string& value) {
    const bool known =
        std::any_of(sources.begin(), sources.end(), [&](const auto& s) { return s.reference == reference; });
    if (!known && !reference.empty()) sources.push_back({reference, std::string(role), value});
  };
  const clinical::Judgement& judgement = content.judgement;
  for (const clinical::Source& source : judgement.session.procedures) add(VersionedReference(source), "procedure", "");
  if (judgement.baseline)
    add(VersionedReference(judgement.baseline->source), "baseline", ValueText(*judgement.baseline));
  if (judgement.best) add(VersionedReference(judgement.best->source), "best", ValueText(*judgement.best));
  if (judgement.latest) add(VersionedReference(judgement.latest->source), "latest", ValueText(*judgement.latest));
  for (const Suggestion& suggestion : content.suggestions) {
    if (suggestion.state == State::kNotApplicable) continue;
    for (const std::string& reference : suggestion.evidence) add(reference, "evidence", "");
    for (const CautionText& caution : suggestion.cautions) add(caution.evidence, "caution", caution.kind);
  }
  return sources;
}

std::string WriteCarePlan(const Content& content, const std::vector<CitedSource>& sources) {
  json::Writer writer;
  writer.Object([&] {
    writer.Member("resourceType", "CarePlan");
    writer.Member("id", CarePlanIdFor(content.request.episode_id, content.request.revision));
    WriteProfile(writer, "careplan-proposal");
    writer.Member("language", "en");
    writer.Key("text").Object([&] { writer.Member("status", "generated").Member("div", WriteNarrative(content)); });
    WriteDevice(writer, content);
    WriteExtensions(writer, content);
    WriteIdentity(writer, content);
    writer.Member("title", TitleOf(content)).Member("description", SummaryOf(content));
    WriteReference(writer, "subject", content.request.patient);
    if (!content.as_of.empty()) writer.Member("created", content.as_of);
    WriteReference(writer, "author", "#adapter");
    if (const References conditions = Addresses(content); !conditions.empty()) {
      writer.Key("addresses").Array([&] {
        for (const std::string& condition : conditions) {
          writer.Object([&] { writer.Member("reference", condition); });
        }
      });
    }
    writer.Key("supportingInfo").Array([&] {
      for (const CitedSource& source : sources) WriteSource(writer, source);
    });
    const auto most = static_cast<std::size_t>(std::max(0, content.policy.activities_max));
    const std::size_t count = std::min(most, content.activities.size());
    if (count > 0) {
      writer.Key("activity").Array([&] {
        for (std::size_t i = 0; i < count; ++i) WriteActivity(writer, content, content.activities[i]);
      });
    }
  });
  return std::move(writer).Take();
}

std::string WriteProvenance(const Content& content, const References& sources) {
  const std::string careplan = CarePlanIdFor(content.request.episode_id, content.request.revision);
  json::Writer writer;
  writer.Object([&] {
    writer.Member("resourceType", "Provenance").Member("id", ProvenanceIdFor(careplan));
    WriteProfile(writer, "provenance-proposal");
    WriteDevice(writer, content);
    writer.Key("target").Array([&] { writer.Object([&] { writer.Member("reference", "CarePlan/" + careplan); }); });
    writer.Member("recorded", content.as_of);
    writer.Key("activity").Object([&] {
      writer.Key("coding").Array([&] {
        writer.Object([&] {
          writer.Member("system", "http://terminology.hl7.org/CodeSystem/v3-DataOperation").Member("code", "CREATE");
        });
      });
    });
    writer.Key("agent").Array([&] {
      writer.Object([&] {
        writer.Key("type").Object([&] {
          writer.Key("coding").Array([&] {
            writer.Object([&] {
              writer.Member("system", "http://terminology.hl7.org/CodeSystem/provenance-participant-type");
              writer.Member("code", "author");
            });
          });
        });
        WriteReference(writer, "who", "#adapter");
        if (!content.settings.organization.empty()) {
          WriteReference(writer, "onBehalfOf", content.settings.organization);
        }
      });
    });
    writer.Key("entity").Array([&] {
      for (const std::string& source : sources) {
        writer.Object([&] {
          writer.Member("role", "source");
          WriteReference(writer, "what", source);
        });
      }
    });
  });
  return std::move(writer).Take();
}

}  // namespace facet::guide
