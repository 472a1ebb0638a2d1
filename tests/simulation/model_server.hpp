#pragma once
// A model of a FHIR R4 server as the adapter meets it: versions, searches with paging, conditional requests, criteria
// subscriptions. Its quirks are those that were seen on HAPI FHIR: a stale If-Match answers 409, a PUT over a deleted
// resource brings it back, a PUT without a change makes no version, lastUpdated is stamped before the commit.
//
// Thread: one. Time is an argument. Owns: its resources. It knows nothing of the adapter but what comes over the wire.
#include "adapter/base/time.hpp"
#include "adapter/intake/exchange.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace facet::testing {

// A notification that the server wants to send.
struct Outgoing {
  std::string endpoint;  // channel.endpoint
  std::string method;    // PUT or DELETE
  std::string tail;      // "Observation/o1"
  std::string body;
};

struct StoredVersion {
  int version = 0;
  bool deleted = false;
  UtcInstant updated;
  std::string body;         // as it is answered, with meta
  std::string content;      // as it was written
  std::string by;           // "adapter" or "people"
  json::Document document;  // of the body
};

class ModelServer {
 public:
  // update_create: PUT with a client's id creates; else ids are given by the server.
  struct Options {
    bool update_create = true;
    bool conditional_create = true;
    std::string base = "http://server.test/fhir";
    std::int64_t late_commit_ms = 0;  // how long after its stamp a write becomes visible to searches
  };
  explicit ModelServer(Options options) : options_(std::move(options)) {}

  // Runs one request at `now`.
  intake::Answer Handle(const intake::Request& request, UtcInstant now);
  // What people and other systems do: PUT and DELETE without conditions.
  void Write(const std::string& type, const std::string& id, const std::string& body, UtcInstant now);
  void Delete(const std::string& type, const std::string& id, UtcInstant now);

  // Notifications that are due since the last call.
  std::vector<Outgoing> TakeOutgoing();
  // Subscriptions become active some time after they were asked for.
  void ActivateSubscriptions(UtcInstant now);
  void ForgetPages() { pages_.clear(); }  // a restart of the server

  // For the checkers.
  const std::map<std::string, std::vector<StoredVersion>>& resources() const { return resources_; }
  const StoredVersion* Current(const std::string& reference) const;    // nullptr: never there
  std::vector<std::string> References(const std::string& type) const;  // existing ones
  std::int64_t writes() const { return writes_; }                      // by the adapter, besides Subscriptions

 private:
  struct Page {
    std::string type;
    std::vector<std::string> references;
    std::size_t count = 50;
  };
  intake::Answer Get(const std::string& path, UtcInstant now);
  intake::Answer Put(const intake::Request& request, UtcInstant now);
  intake::Answer Post(const intake::Request& request, UtcInstant now);
  intake::Answer Search(const std::string& type, const std::string& query, UtcInstant now);
  intake::Answer PageOf(const std::string& id, std::size_t offset, UtcInstant now);
  intake::Answer Metadata(UtcInstant now) const;
  intake::Answer AnswerWith(int status, std::string body, UtcInstant now) const;
  intake::Answer AnswerOf(int status, const std::string& reference, UtcInstant now) const;
  int Store(const std::string& reference, const std::string& content, const std::string& by, UtcInstant now);
  void Notify(const std::string& reference, bool deleted);
  bool Matches(const std::string& reference, const std::string& name, const std::string& value, UtcInstant now) const;

  Options options_;
  std::map<std::string, std::vector<StoredVersion>> resources_;  // "Type/id" -> versions
  std::map<std::string, Page> pages_;
  std::vector<Outgoing> outgoing_;
  std::map<std::string, UtcInstant> activate_at_;
  std::int64_t next_id_ = 1000;
  std::int64_t writes_ = 0;
};

}  // namespace facet::testing
