#pragma once
// The delivery ladder: how one outbox row becomes the state of the server, with exactly one effect.
//
// Every delivery begins with a read: 404 -> create (PUT with our own id where the server allows it, else POST with
// If-None-Exist, else POST after a search); 410, or for what we wrote 404 twice with a pause -> a human removed it,
// never recreated; found -> ours or not? A refresh goes under If-Match with the version of our last write. A write
// whose outcome is unknown is resolved by the same read and never blindly repeated: what it does not find may still be
// applied (settle_ms) and is read again first. What a human changed is left alone.
//
// In the flow: OutboxRow (due) -> BeginDelivery -> Ask -> Answer -> TakeDelivery -> OutboxRow, Receipt.
// Thread: values. Errors: they stay in the row: due again, unknown, or dead where repeating does not help.
#include "adapter/base/events.hpp"
#include "adapter/base/random.hpp"
#include "adapter/base/time.hpp"
#include "adapter/delivery/outbox.hpp"
#include "adapter/intake/capability.hpp"
#include "adapter/intake/exchange.hpp"

#include <optional>
#include <string>
#include <vector>

namespace facet::delivery {

// What the owner of the row is told when something is decided.
struct Receipt {
  std::string row;
  OutboxKind kind = OutboxKind::kCarePlan;
  Outcome outcome = Outcome::kNone;
  std::string payload_hash;  // of what the server has now (kWritten)
  std::string server_id;
  std::string server_status;  // CarePlan.status as found (kChanged)
};

struct DeliverySettings {
  intake::RetryPace retry;
  int timeout_ms = 30'000;
  // How much later than its time-out, or a broken connection, a server may still apply a request.
  std::int64_t settle_ms = 120'000;
};

// What a step changed. A row that goes in flight must be committed before the ask is sent.
struct DeliveryStep {
  OutboxRow row;
  std::optional<intake::Ask> ask;  // topic: "read" or "write"
  std::optional<Receipt> receipt;
  std::vector<Event> events;
};

// The first request of a delivery: a read. `after_server_id`: where the CarePlan of a Provenance lies on the server.
DeliveryStep BeginDelivery(OutboxRow row, const intake::TypeCapability& can, const std::string& after_server_id,
                           UtcInstant now, const DeliverySettings& settings);
DeliveryStep TakeDelivery(OutboxRow row, const std::string& topic, const intake::Answer& answer,
                          const intake::TypeCapability& can, const std::string& after_server_id, UtcInstant now,
                          const DeliverySettings& settings, Prng& prng);

// Looks whether people touched a written resource; the answer goes to TakeFeedback. Only for rows that are done.
DeliveryStep BeginFeedback(OutboxRow row, const DeliverySettings& settings);
DeliveryStep TakeFeedback(OutboxRow row, const intake::Answer& answer, UtcInstant now);

// The log's word for what people did: the status they left, "edited", or "removed".
Token FeedbackToken(const Receipt& receipt);

// The payload as it is sent: our own JSON with the server's ids in place of ours where the server gave its own.
std::string BodyToSend(const OutboxRow& row, const std::string& id, const std::string& after_server_id);

}  // namespace facet::delivery
