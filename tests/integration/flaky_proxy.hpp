#pragma once
// Between the adapter and the FHIR server: passes everything on, or answers as a broken server would. What HAPI cannot
// be made to do: HTML, garbage, silence. With the real server behind it the adapter is seen to recover.
//
// Thread: Behave, Lines and refused from any; each connection has a thread of its own and serves one request.
// Owns: its socket and threads. The adapter must have ended before it goes. Errors: none.
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace facet::net::testing {
class Peer;
class ScriptedServer;
}  // namespace facet::net::testing

namespace facet::live {

enum class Behaviour : std::uint8_t {
  kPass,
  kHtml,          // 200 text/html: a login page, a proxy's apology
  kGarbage,       // bytes that are no HTTP
  kNotJson,       // 200 application/fhir+json with something else in it
  kTruncated,     // half an answer, then the end
  kOtherType,     // 200 with a resource that was not asked for
  kNothing,       // the connection ends without an answer
  kUnauthorized,  // 401
  kForbidden,     // 403
  kFailing,       // 500 with a stack trace
  kHuge,          // a body that does not end (as far as anybody would read)
};

class FlakyProxy {
 public:
  explicit FlakyProxy(std::uint16_t target_port);
  ~FlakyProxy();
  FlakyProxy(const FlakyProxy&) = delete;
  FlakyProxy& operator=(const FlakyProxy&) = delete;

  // From now on; `only`: just for request lines that hold this text, the rest passes.
  void Behave(Behaviour behaviour, const std::string& only = "");
  // The server's CapabilityStatement says `updateCreate` from now on (HAPI can, but does not say so).
  void ClaimUpdateCreate() { claim_update_create_ = true; }
  std::string base() const;
  // "PUT /fhir/CarePlan/x", in the order in which they came.
  std::vector<std::string> Lines() const;
  int refused() const noexcept { return refused_; }  // requests that were not passed on

 private:
  void Serve(net::testing::Peer& peer);
  void Pass(net::testing::Peer& peer, const std::string& head, const std::string& body) const;

  std::uint16_t target_port_;
  mutable std::mutex mutex_;
  Behaviour behaviour_ = Behaviour::kPass;
  std::string only_;
  std::vector<std::string> lines_;
  std::atomic<int> refused_{0};
  std::atomic<bool> claim_update_create_{false};
  std::unique_ptr<net::testing::ScriptedServer> server_;
};

}  // namespace facet::live
