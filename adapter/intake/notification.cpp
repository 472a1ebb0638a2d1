#include "adapter/intake/notification.hpp"

#include "adapter/fhir/references.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/intake/http_fields.hpp"

#include <array>

namespace facet::intake {
namespace {

constexpr std::array<std::string_view, 3> kKindNames = {"changed", "deleted", "wake"};

Error Refuse(std::string where, std::string detail) {
  return MakeError(ErrorCode::kHookInvalid, std::move(where), std::move(detail));
}

struct Tail {
  std::string type;  // "" where the URL names none
  std::string id;
};

Result<Tail> SplitTail(std::string_view tail) {
  if (tail.starts_with("/")) tail.remove_prefix(1);
  if (tail.ends_with("/")) tail.remove_suffix(1);
  if (tail.empty()) return Tail{};
  const std::size_t slash = tail.find('/');
  Tail out{std::string(tail.substr(0, slash)),
           slash == std::string_view::npos ? "" : std::string(tail.substr(slash + 1))};
  if (!fhir::IsResourceType(out.type)) return Refuse("url", "no resource type behind the hook key");
  if (slash != std::string_view::npos && !fhir::IsId(out.id)) return Refuse("url", "no resource id behind the type");
  return out;
}

bool IsBlank(std::string_view body) { return body.find_first_not_of(" \t\r\n") == std::string_view::npos; }

PatientRef PatientOf(json::Value resource, std::string_view server_base) {
  for (const char* element : {"subject", "patient"}) {
    std::string local =
        fhir::ReduceReference(fhir::ParseReference(resource[element]["reference"].string()), server_base);
    if (local.starts_with("Patient/")) return PatientRef(std::move(local));
  }
  return {};
}

Result<Hint> HintOfBody(const Tail& tail, std::string_view body, std::string_view server_base,
                        const FacetCheck& is_facet) {
  ADAPTER_TRY(document, json::Parse(body, json::Limits::ForNotifications()));
  const json::Value resource = document.root();
  const std::string_view type = resource["resourceType"].string();
  if (!resource.is_object() || !fhir::IsResourceType(type))
    return Refuse("resourceType", "the body is no FHIR resource");
  // Topic notifications and search results: their truth is asked for by a sweep.
  if (type == "Bundle" && tail.type.empty()) return Hint{};
  if (!tail.type.empty() && type != tail.type) return Refuse("resourceType", "the type is not that of the URL");
  const std::string_view id = resource["id"].string();
  if (!tail.id.empty() && id != tail.id) return Refuse("id", "the id is not that of the URL");
  if (!fhir::IsId(id)) return Refuse("id", "the resource has no id");
  Hint hint{HintKind::kChanged,
            std::string(type),
            std::string(id),
            PatientOf(resource, server_base),
            false,
            static_cast<std::int64_t>(body.size())};
  hint.facet = type == "Procedure" && (!is_facet || is_facet(resource));
  return hint;
}

}  // namespace

std::string_view NameOf(HintKind kind) noexcept { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<HintKind> HintKindFromName(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    if (kKindNames[i] == name) return static_cast<HintKind>(i);
  }
  return std::nullopt;
}

Result<Hint> ParseNotification(std::string_view method, std::string_view tail_text, std::string_view body,
                               std::string_view server_base, const FacetCheck& is_facet) {
  ADAPTER_TRY(tail, SplitTail(tail_text));
  if (method == "DELETE") {
    if (tail.id.empty()) return Refuse("url", "DELETE names no resource");
    return Hint{HintKind::kDeleted, tail.type, tail.id, {}, false, 0};
  }
  if (method != "PUT" && method != "POST") return Refuse("method", "only POST, PUT and DELETE are understood");
  if (IsBlank(body)) {
    if (tail.id.empty()) return Hint{};
    return Hint{HintKind::kChanged, tail.type, tail.id, {}, false, 0};
  }
  auto hint = HintOfBody(tail, body, server_base, is_facet);
  // The parser's own codes are for files and answers; to a sender it is one thing.
  if (!hint.ok()) return Refuse(hint.error().where, hint.error().detail);
  return hint;
}

}  // namespace facet::intake
