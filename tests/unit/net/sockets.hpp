#pragma once
// Raw loopback sockets for the tests of `net`: what no well-behaved HTTP library would send.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <atomic>
#include <cstdint>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace facet::net::testing {

inline sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A connected socket. Reads give up after ten seconds, so that a hanging listener fails a test.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = Loopback(port);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    Arm();
  }
  explicit Peer(int accepted) : fd_(accepted), connected_(accepted >= 0) { Arm(); }
  Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  Peer& operator=(Peer&&) = delete;
  ~Peer() { Close(); }

  bool connected() const { return connected_; }
  int descriptor() const { return fd_; }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void Reset() {  // RST in place of FIN
    const linger abort{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    Close();
  }
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Up to and including `mark`; what came, if the peer ended first.
  std::string ReadUntil(std::string_view mark) {
    std::string text;
    char c = 0;
    while (text.find(mark) == std::string::npos && ::recv(fd_, &c, 1, 0) == 1) text += c;
    return text;
  }
  std::string Read(std::size_t bytes) {
    std::string text;
    char c = 0;
    while (text.size() < bytes && ::recv(fd_, &c, 1, 0) == 1) text += c;
    return text;
  }
  // What has come, at most this much at once; "" at the end.
  std::string ReadSome(std::size_t bytes) {
    std::string text(bytes, '\0');
    const ssize_t got = ::recv(fd_, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
  std::string ReadAll() { return ReadUntil("\x01never"); }
  // One answer: its header and, by its Content-Length, its body.
  std::string ReadAnswer() {
    std::string answer = ReadUntil("\r\n\r\n");
    const std::size_t at = answer.find("Content-Length: ");
    if (at != std::string::npos) answer += Read(std::stoul(answer.substr(at + 16)));
    return answer;
  }
  bool AtEnd() {  // the other side has closed (or reset)
    char c = 0;
    return ::recv(fd_, &c, 1, 0) <= 0;
  }

 private:
  void Arm() {
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  int fd_;
  bool connected_ = false;
};

// A server that follows a script: each connection is handed to `script`, on a thread of its own. A client that keeps
// connections must be destroyed first.
class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;
  explicit ScriptedServer(Script script) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = Loopback(0);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 16), 0);
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, script = std::move(script)] {
      for (;;) {
        Peer peer(::accept(fd_, nullptr, nullptr));
        if (!peer.connected()) return;
        ++connections_;
        peers_.emplace_back([script, peer = std::move(peer)]() mutable { script(peer); });
      }
    });
  }
  ~ScriptedServer() {
    ::shutdown(fd_, SHUT_RDWR);  // wakes accept
    thread_.join();
    for (std::thread& peer : peers_) peer.join();
    ::close(fd_);
  }
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  std::string Url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::vector<std::thread> peers_;
  std::thread thread_;
};

}  // namespace facet::net::testing
