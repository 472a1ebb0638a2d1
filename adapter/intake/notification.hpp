#pragma once
// Notifications: what a server sends to <public_url>/hooks/<key>. A notification is only a hint to look: it may be
// lost, doubled, reordered or forged, so nothing but its envelope is kept (type, id, patient), and truth is what the
// server answers when it is read.
//
// In the flow: net listener (secret already checked) -> ParseNotification -> Hint -> Engine::Accept.
// Thread: ParseNotification may run on any thread. Errors: hook.invalid (answer 400); detail never quotes the body.
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"
#include "adapter/json/document.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace facet::intake {

enum class HintKind : std::uint8_t {
  kChanged,  // this resource was created or updated
  kDeleted,  // this resource is said to be deleted
  kWake,     // something happened: sweep now
};
std::string_view NameOf(HintKind kind) noexcept;  // "changed"
// nullopt for an unknown text.
std::optional<HintKind> HintKindFromName(std::string_view name) noexcept;

struct Hint {
  HintKind kind = HintKind::kWake;
  std::string type;        // "Observation"; "" for kWake
  std::string id;          // "o1"; "" for kWake
  PatientRef patient;      // from the body's subject; "" where unknown
  bool facet = false;      // the body carries a facet procedure code: the patient may have to be followed
  std::int64_t bytes = 0;  // size of the body, for the log; not stored
};

// Whether a notified resource is a facet procedure (mapping::Mapper::Extract).
using FacetCheck = std::function<bool(json::Value resource)>;

// `tail`: what follows the hook key in the path: "" or "Type/id" (HAPI sends PUT and DELETE {endpoint}/{Type}/{id},
// POST {endpoint} without payload). `server_base` reduces absolute references to the configured server.
Result<Hint> ParseNotification(std::string_view method, std::string_view tail, std::string_view body,
                               std::string_view server_base, const FacetCheck& is_facet);

}  // namespace facet::intake
