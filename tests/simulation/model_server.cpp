#include "tests/simulation/model_server.hpp"

#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <algorithm>

namespace facet::testing {
namespace {

using intake::Answer;
using intake::Method;

std::string HttpDate(UtcInstant at) {
  static constexpr const char* kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t seconds = at.ms / 1000;
  const std::int64_t days = seconds / 86'400;
  const CivilDate date = CivilDate::FromDays(days);
  const auto two = [](std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  const std::int64_t rest = seconds % 86'400;
  return std::string(kDays[days % 7]) + ", " + two(date.day) + " " + kMonths[date.month - 1] + " " +
         std::to_string(date.year) + " " + two(rest / 3600) + ":" + two(rest / 60 % 60) + ":" + two(rest % 60) + " GMT";
}

std::string Decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> Parameters(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    const std::size_t equals = std::min(part.find('='), part.size());
    out.emplace_back(part.substr(0, equals), Decode(part.substr(std::min(equals + 1, part.size()))));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return out;
}

std::string TypeOf(const std::string& reference) { return reference.substr(0, reference.find('/')); }

std::string Header(const intake::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

// The resource with the id and meta that the server gives it.
std::string WithMeta(const std::string& content, const std::string& reference, int version, UtcInstant updated) {
  const auto document = json::Parse(content);
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", TypeOf(reference)).Member("id", reference.substr(reference.find('/') + 1));
    w.Key("meta").Object(
        [&] { w.Member("versionId", std::to_string(version)).Member("lastUpdated", updated.ToString()); });
    for (const json::Member member : document->root().members()) {
      if (member.key == "resourceType" || member.key == "id" || member.key == "meta") continue;
      w.Key(member.key).Copy(member.value);
    }
  });
  return std::move(w).Take();
}

bool HasCode(json::Value resource, const std::string& list) {
  for (const json::Value coding : resource["code"]["coding"].elements()) {
    const std::string token = std::string(coding["system"].string()) + "|" + std::string(coding["code"].string());
    std::string_view rest = list;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      if (rest.substr(0, end) == token) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

UtcInstant InstantOf(std::string_view text) {
  const auto parsed = FhirDateTime::Parse(text);
  return parsed ? parsed->Earliest(TimeZone{}) : UtcInstant{};
}

}  // namespace

Answer ModelServer::AnswerWith(int status, std::string body, UtcInstant now) const {
  Answer answer;
  answer.status = status;
  answer.date = HttpDate(now);
  if (auto document = json::Parse(body); document.ok()) answer.body = *std::move(document);
  return answer;
}

Answer ModelServer::AnswerOf(int status, const std::string& reference, UtcInstant now) const {
  const StoredVersion& current = resources_.at(reference).back();
  Answer answer;
  answer.status = status;
  answer.date = HttpDate(now);
  answer.body = current.document;
  answer.etag = "W/\"" + std::to_string(current.version) + "\"";
  answer.location = options_.base + "/" + reference + "/_history/" + std::to_string(current.version);
  return answer;
}

Answer ModelServer::Handle(const intake::Request& request, UtcInstant now) {
  const std::int64_t before = static_cast<std::int64_t>(request.path.find("Subscription"));
  if (request.method != Method::kGet && before != 0) ++writes_;
  switch (request.method) {
  case Method::kGet:
    return Get(request.path, now);
  case Method::kPut:
    return Put(request, now);
  case Method::kPost:
    return Post(request, now);
  case Method::kDelete:
    return AnswerWith(405, "{}", now);
  }
  return {};
}

Answer ModelServer::Get(const std::string& path, UtcInstant now) {
  if (path == "metadata") return Metadata(now);
  const std::size_t query = path.find('?');
  if (path.starts_with("?_getpages=")) {
    const auto parameters = Parameters(path.substr(1));
    return PageOf(parameters[0].second, std::stoul(parameters[1].second), now);
  }
  if (query != std::string::npos) return Search(path.substr(0, query), path.substr(query + 1), now);
  const StoredVersion* current = Current(path);
  if (current == nullptr) return AnswerWith(404, R"({"resourceType":"OperationOutcome"})", now);
  if (current->deleted) return AnswerWith(410, R"({"resourceType":"OperationOutcome"})", now);
  return AnswerOf(200, path, now);
}

Answer ModelServer::Metadata(UtcInstant now) const {
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "CapabilityStatement");
    w.Key("rest").Array([&] {
      w.Object([&] {
        w.Member("mode", "server");
        w.Key("resource").Array([&] {
          for (const char* type : {"Patient", "Procedure", "Observation", "Encounter", "Condition", "CarePlan",
                                   "Provenance", "Subscription", "MedicationRequest"}) {
            w.Object([&] {
              w.Member("type", type).Member("updateCreate", options_.update_create);
              w.Member("conditionalCreate", options_.conditional_create);
            });
          }
        });
      });
    });
  });
  return AnswerWith(200, std::move(w).Take(), now);
}

Answer ModelServer::Put(const intake::Request& request, UtcInstant now) {
  const StoredVersion* current = Current(request.path);
  const std::string match = Header(request, "If-Match");
  const bool exists = current != nullptr && !current->deleted;
  if (!match.empty() && (!exists || match != "W/\"" + std::to_string(current->version) + "\"")) {
    return AnswerWith(409, R"({"resourceType":"OperationOutcome"})", now);
  }
  if (!exists && !options_.update_create) return AnswerWith(405, R"({"resourceType":"OperationOutcome"})", now);
  const int status = exists ? 200 : 201;
  Store(request.path, request.body, "adapter", now);
  return AnswerOf(status, request.path, now);
}

Answer ModelServer::Post(const intake::Request& request, UtcInstant now) {
  const std::string condition = Header(request, "If-None-Exist");
  if (!condition.empty() && options_.conditional_create) {
    std::vector<std::string> found;
    for (const std::string& reference : References(request.path)) {
      const auto parameters = Parameters(condition);
      if (Matches(reference, parameters[0].first, parameters[0].second, now)) found.push_back(reference);
    }
    if (found.size() > 1) return AnswerWith(412, R"({"resourceType":"OperationOutcome"})", now);
    if (found.size() == 1) return AnswerOf(200, found.front(), now);
  }
  const std::string reference = request.path + "/" + std::to_string(next_id_++);
  Store(reference, request.body, "adapter", now);
  return AnswerOf(201, reference, now);
}

bool ModelServer::Matches(const std::string& reference, const std::string& name, const std::string& value,
                          UtcInstant now) const {
  const StoredVersion& current = resources_.at(reference).back();
  const json::Value resource = current.document.root();
  if (name == "_lastUpdated") {
    // A write that is stamped but not committed yet is not seen by any search.
    return InstantOf(value.substr(2)) <= current.updated;
  }
  if (name == "patient") return resource["subject"]["reference"].string() == "Patient/" + value;
  if (name == "code") return HasCode(resource, value);
  if (name == "url") return resource["channel"]["endpoint"].string() == value;
  if (name == "target") return resource["target"].at(0)["reference"].string() == value;
  if (name == "identifier") {
    const json::Value identifier = resource["identifier"].at(0);
    return std::string(identifier["system"].string()) + "|" + std::string(identifier["value"].string()) == value;
  }
  if (name == "date") {
    const std::string_view at =
        resource["performedDateTime"] ? resource["performedDateTime"].string() : resource["effectiveDateTime"].string();
    return at.empty() || InstantOf(value.substr(2)) <= InstantOf(at);
  }
  (void)now;
  return true;
}

Answer ModelServer::Search(const std::string& type, const std::string& query, UtcInstant now) {
  Page page;
  page.type = type;
  for (const std::string& reference : References(type)) {
    const StoredVersion& current = resources_.at(reference).back();
    if (current.by == "people" && now.ms - current.updated.ms < options_.late_commit_ms) continue;
    bool matches = true;
    for (const auto& [name, value] : Parameters(query)) {
      if (name == "_count") page.count = std::min<std::size_t>(50, std::stoul(value));
      matches = matches && Matches(reference, name, value, now);
    }
    if (matches) page.references.push_back(reference);
  }
  std::sort(page.references.begin(), page.references.end(), [this](const auto& a, const auto& b) {
    return std::pair(resources_.at(a).back().updated, a) < std::pair(resources_.at(b).back().updated, b);
  });
  const std::string id = "p" + std::to_string(next_id_++);
  pages_[id] = std::move(page);
  return PageOf(id, 0, now);
}

Answer ModelServer::PageOf(const std::string& id, std::size_t offset, UtcInstant now) {
  const auto found = pages_.find(id);
  if (found == pages_.end()) return AnswerWith(410, R"({"resourceType":"OperationOutcome"})", now);
  const Page& page = found->second;
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "Bundle").Member("type", "searchset");
    w.Key("meta").Object([&] { w.Member("lastUpdated", now.ToString()); });
    if (offset + page.count < page.references.size()) {
      w.Key("link").Array([&] {
        w.Object([&] {
          w.Member("relation", "next");
          w.Member("url", options_.base + "?_getpages=" + id + "&_offset=" + std::to_string(offset + page.count));
        });
      });
    }
    w.Key("entry").Array([&] {
      for (std::size_t i = offset; i < std::min(offset + page.count, page.references.size()); ++i) {
        const StoredVersion& current = resources_.at(page.references[i]).back();
        if (current.deleted) continue;
        w.Object(
            [&] { w.Member("fullUrl", options_.base + "/" + page.references[i]).Key("resource").Raw(current.body); });
      }
    });
  });
  return AnswerWith(200, std::move(w).Take(), now);
}

int ModelServer::Store(const std::string& reference, const std::string& content, const std::string& by,
                       UtcInstant now) {
  std::vector<StoredVersion>& versions = resources_[reference];
  if (!versions.empty() && !versions.back().deleted && versions.back().content == content) return 0;
  StoredVersion version;
  version.version = static_cast<int>(versions.size()) + 1;
  version.updated = now;
  version.body = WithMeta(content, reference, version.version, now);
  version.content = content;
  version.by = by;
  version.document = *json::Parse(version.body);
  versions.push_back(std::move(version));
  if (TypeOf(reference) == "Subscription") {
    activate_at_[reference] = now.PlusMs(300);
  } else {
    Notify(reference, false);
  }
  return versions.back().version;
}

void ModelServer::Write(const std::string& type, const std::string& id, const std::string& body, UtcInstant now) {
  Store(type + "/" + id, body, "people", now);
}

void ModelServer::Delete(const std::string& type, const std::string& id, UtcInstant now) {
  const auto found = resources_.find(type + "/" + id);
  if (found == resources_.end() || found->second.back().deleted) return;
  Notify(found->first, true);
  StoredVersion version = found->second.back();
  version.deleted = true;
  version.updated = now;
  version.by = "people";
  ++version.version;
  found->second.push_back(std::move(version));
}

void ModelServer::ActivateSubscriptions(UtcInstant now) {
  for (auto at = activate_at_.begin(); at != activate_at_.end();) {
    if (at->second > now) {
      ++at;
      continue;
    }
    std::vector<StoredVersion>& versions = resources_[at->first];
    if (!versions.back().deleted) {
      StoredVersion version = versions.back();
      ++version.version;
      version.updated = now;
      version.by = "server";
      const std::string requested = R"("status":"requested")";
      for (std::string* text : {&version.content, &version.body}) {
        const std::size_t status = text->find(requested);
        if (status != std::string::npos) text->replace(status, requested.size(), R"("status":"active")");
      }
      version.document = *json::Parse(version.body);
      versions.push_back(std::move(version));
    }
    at = activate_at_.erase(at);
  }
}

void ModelServer::Notify(const std::string& reference, bool deleted) {
  const std::string body = resources_.at(reference).back().body;
  for (const std::string& subscription : References("Subscription")) {
    const json::Value root = resources_.at(subscription).back().document.root();
    const std::string criteria(root["criteria"].string());
    if (root["status"].string() != "active" || !criteria.starts_with(TypeOf(reference) + "?code=")) continue;
    if (!HasCode(resources_.at(reference).back().document.root(), criteria.substr(criteria.find('=') + 1))) continue;
    outgoing_.push_back({std::string(root["channel"]["endpoint"].string()), deleted ? "DELETE" : "PUT", reference,
                         deleted ? "" : body});
  }
}

std::vector<Outgoing> ModelServer::TakeOutgoing() {
  std::vector<Outgoing> out = std::move(outgoing_);
  outgoing_.clear();
  return out;
}

const StoredVersion* ModelServer::Current(const std::string& reference) const {
  const auto found = resources_.find(reference);
  return found == resources_.end() ? nullptr : &found->second.back();
}

std::vector<std::string> ModelServer::References(const std::string& type) const {
  std::vector<std::string> out;
  for (auto at = resources_.lower_bound(type + "/"); at != resources_.end() && at->first.starts_with(type + "/");
       ++at) {
    if (!at->second.back().deleted) out.push_back(at->first);
  }
  return out;
}

}  // namespace facet::testing
