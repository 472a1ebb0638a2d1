#include "adapter/guide/lines.hpp"

#include "adapter/json/writer.hpp"

namespace facet::guide {
namespace {

using clinical::Judgement;
using clinical::NameOf;
using clinical::Reading;

void WriteText(json::Writer& w, std::string_view key, const std::optional<std::string>& value) {
  w.Key(key);
  value ? w.String(*value) : w.Null();
}

void WritePercent(json::Writer& w, std::string_view key, const std::optional<Decimal>& value) {
  w.Key(key);
  value ? w.Number(value->Normalized()) : w.Null();
}

void WriteReading(json::Writer& w, std::string_view key, const std::optional<Reading>& reading, bool with_relief) {
  w.Key(key);
  if (!reading) {
    w.Null();
    return;
  }
  w.Object([&] {
    w.Member("resource", reading->source.resource);
    w.Key("version");
    reading->source.version.empty() ? w.Null() : w.String(reading->source.version);
    w.Member("instrument", NameOf(reading->instrument));
    w.Member("value", reading->value);
    w.Key("scale").Array([&] { w.Int(reading->scale_low).Int(reading->scale_high); });
    w.Member("time", reading->time.written.text);
    w.Member("day", reading->day);
    if (with_relief) WritePercent(w, "relief_percent", reading->relief_percent);
  });
}

void WriteSession(json::Writer& w, const std::string& patient, const clinical::Session& session) {
  w.Member("patient", patient);
  w.Key("procedures").Array([&] {
    for (const auto& procedure : session.procedures) w.String(procedure.resource);
  });
}

void WriteSuggestion(json::Writer& w, const Suggestion& suggestion) {
  w.Object([&] {
    w.Member("rule", suggestion.rule);
    w.Member("state", NameOf(suggestion.state));
    w.Member("reason", suggestion.reason);
    WriteText(w, "guard", suggestion.guard);
    w.Key("evidence").Array([&] {
      for (const auto& reference : suggestion.evidence) w.String(reference);
    });
    w.Key("cautions").Array([&] {
      for (const auto& caution : suggestion.cautions) {
        w.Object(
            [&] { w.Member("kind", caution.kind).Member("evidence", caution.evidence).Member("text", caution.text); });
      }
    });
    w.Key("annotations").Array([&] {
      for (const auto& annotation : suggestion.annotations) w.String(annotation);
    });
  });
}

}  // namespace

std::string JudgementLine(const std::string& patient, const Judgement& judgement) {
  json::Writer w;
  w.Object([&] {
    const auto& session = judgement.session;
    w.Member("kind", "judgement");
    WriteSession(w, patient, session);
    w.Member("region", NameOf(session.region));
    w.Member("side", NameOf(session.side));
    w.Member("approach", NameOf(session.approach));
    w.Member("intent", NameOf(session.intent));
    w.Member("intent_reason", NameOf(session.intent_reason));
    w.Member("joints", session.joints);
    w.Member("start", session.start.written.text);
    w.Member("verdict", NameOf(judgement.verdict));
    w.Key("reason");
    judgement.reason ? w.String(NameOf(*judgement.reason)) : w.Null();
    w.Member("measure", NameOf(judgement.measure));
    WriteReading(w, "baseline", judgement.baseline, false);
    WriteReading(w, "best", judgement.best, true);
    WriteReading(w, "latest", judgement.latest, true);
    WritePercent(w, "relief_percent", judgement.relief_percent);
    w.Key("doubts").Array([&] {
      for (const auto doubt : judgement.doubts) w.String(NameOf(doubt));
    });
    w.Key("decided_at");
    judgement.decided_at ? w.String(judgement.decided_at->ToString()) : w.Null();
  });
  return std::move(w).Take();
}

std::string ProposalLine(const std::string& patient, const Judgement& judgement, const Proposal& proposal) {
  json::Writer w;
  w.Object([&] {
    w.Member("kind", "proposal");
    WriteSession(w, patient, judgement.session);
    w.Key("held");
    if (proposal.held) {
      w.Array([&] {
        for (const auto& name : *proposal.held) w.String(name);
      });
    } else {
      w.Null();
    }
    w.Key("suggestions").Array([&] {
      for (const auto& suggestion : proposal.suggestions) WriteSuggestion(w, suggestion);
    });
    w.Key("careplan").Raw(proposal.careplan_json);
    w.Key("provenance").Raw(proposal.provenance_json);
  });
  return std::move(w).Take();
}

std::string RejectedLine(const clinical::Rejection& rejection) {
  json::Writer w;
  w.Object([&] {
    w.Member("kind", "rejected");
    w.Member("resource", rejection.source.resource);
    w.Member("reason", NameOf(rejection.reason));
  });
  return std::move(w).Take();
}

}  // namespace facet::guide
