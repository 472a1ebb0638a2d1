#pragma once
// What the server says it can do (CapabilityStatement), as far as the adapter acts on it.
// Thread: values. Errors: server.garbage where the answer is no CapabilityStatement.
#include "adapter/base/result.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <map>
#include <string>
#include <string_view>

namespace facet::intake {

struct TypeCapability {
  bool update_create = false;       // PUT with our own id creates
  bool conditional_create = false;  // POST with If-None-Exist
  friend bool operator==(const TypeCapability&, const TypeCapability&) = default;
};

struct Capability {
  bool known = false;
  std::map<std::string, TypeCapability, std::less<>> types;  // resource types that the server lists

  // A server that lists no types at all says nothing about any.
  bool Lists(std::string_view type) const { return types.empty() || types.find(type) != types.end(); }
  TypeCapability Of(std::string_view type) const;
  friend bool operator==(const Capability&, const Capability&) = default;
};

Result<Capability> ReadCapability(json::Value statement);
void WriteCapability(json::Writer& writer, const Capability& capability);
Capability LoadCapability(json::Value stored);  // what WriteCapability wrote

}  // namespace facet::intake
