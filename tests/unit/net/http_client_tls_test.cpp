// The client's TLS: verification is always on, a CA file replaces the system's trust, the name in the certificate
// counts.
#include "sockets.hpp"

#include "adapter/net/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

namespace facet::net {
namespace {

using ::testing::HasSubstr;
using testing::Peer;
using testing::ScriptedServer;

struct Deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;

// A certificate that signs itself, for `name` ("IP:127.0.0.1"), valid from `from_s` to `to_s` seconds from now.
struct Identity {
  explicit Identity(const char* name, long from_s = -3600, long to_s = 3600)
      : key(EVP_EC_gen("P-256")), certificate(X509_new()) {
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), to_s);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name);
    X509_add_ext(certificate.get(), names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
  }
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
};

class HttpClientTlsTest : public ::testing::Test {
 protected:
  HttpClientTlsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "facet-tls-XXXXXX").string();
    dir_ = ::mkdtemp(pattern.data());
    // OpenSSL writes to the peer without MSG_NOSIGNAL: a client that refuses us must not end the test.
    std::signal(SIGPIPE, SIG_IGN);
  }
  ~HttpClientTlsTest() override { std::filesystem::remove_all(dir_); }

  std::string WritePem(const Identity& identity) {
    const std::string path = (dir_ / "ca.pem").string();
    std::FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, identity.certificate.get());
    std::fclose(file);
    return path;
  }
  // One request to a server with that identity.
  HttpAnswer Ask(const Identity& identity, const std::string& ca_file) {
    Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
    const ScriptedServer server([&](Peer& peer) {
      const Owned<SSL> session(SSL_new(context.get()));
      SSL_set_fd(session.get(), peer.descriptor());
      char buffer[4096];
      if (SSL_accept(session.get()) != 1 || SSL_read(session.get(), buffer, sizeof buffer) <= 0) return;
      ++requests_;
      constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
      SSL_write(session.get(), kAnswer.data(), static_cast<int>(kAnswer.size()));
      SSL_shutdown(session.get());
    });
    HttpClientOptions options;
    options.ca_file = ca_file;
    HttpClient client(options);
    HttpRequest request;
    request.method = "PUT";
    request.url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    return client.Perform(request);
  }
  void ExpectRefused(const HttpAnswer& answer, const char* why) {
    ASSERT_TRUE(answer.failure);
    EXPECT_EQ(answer.failure->code, ErrorCode::kNetTls);
    EXPECT_THAT(answer.failure->detail, HasSubstr(why));
    EXPECT_FALSE(answer.sent);
    EXPECT_EQ(requests_, 0);
  }

  std::filesystem::path dir_;
  std::atomic<int> requests_{0};
};

TEST_F(HttpClientTlsTest, ACertificateOfTheGivenCaIsTrusted) {
  const Identity identity("IP:127.0.0.1");
  const HttpAnswer answer = Ask(identity, WritePem(identity));
  EXPECT_FALSE(answer.failure) << answer.failure->ToString();
  EXPECT_EQ(answer.status, 200U);
}

TEST_F(HttpClientTlsTest, AnUnknownCertificateIsRefusedBeforeAnythingIsSent) {
  ExpectRefused(Ask(Identity("IP:127.0.0.1"), ""), "self-signed");
  ExpectRefused(Ask(Identity("IP:127.0.0.1"), WritePem(Identity("IP:127.0.0.1"))), "certificate");
}

TEST_F(HttpClientTlsTest, AnotherNameIsRefused) {
  const Identity identity("DNS:other.example");
  ExpectRefused(Ask(identity, WritePem(identity)), "127.0.0.1");
}

TEST_F(HttpClientTlsTest, AnExpiredCertificateIsRefused) {
  const Identity identity("IP:127.0.0.1", -7200, -3600);
  ExpectRefused(Ask(identity, WritePem(identity)), "expired");
}

TEST_F(HttpClientTlsTest, ACaFileThatIsNotThereIsATlsFailure) {
  ExpectRefused(Ask(Identity("IP:127.0.0.1"), (dir_ / "absent.pem").string()), "absent.pem");
}

}  // namespace
}  // namespace facet::net
