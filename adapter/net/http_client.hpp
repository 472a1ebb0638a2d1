#pragma once
// Blocking HTTP client on libcurl: the adapter's only way to the FHIR server.
//
// In the flow: a worker thread takes a read or write effect -> Perform -> the answer becomes an engine input.
// Thread: one client, one thread (its connections are reused between calls). The cancel flag may be set from any.
// Owns: its connections; the destructor closes them.
// Errors: a transport failure is HttpAnswer::failure (net.*); any HTTP status is an answer. Messages name method and
//         origin, never path, query or body. A URL or header that cannot be sent is net.request, and nothing was sent.
#include "adapter/base/result.hpp"
#include "adapter/net/http_message.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace facet::net {

struct HttpClientOptions {
  std::string user_agent = "facet-adapter";
  std::string ca_file;  // PEM bundle in place of the system's; "" = the system's
  // Proxies come from here and nowhere else: environment variables are ignored. "" = none.
  std::string proxy;
  std::string no_proxy;  // hosts that are reached directly, separated by commas
  // When it becomes true a running Perform gives up within about a second. May be null; must outlive the client.
  const std::atomic<bool>* cancel = nullptr;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // absolute, http or https
  std::vector<HttpHeader> headers;
  std::string body;  // sent for POST, PUT and PATCH
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{30'000};
  // Slower than one byte a second for this long is a time-out too. 0 = not watched.
  std::chrono::seconds stall_timeout{20};
  std::size_t body_bytes_max = std::size_t{32} << 20U;  // of the decoded answer
};

struct HttpAnswer {
  std::optional<Error> failure;  // set: there is no usable answer, and only `sent` means anything
  // With a failure: the request may have reached the server, and may have been applied. Never a reason to repeat a
  // write blindly; its outcome must be read. False means that it certainly was not applied.
  bool sent = false;
  unsigned status = 0;
  std::vector<HttpHeader> headers;  // of the final answer
  std::string body;                 // decoded (gzip)
  std::chrono::milliseconds took{0};

  std::string_view Header(std::string_view name) const noexcept { return FindHeader(headers, name); }
  std::string_view etag() const noexcept { return Header("ETag"); }
  std::string_view location() const noexcept { return Header("Location"); }
  std::string_view date() const noexcept { return Header("Date"); }
  std::string_view retry_after() const noexcept { return Header("Retry-After"); }
  std::string_view content_type() const noexcept { return Header("Content-Type"); }
};

class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Redirects are never followed: a 3xx is an answer. Requests other than GET and HEAD always use a fresh connection,
  // because libcurl repeats a request by itself when a reused connection turns out to be dead.
  HttpAnswer Perform(const HttpRequest& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "https://h.example:8443" of a URL; "" if it has none. For messages and comparison of origins.
std::string OriginOf(std::string_view url);

}  // namespace facet::net
