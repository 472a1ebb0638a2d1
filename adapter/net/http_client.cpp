#include "adapter/net/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

namespace facet::net {
namespace {

constexpr std::size_t kHeaderBytesMax = 256U << 10U;

void InitializeOnce() {
  static std::once_flag once;
  std::call_once(once, [] { ADAPTER_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

struct CurlListDeleter {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, CurlListDeleter>;

void Append(CurlList& list, const std::string& line) {
  curl_slist* grown = curl_slist_append(list.get(), line.c_str());
  ADAPTER_CHECK(grown != nullptr);
  static_cast<void>(list.release());
  list.reset(grown);
}

std::string_view Trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n')) {
    text.remove_suffix(1);
  }
  return text;
}

// What the callbacks of one transfer write to.
struct Transfer {
  HttpAnswer* answer = nullptr;
  std::size_t body_bytes_max = 0;
  std::size_t header_bytes = 0;
  bool too_large = false;
};

std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t bytes = size * count;
  if (transfer.answer->body.size() + bytes > transfer.body_bytes_max) {
    transfer.too_large = true;
    return 0;  // anything but `bytes` ends the transfer
  }
  transfer.answer->body.append(data, bytes);
  return bytes;
}

std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t bytes = size * count;
  transfer.header_bytes += bytes;
  if (transfer.header_bytes > kHeaderBytesMax) {
    transfer.too_large = true;
    return 0;
  }
  const std::string_view line = Trimmed({data, bytes});
  if (line.starts_with("HTTP/")) {  // an interim answer (100, or a proxy's 200) came before: start again
    transfer.answer->headers.clear();
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    transfer.answer->headers.push_back(
        {std::string(Trimmed(line.substr(0, colon))), std::string(Trimmed(line.substr(colon + 1)))});
  }
  return bytes;
}

int OnProgress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* cancel = static_cast<const std::atomic<bool>*>(context);
  return cancel != nullptr && cancel->load(std::memory_order_relaxed) ? 1 : 0;
}

ErrorCode Classify(CURLcode code, bool too_large, bool sent) noexcept {
  if (too_large) return ErrorCode::kNetTooLarge;
  // Of an answer this means that it is not HTTP; before, that the URL's scheme is not.
  if (code == CURLE_UNSUPPORTED_PROTOCOL && sent) return ErrorCode::kNetBroken;
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL:
    return ErrorCode::kNetResolve;
  case CURLE_COULDNT_CONNECT:
  case CURLE_PROXY:
    return ErrorCode::kNetConnect;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_CRL_BADFILE:
  case CURLE_SSL_INVALIDCERTSTATUS:
  case CURLE_USE_SSL_FAILED:
    return ErrorCode::kNetTls;
  case CURLE_OPERATION_TIMEDOUT:
    return ErrorCode::kNetTimeout;
  case CURLE_ABORTED_BY_CALLBACK:
    return ErrorCode::kNetCancelled;
  case CURLE_FILESIZE_EXCEEDED:
    return ErrorCode::kNetTooLarge;
  default:
    return ErrorCode::kNetBroken;
  }
}

bool HasControls(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

bool SafeToRepeat(std::string_view method) noexcept { return method == "GET" || method == "HEAD"; }

}  // namespace

struct HttpClient::Impl {
  HttpClientOptions options;
  CURL* easy = nullptr;
  std::array<char, CURL_ERROR_SIZE> message{};

  template <class T>
  void Set(CURLoption option, T value) {
    // A refused option would silently change what is sent or checked.
    ADAPTER_CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
  }

  void SetFixedOptions() {
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_FOLLOWLOCATION, 0L);
    Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    Set(CURLOPT_SSL_VERIFYPEER, 1L);
    Set(CURLOPT_SSL_VERIFYHOST, 2L);
    Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_file.empty()) {
      Set(CURLOPT_CAINFO, options.ca_file.c_str());
      Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    }
    Set(CURLOPT_PROXY, options.proxy.c_str());  // "" also switches the environment's proxies off
    Set(CURLOPT_NOPROXY, options.no_proxy.c_str());
    Set(CURLOPT_ACCEPT_ENCODING, "gzip");
    Set(CURLOPT_USERAGENT, options.user_agent.c_str());
    Set(CURLOPT_ERRORBUFFER, message.data());
    Set(CURLOPT_HEADERFUNCTION, &OnHeader);
    Set(CURLOPT_WRITEFUNCTION, &OnBody);
    Set(CURLOPT_NOPROGRESS, 0L);
    Set(CURLOPT_XFERINFOFUNCTION, &OnProgress);
    Set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(options.cancel));
    Set(CURLOPT_TCP_KEEPALIVE, 1L);
  }

  // The URL is set apart: it may come from a server's link, and is refused where it is too long.
  void SetRequestOptions(const HttpRequest& request, curl_slist* headers, Transfer& transfer) {
    Set(CURLOPT_HTTPHEADER, headers);
    Set(CURLOPT_HEADERDATA, &transfer);
    Set(CURLOPT_WRITEDATA, &transfer);
    Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout.count()));
    Set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    Set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout.count()));
    if (request.method == "HEAD") {
      Set(CURLOPT_NOBODY, 1L);
    } else if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
      Set(CURLOPT_POST, 1L);
      Set(CURLOPT_POSTFIELDS, request.body.data());
      Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    if (request.method != "GET" && request.method != "HEAD") Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    Set(CURLOPT_FRESH_CONNECT, SafeToRepeat(request.method) ? 0L : 1L);
  }

  void Fail(HttpAnswer& answer, const HttpRequest& request, CURLcode code, bool too_large) {
    // The server can have seen the request once a connection (and TLS) stood; libcurl counts request bytes from then.
    long request_bytes = 0;
    curl_off_t ready_us = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    answer.sent = request_bytes > 0 || ready_us > 0;
    const ErrorCode kind = Classify(code, too_large, answer.sent);
    std::string detail = curl_easy_strerror(code);
    // libcurl's own message says more ("certificate has expired") and, in these cases, names no path.
    const bool message_is_safe =
        kind == ErrorCode::kNetTls || kind == ErrorCode::kNetConnect || code == CURLE_COULDNT_RESOLVE_HOST;
    if (message_is_safe && message.front() != '\0') detail = message.data();
    if (kind == ErrorCode::kNetTooLarge) {
      detail = "the answer exceeds " + std::to_string(request.body_bytes_max) + " bytes";
    }
    const bool permanent = kind == ErrorCode::kNetTooLarge || code == CURLE_URL_MALFORMAT ||
                           (code == CURLE_UNSUPPORTED_PROTOCOL && !answer.sent);
    answer.failure = MakeError(kind, request.method + " " + OriginOf(request.url), std::move(detail),
                               permanent ? Retry::kNever : Retry::kLater);
    answer.status = 0;
    answer.headers.clear();
    answer.body.clear();
  }
};

HttpClient::HttpClient(HttpClientOptions options) : impl_(std::make_unique<Impl>()) {
  InitializeOnce();
  impl_->options = std::move(options);
  impl_->easy = curl_easy_init();
  ADAPTER_CHECK(impl_->easy != nullptr);
}

HttpClient::~HttpClient() { curl_easy_cleanup(impl_->easy); }

HttpAnswer HttpClient::Perform(const HttpRequest& request) {
  HttpAnswer answer;
  Transfer transfer{&answer, request.body_bytes_max};
  const auto refuse = [&](const char* detail) {
    answer.failure =
        MakeError(ErrorCode::kNetRequest, request.method + " " + OriginOf(request.url), detail, Retry::kNever);
    return answer;
  };
  // URLs and header values can hold what a server said (a paging link, a version): checked, never trusted.
  if (HasControls(request.url)) return refuse("the URL holds a control character");
  CurlList headers;
  for (const HttpHeader& header : request.headers) {
    // A line break in a value would smuggle a header.
    if (HasControls(header.name) || HasControls(header.value)) return refuse("a header holds a control character");
    Append(headers, header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  // Not "Expect: 100-continue": servers that ignore it cost a second, and no body here is large.
  Append(headers, "Expect:");

  curl_easy_reset(impl_->easy);  // options only; connections stay
  impl_->message.front() = '\0';
  impl_->SetFixedOptions();
  if (curl_easy_setopt(impl_->easy, CURLOPT_URL, request.url.c_str()) != CURLE_OK) return refuse("the URL is too long");
  impl_->SetRequestOptions(request, headers.get(), transfer);
  const CURLcode code = curl_easy_perform(impl_->easy);
  curl_off_t total_us = 0;
  curl_easy_getinfo(impl_->easy, CURLINFO_TOTAL_TIME_T, &total_us);
  answer.took = std::chrono::milliseconds(total_us / 1000);
  if (code != CURLE_OK) {
    impl_->Fail(answer, request, code, transfer.too_large);
    return answer;
  }
  long status = 0;
  curl_easy_getinfo(impl_->easy, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<unsigned>(status);
  answer.sent = true;
  return answer;
}

std::string OriginOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::size_t start = scheme + 3;
  const std::size_t end = url.find_first_of("/?#", start);
  std::string_view authority = url.substr(start, end == std::string_view::npos ? end : end - start);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  return std::string(url.substr(0, start)).append(authority);
}

}  // namespace facet::net
