#include "adapter/intake/capability.hpp"

namespace facet::intake {

TypeCapability Capability::Of(std::string_view type) const {
  const auto found = types.find(type);
  return found == types.end() ? TypeCapability{} : found->second;
}

Result<Capability> ReadCapability(json::Value statement) {
  if (statement["resourceType"].string() != "CapabilityStatement") {
    return MakeError(ErrorCode::kServerGarbage, "resourceType", "/metadata is no CapabilityStatement", Retry::kLater);
  }
  Capability capability;
  capability.known = true;
  for (json::Value rest : statement["rest"].elements()) {
    if (rest["mode"].string() != "server") continue;
    for (json::Value resource : rest["resource"].elements()) {
      const std::string type(resource["type"].string());
      if (type.empty()) continue;
      capability.types[type] = {resource["updateCreate"].boolean(), resource["conditionalCreate"].boolean()};
    }
  }
  return capability;
}

void WriteCapability(json::Writer& writer, const Capability& capability) {
  writer.Object([&] {
    writer.Member("known", capability.known);
    writer.Key("types").Object([&] {
      for (const auto& [type, can] : capability.types) {
        writer.Key(type).Array([&, &can = can] { writer.Bool(can.update_create).Bool(can.conditional_create); });
      }
    });
  });
}

Capability LoadCapability(json::Value stored) {
  Capability capability;
  capability.known = stored["known"].boolean();
  for (const json::Member member : stored["types"].members()) {
    capability.types[std::string(member.key)] = {member.value.at(0).boolean(), member.value.at(1).boolean()};
  }
  return capability;
}

}  // namespace facet::intake
