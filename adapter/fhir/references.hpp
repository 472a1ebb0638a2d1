#pragma once
// References in every spelling that servers and files use, and how they reduce to "Type/id".
//
// In the flow: Reference elements -> a ReferenceResolver (of a server, or of a set of files: resource_set.hpp) -> keys.
// Thread: pure functions; resolvers are immutable while they are used. Owns: a Reference borrows from its literal.
// Errors: none; what cannot be understood is kInvalid, what cannot be resolved is "". Never a guess.
#include "adapter/json/document.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace facet::fhir {

enum class ReferenceKind : std::uint8_t {
  kNone,         // no literal
  kRelative,     // Patient/1, Patient/1/_history/2
  kAbsolute,     // https://h/fhir/Patient/1
  kUrl,          // an absolute URL that does not end in Type/id: only a fullUrl can match it
  kUrn,          // urn:uuid:..., urn:oid:...: only a fullUrl can match it
  kContained,    // #p1
  kConditional,  // Patient?identifier=a|b, also with a base before it
  kInvalid,
};

struct Reference {
  ReferenceKind kind = ReferenceKind::kNone;
  std::string_view base = {};     // kAbsolute, kConditional: "https://h/fhir", without a slash at the end
  std::string_view type = {};     // a resource type of R4
  std::string_view id = {};       // kContained: what follows the '#'
  std::string_view version = {};  // of ".../_history/2"
  std::string_view query = {};    // kConditional: what follows the '?'
};

// A type written twice ("Patient/Patient/1", as some servers do) counts once.
Reference ParseReference(std::string_view literal) noexcept;

// A base URL in the one spelling in which bases are compared: scheme and host in lower case, no default port, no
// slash at the end (RFC 3986 §6.2).
std::string NormalizeBase(std::string_view base);

// "Type/id" of a relative reference, or of an absolute one on this base ("" takes none); "" for anything else.
std::string ReduceReference(const Reference& reference, std::string_view server_base);

// Where a Reference element leads.
class ReferenceResolver {
 public:
  virtual ~ReferenceResolver() = default;
  // "Type/id", or "" where it leads nowhere that is known. `reference` is a Reference element or a literal.
  virtual std::string Resolve(json::Value reference) const = 0;

 protected:
  ReferenceResolver() = default;
  ReferenceResolver(const ReferenceResolver&) = default;
  ReferenceResolver& operator=(const ReferenceResolver&) = default;
};

// References as one server writes them: relative, or absolute on its own base. Logical references (identifier only)
// lead nowhere: whom they mean is for the server to say.
class ServerReferences final : public ReferenceResolver {
 public:
  explicit ServerReferences(std::string_view server_base) : server_base_(server_base) {}
  std::string Resolve(json::Value reference) const override;

 private:
  std::string server_base_;
};

// The literal of a Reference element (its `reference`), or the string itself.
std::string_view LiteralOf(json::Value reference) noexcept;

}  // namespace facet::fhir
