// Ids that can be derived again, and the retraction of what was written.
#include "adapter/base/digest.hpp"
#include "adapter/guide/proposal.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

namespace facet::guide {

namespace {

constexpr std::size_t kIdLength = 26;

void WriteActivities(json::Writer& writer, json::Value activities, std::string_view status) {
  writer.Array([&] {
    for (const json::Value activity : activities.elements()) {
      writer.Object([&] {
        for (const json::Member member : activity.members()) {
          writer.Key(member.key);
          if (member.key != "detail") {
            writer.Copy(member.value);
            continue;
          }
          writer.Object([&] {
            for (const json::Member part : member.value.members()) {
              writer.Key(part.key);
              part.key == "status" ? writer.String(status) : writer.Copy(part.value);
            }
          });
        }
      });
    }
  });
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    }
  }
  return out;
}

// The narrative begins with what happened to it; the rest stays readable.
std::string Bannered(std::string_view div, const std::string& text) {
  const std::size_t open = div.find('>');
  if (open == std::string_view::npos) return std::string(div);
  std::string out(div.substr(0, open + 1));
  out += "<p><b>" + Escaped(text) + "</b></p>";
  return out.append(div.substr(open + 1));
}

std::string RetractionText(bool evidence_was_wrong, const std::string& reason) {
  return (evidence_was_wrong ? "Entered in error: the evidence was wrong. " : "Withdrawn by the adapter. ") + reason;
}

}  // namespace

std::string EpisodeIdFor(const std::string& system_id, const std::string& first_procedure) {
  return "fje-" + Sha256Base32(system_id + "|" + first_procedure, kIdLength);
}

std::string CarePlanIdFor(const std::string& episode_id, int revision) {
  return "fja-" + Sha256Base32(episode_id + "|" + std::to_string(revision), kIdLength);
}

std::string ProvenanceIdFor(const std::string& careplan_id) { return "fjp-" + Sha256Base32(careplan_id, kIdLength); }

std::string RevokedCarePlan(const std::string& careplan_json, bool evidence_was_wrong, const std::string& reason,
                            UtcInstant now) {
  const auto parsed = json::Parse(careplan_json);
  ADAPTER_CHECK(parsed.ok());  // our own text
  const std::string text = RetractionText(evidence_was_wrong, reason);
  json::Writer writer;
  writer.Object([&] {
    for (const json::Member member : parsed->root().members()) {
      if (member.key == "note") continue;
      writer.Key(member.key);
      if (member.key == "status") {
        writer.String(evidence_was_wrong ? "entered-in-error" : "revoked");
      } else if (member.key == "text") {
        writer.Object(
            [&] { writer.Member("status", "generated").Member("div", Bannered(member.value["div"].string(), text)); });
      } else if (member.key == "activity") {
        WriteActivities(writer, member.value, evidence_was_wrong ? "entered-in-error" : "cancelled");
      } else {
        writer.Copy(member.value);
      }
    }
    writer.Key("note").Array(
        [&] { writer.Object([&] { writer.Member("time", now.ToString()).Member("text", text); }); });
  });
  return std::move(writer).Take();
}

std::string RevocationProvenance(const std::string& provenance_json, bool evidence_was_wrong, const std::string& reason,
                                 UtcInstant now) {
  const auto parsed = json::Parse(provenance_json);
  ADAPTER_CHECK(parsed.ok());  // our own text
  json::Writer writer;
  writer.Object([&] {
    for (const json::Member member : parsed->root().members()) {
      if (member.key == "reason") continue;
      writer.Key(member.key);
      if (member.key == "recorded") {
        writer.String(now.ToString());
      } else if (member.key == "activity") {
        writer.Object([&] {
          writer.Key("coding").Array([&] {
            writer.Object([&] {
              writer.Member("system", "http://terminology.hl7.org/CodeSystem/v3-DataOperation");
              writer.Member("code", evidence_was_wrong ? "NULLIFY" : "UPDATE");
            });
          });
        });
        writer.Key("reason").Array(
            [&] { writer.Object([&] { writer.Member("text", RetractionText(evidence_was_wrong, reason)); }); });
      } else {
        writer.Copy(member.value);
      }
    }
  });
  return std::move(writer).Take();
}

}  // namespace facet::guide
