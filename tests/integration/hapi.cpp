#include "tests/integration/hapi.hpp"

#include "tests/support/child_process.hpp"
#include "tests/support/eventually.hpp"

#include "adapter/json/writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <utility>

namespace facet::live {
namespace {

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string TextOf(json::Value value) {
  json::Writer w;
  w.Copy(value);
  return std::move(w).Take();
}

const std::string kScripts = FACET_SOURCE_DIR "/tests/integration/hapi-server/";

}  // namespace

std::string EncodeQuery(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || c == '-' ||
        c == '.' || c == '_' || c == '/') {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

std::string FieldOf(const std::string& resource, std::string_view member) {
  const auto parsed = json::Parse(resource, json::Limits::ForFiles());
  return parsed.ok() ? std::string(parsed->root()[member].string()) : std::string();
}

Hapi::Hapi(std::string dir)
    : dir_(std::move(dir)), base_(FirstLine(dir_ + "/base")), root_(base_.substr(0, base_.rfind('/'))),
      client_(net::HttpClientOptions{}) {
  const std::string port = FirstLine(dir_ + "/port");
  port_ = port.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(std::stoul(port));
}

net::HttpAnswer Hapi::Send(std::string_view method, const std::string& path, const std::string& body,
                           std::vector<net::HttpHeader> headers) {
  net::HttpRequest request;
  request.method = method;
  request.url = path.starts_with("http") ? path : base_ + "/" + path;
  request.headers = std::move(headers);
  request.headers.push_back({"Accept", "application/fhir+json"});
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/fhir+json"});
  request.body = body;
  return client_.Perform(request);
}

json::Document Hapi::Get(const std::string& path) {
  const net::HttpAnswer answer = Send("GET", path);
  if (answer.failure || answer.status != 200) {
    ADD_FAILURE() << "GET " << path << " -> " << answer.status;
    return {};
  }
  auto parsed = json::Parse(answer.body, json::Limits::ForFiles());
  if (!parsed.ok()) ADD_FAILURE() << "GET " << path << ": " << parsed.error().ToString();
  return parsed.ok() ? std::move(parsed).value() : json::Document{};
}

net::HttpAnswer Hapi::Write(std::string_view method, const std::string& path, const std::string& body) {
  net::HttpAnswer answer;
  support::Eventually(std::chrono::seconds(60), [&] { return (answer = Send(method, path, body)).status != 409; });
  return answer;
}

void Hapi::Put(const support::Resource& resource) {
  const net::HttpAnswer answer = Write("PUT", resource.reference(), resource.json);
  EXPECT_TRUE(answer.status == 200 || answer.status == 201)
      << "PUT " << resource.reference() << " -> " << answer.status << " " << answer.body.substr(0, 500);
}

void Hapi::PutAll(const std::vector<support::Resource>& resources) {
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "Bundle").Member("type", "transaction");
    w.Key("entry").Array([&] {
      for (const support::Resource& resource : resources) {
        w.Object([&] {
          w.Key("resource").Raw(resource.json);
          w.Key("request").Object([&] { w.Member("method", "PUT").Member("url", resource.reference()); });
        });
      }
    });
  });
  const net::HttpAnswer answer = Write("POST", "", w.text());
  EXPECT_EQ(answer.status, 200U) << answer.body.substr(0, 500);
}

void Hapi::Delete(const std::string& reference) {
  const net::HttpAnswer answer = Write("DELETE", reference);
  EXPECT_TRUE(answer.status == 200 || answer.status == 204) << "DELETE " << reference << " -> " << answer.status;
}

bool Hapi::DeleteAll(const std::vector<std::string>& references) {
  // In portions: the time that the server takes for one transaction grows faster than its length.
  constexpr std::size_t kPortion = 20;
  for (std::size_t first = 0; first < references.size(); first += kPortion) {
    const auto begin = references.begin() + static_cast<std::ptrdiff_t>(first);
    if (!DeletePortion({begin, begin + static_cast<std::ptrdiff_t>(std::min(kPortion, references.size() - first))})) {
      return false;
    }
  }
  return true;
}

bool Hapi::DeletePortion(const std::vector<std::string>& references) {
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "Bundle").Member("type", "transaction");
    w.Key("entry").Array([&] {
      for (const std::string& reference : references) {
        w.Object([&] { w.Key("request").Object([&] { w.Member("method", "DELETE").Member("url", reference); }); });
      }
    });
  });
  const net::HttpAnswer answer = Send("POST", "", w.text());
  EXPECT_TRUE(answer.status == 200 || answer.status == 409) << answer.status << " " << answer.body.substr(0, 500);
  return answer.status == 200;
}

std::vector<std::string> Hapi::Search(const std::string& query) {
  std::vector<std::string> out;
  std::string next = query + (query.find('?') == std::string::npos ? "?" : "&") + "_count=50";
  while (!next.empty()) {
    const json::Document page = Get(next);
    next.clear();
    for (const json::Value entry : page.root()["entry"].elements()) {
      // A history lists deletions without a resource.
      if (entry["resource"].is_object()) out.push_back(TextOf(entry["resource"]));
    }
    for (const json::Value link : page.root()["link"].elements()) {
      if (link["relation"].string() == "next") next = link["url"].string();
    }
  }
  return out;
}

std::size_t Hapi::Count(const std::string& query) { return Search(query).size(); }

std::vector<std::string> Hapi::History(const std::string& reference) {
  std::vector<std::string> out;
  // One by one: the server caches how long a history is. 410 is a deletion, 404 the end.
  for (int version = 1;; ++version) {
    const net::HttpAnswer answer = Send("GET", reference + "/_history/" + std::to_string(version));
    if (answer.status == 200) out.push_back(answer.body);
    if (answer.status != 200 && answer.status != 410) return out;
  }
}

std::vector<Hapi::Subscription> Hapi::Subscriptions(const std::string& endpoint_prefix) {
  std::vector<Subscription> out;
  for (std::string& text : Search("Subscription")) {
    const auto parsed = json::Parse(text, json::Limits::ForFiles());
    const json::Value root = parsed->root();
    const std::string endpoint(root["channel"]["endpoint"].string());
    if (!endpoint.starts_with(endpoint_prefix)) continue;
    out.push_back({std::string(root["id"].string()), std::string(root["status"].string()),
                   std::string(root["criteria"].string()), endpoint, std::move(text)});
  }
  return out;
}

net::HttpAnswer Hapi::Control(std::string_view method, const std::string& path) {
  net::HttpRequest request;
  request.method = method;
  request.url = root_ + path;
  return client_.Perform(request);
}

void Hapi::Fault(const std::string& name, const std::string& match, const std::string& act, int times) {
  const net::HttpAnswer answer = Control("PUT", "/fault/" + name + "?match=" + EncodeQuery(match) +
                                                    "&act=" + EncodeQuery(act) + "&times=" + std::to_string(times));
  EXPECT_EQ(answer.status, 200U) << answer.body;
}

bool Hapi::FaultLeft(const std::string& name) { return Control("GET", "/fault/" + name).status == 200; }

void Hapi::ClearFaults() { EXPECT_EQ(Control("DELETE", "/fault").status, 200U); }

void Hapi::Stop(bool kill) {
  std::vector<std::string> arguments{"/bin/bash", kScripts + "stop.sh"};
  if (kill) arguments.emplace_back("--kill");
  arguments.push_back(dir_);
  const support::Finished done = support::RunToEnd(std::move(arguments));
  ASSERT_EQ(done.status, 0) << done.err;
}

void Hapi::Start() {
  const support::Finished done = support::RunToEnd({"/bin/bash", kScripts + "start.sh", dir_, "--db",
                                                    "file:" + dir_ + "/data/hapi", "--port", std::to_string(port_)},
                                                   {}, std::chrono::seconds(200));
  ASSERT_EQ(done.status, 0) << done.err;
}

}  // namespace facet::live
