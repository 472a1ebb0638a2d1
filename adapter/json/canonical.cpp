#include "adapter/base/digest.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <algorithm>

namespace facet::json {
namespace {

// Recursion: as deep as the value, which Limits::depth_max bounded when it was parsed.
void WriteCanonical(Writer& writer, Value value) {
  if (value.is_array()) {
    writer.BeginArray();
    for (const Value element : value.elements()) WriteCanonical(writer, element);
    writer.EndArray();
    return;
  }
  if (!value.is_object()) {
    writer.Copy(value);
    return;
  }
  std::vector<Member> members;
  members.reserve(value.size());
  for (const Member& member : value.members()) members.push_back(member);
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.key < b.key; });
  writer.BeginObject();
  for (const Member& member : members) {
    writer.Key(member.key);
    WriteCanonical(writer, member.value);
  }
  writer.EndObject();
}

}  // namespace

std::string Canonical(Value value) {
  Writer writer;
  WriteCanonical(writer, value);
  return std::move(writer).Take();
}

std::string CanonicalHash(Value value) { return Sha256Hex(Canonical(value)); }

}  // namespace facet::json
