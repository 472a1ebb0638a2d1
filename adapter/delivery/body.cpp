// What is sent: the payload of a row with the server's ids in place of ours.
#include "adapter/delivery/delivery.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <utility>

namespace facet::delivery {
namespace {

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string BodyToSend(const OutboxRow& row, const std::string& id, const std::string& after_server_id) {
  std::string body = row.payload;
  const auto payload = json::Parse(body);
  if (payload.ok() && payload->root()["id"].string() != id) {
    json::Writer writer;
    writer.Object([&] {
      for (const json::Member member : payload->root().members()) {
        if (member.key == "id") continue;
        writer.Key(member.key).Copy(member.value);
        if (member.key == "resourceType" && !id.empty()) writer.Member("id", id);
      }
    });
    body = std::move(writer).Take();
  }
  if (!row.after.empty() && !after_server_id.empty() && row.after != after_server_id) {
    ReplaceAll(body, "\"CarePlan/" + row.after + "\"", "\"CarePlan/" + after_server_id + "\"");
  }
  return body;
}

}  // namespace facet::delivery
