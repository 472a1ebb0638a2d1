#pragma once
// The FHIR server of a test run: what a hospital's other systems would do to it, and what an operator would.
//
// In the flow: test -> Hapi -> HAPI FHIR over HTTP; start.sh and stop.sh for restarts.
// Thread: one. Owns: nothing; run.sh started it and stops it. Errors: an unexpected status fails the test.
#include "tests/support/patients.hpp"

#include "adapter/json/document.hpp"
#include "adapter/net/http_client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::live {

class Hapi {
 public:
  // `dir`: the instance directory of start.sh; its file database is dir/data/hapi.
  explicit Hapi(std::string dir);

  const std::string& base() const noexcept { return base_; }
  std::uint16_t port() const noexcept { return port_; }

  // Any request; `path` is relative to the base.
  net::HttpAnswer Send(std::string_view method, const std::string& path, const std::string& body = "",
                       std::vector<net::HttpHeader> headers = {});
  // 200, else the test fails and the document is empty.
  json::Document Get(const std::string& path);
  unsigned StatusOf(const std::string& path) { return Send("GET", path).status; }
  // What follows repeats a 409 as any client does: two transactions of the server met (HAPI-0826).
  void Put(const support::Resource& resource);
  // All in one transaction.
  void PutAll(const std::vector<support::Resource>& resources);
  void Delete(const std::string& reference);
  // False on a 409: something refers to one of them, or is being written at the same time; look again what is there.
  bool DeleteAll(const std::vector<std::string>& references);
  // Resources of all pages of a search, as JSON text.
  std::vector<std::string> Search(const std::string& query);
  std::size_t Count(const std::string& query);
  // Every version that ever stood there, from the first.
  std::vector<std::string> History(const std::string& reference);

  struct Subscription {
    std::string id;
    std::string status;
    std::string criteria;
    std::string endpoint;
    std::string json;
  };
  std::vector<Subscription> Subscriptions(const std::string& endpoint_prefix);

  // A fault rule (FaultValve.java): `match` is a regular expression on "METHOD /fhir/path?query".
  void Fault(const std::string& name, const std::string& match, const std::string& act, int times = 1);
  bool FaultLeft(const std::string& name);
  void ClearFaults();

  // Orderly, or as by a power cut; up again on the same port with the same data.
  void Stop(bool kill = false);
  void Start();

 private:
  net::HttpAnswer Write(std::string_view method, const std::string& path, const std::string& body = "");
  bool DeletePortion(const std::vector<std::string>& references);
  net::HttpAnswer Control(std::string_view method, const std::string& path);

  std::string dir_;
  std::string base_;
  std::string root_;
  std::uint16_t port_ = 0;
  net::HttpClient client_;
};

// Text of a member of a resource given as JSON text: FieldOf(text, "status").
std::string FieldOf(const std::string& resource, std::string_view member);
std::string EncodeQuery(std::string_view text);

}  // namespace facet::live
