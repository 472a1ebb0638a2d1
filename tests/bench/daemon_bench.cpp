// Figures of the running daemon: accepted notifications a second with their delays, resident memory with many followed
// patients, start to ready; and how many resources a second `replay` judges. The FHIR server is a stub in this process
// that answers at once: what is measured is the adapter. `run.sh` builds, repeats and tells the medians.
//
//   daemon_bench PROGRAM [PATIENTS] [SECONDS]        10000 patients, 10 seconds of notifications
//
// Prints one figure a line: name TAB value TAB unit.
// Every notification is committed to the store on disk (TMPDIR) before it is answered.
#include "tests/support/child_process.hpp"
#include "tests/support/event_log.hpp"
#include "tests/support/patients.hpp"
#include "tests/support/temp_dir.hpp"

#include "adapter/net/http_listener.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace facet::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::Course;
using support::SyntheticPatient;

constexpr const char* kSecret = "bench-secret-0123456789";

double Ms(Clock::duration took) { return std::chrono::duration<double, std::milli>(took).count(); }

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "daemon_bench: %s\n", why.c_str());
  std::exit(1);
}

void Figure(const std::string& name, double value, const char* unit) {
  std::printf("%s\t%.1f\t%s\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

// ---- the FHIR server -------------------------------------------------------------------------------------------

std::string Bundle(const std::vector<support::Resource>& resources) {
  std::string out = R"({"resourceType":"Bundle","type":"searchset","entry":[)";
  for (std::size_t i = 0; i < resources.size(); ++i)
    out += (i > 0 ? "," : "") + (R"({"resource":)" + resources[i].json) + "}";
  return out + "]}";
}

// Synthetic patients by search and by id; Subscriptions that are active as soon as they are created.
class StubServer {
 public:
  StubServer() {
    net::ListenerOptions options;
    auto opened = net::HttpListener::Open(
        options, [this](net::HttpIncoming request, const net::Responder& respond) { respond(Answer(request)); });
    if (!opened.ok()) Die(opened.error().ToString());
    listener_ = std::move(*opened);
    thread_ = std::thread([this] { listener_->Run(); });
  }
  ~StubServer() {
    listener_->BeginDrain(milliseconds(0));
    thread_.join();
  }
  std::string base() const { return "http://127.0.0.1:" + std::to_string(listener_->Port()) + "/fhir"; }
  void Add(SyntheticPatient patient) {
    const std::lock_guard lock(mutex_);
    const std::string id = patient.id();
    patients_.emplace(id, std::move(patient));
  }
  // Endpoint of the Subscription of this type; waits for it.
  std::string EndpointOf(const std::string& type) {
    for (int i = 0; i < 600; ++i) {
      {
        const std::lock_guard lock(mutex_);
        for (const std::string& text : subscriptions_) {
          const auto parsed = json::Parse(text, json::Limits::ForFiles());
          if (parsed.ok() && parsed->root()["criteria"].string().starts_with(type + "?")) {
            return std::string(parsed->root()["channel"]["endpoint"].string());
          }
        }
      }
      std::this_thread::sleep_for(milliseconds(50));
    }
    Die("no Subscription for " + type);
  }

 private:
  static net::HttpReply Reply(unsigned status, std::string body) {
    net::HttpReply reply;
    reply.status = status;
    reply.body = std::move(body);
    return reply;
  }

  net::HttpReply Answer(const net::HttpIncoming& request) {
    const std::lock_guard lock(mutex_);
    const std::string path = request.target.substr(0, request.target.find('?')).substr(6);
    if (path == "metadata") return Reply(200, Capability());
    if (path.starts_with("Subscription")) return Subscription(request, path);
    const std::size_t slash = path.find('/');
    if (slash != std::string::npos) return Reply(ReadOf(path).empty() ? 404 : 200, ReadOf(path));
    return Reply(200, Bundle(SearchOf(path, request.target)));
  }

  net::HttpReply Subscription(const net::HttpIncoming& request, const std::string& path) {
    if (request.method == "POST") {
      const std::string id = "s" + std::to_string(subscriptions_.size());
      std::string text = request.body;
      const std::size_t at = text.find("\"requested\"");
      text.replace(at, 11, R"("active","id":")" + id + "\"");
      subscriptions_.push_back(text);
      net::HttpReply reply = Reply(201, text);
      reply.headers.push_back({"Location", base() + "/Subscription/" + id + "/_history/1"});
      return reply;
    }
    const std::size_t slash = path.find("/s");
    if (slash != std::string::npos) return Reply(200, subscriptions_.at(std::stoul(path.substr(slash + 2))));
    std::vector<support::Resource> all;
    for (const std::string& text : subscriptions_) all.push_back({"Subscription", "", text});
    return Reply(200, Bundle(all));
  }

  static std::string Capability() {
    std::string types;
    for (const char* type : {"Patient", "Procedure", "Observation", "Encounter", "MedicationAdministration",
                             "Condition", "MedicationRequest", "AllergyIntolerance", "Device", "ServiceRequest",
                             "CarePlan", "Provenance", "Subscription"}) {
      types += std::string(types.empty() ? "" : ",") + R"({"type":")" + type +
               R"(","interaction":[{"code":"read"},{"code":"search-type"},{"code":"update"}],"updateCreate":true})";
    }
    return R"({"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server","resource":[)" +
           types + "]}]}";
  }

  std::vector<support::Resource> SearchOf(const std::string& type, const std::string& target) const {
    const std::size_t at = target.find("?patient=");
    if (at == std::string::npos) return {};  // a sweep: nothing has changed
    const std::size_t end = target.find('&', at);
    const auto patient = patients_.find(target.substr(at + 9, end == std::string::npos ? end : end - at - 9));
    if (patient == patients_.end()) return {};
    if (type == "Procedure") return patient->second.procedures();
    if (type == "Observation") return patient->second.scores();
    return {};
  }

  std::string ReadOf(const std::string& reference) const {
    const std::size_t slash = reference.find('/');
    const std::string id = reference.substr(slash + 1);
    const std::size_t tail = id.rfind('-');
    const auto patient = patients_.find(reference.starts_with("Patient/") ? id : id.substr(0, tail));
    if (patient == patients_.end()) return "";
    for (const support::Resource& resource : patient->second.All()) {
      if (resource.reference() == reference) return resource.json;
    }
    return "";
  }

  std::mutex mutex_;
  std::map<std::string, SyntheticPatient> patients_;
  std::vector<std::string> subscriptions_;
  std::unique_ptr<net::HttpListener> listener_;
  std::thread thread_;
};

// ---- the adapter -----------------------------------------------------------------------------------------------

std::uint16_t FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) Die("no free port");
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

class Daemon {
 public:
  Daemon(std::string program, const std::string& dir, const std::string& base)
      : program_(std::move(program)), port_(FreePort()) {
    config_ = dir + "/bench.yaml";
    std::ofstream(config_) << "fhir: { base_url: " << base << ", system_id: bench, requests_max: 8 }\n"
                           << "follow: { not_before: 2020-01-01 }\n"
                           << "intake: { listen: 127.0.0.1:" << port_ << ", public_url: http://127.0.0.1:" << port_
                           << ", secret: ${FACET_ADAPTER_HOOK_SECRET}, queue_max: 5000 }\n"
                           << "policy: { time_zone: UTC, stable_age_secs: 0 }\n"
                           << "store: { path: " << dir << "/state.db }\n"
                           << "admin: { listen: 127.0.0.1:" << FreePort() << " }\n";
  }
  // Milliseconds from the start of the process to its being ready.
  double Start() {
    log_ = std::make_shared<support::EventLog>();
    support::ChildOptions options;
    options.arguments = {program_, "run", "--config", config_};
    options.environment = {{"FACET_ADAPTER_HOOK_SECRET", kSecret}};
    options.on_stderr = [log = log_](std::string_view text) { log->Append(text); };
    const Clock::time_point begun = Clock::now();
    child_ = std::make_unique<support::ChildProcess>(options);
    if (!log_->WaitFor("process.started", {}, 0, seconds(60))) Die("the adapter does not start:\n" + log_->Tail(20));
    return Ms(Clock::now() - begun);
  }
  void Stop() {
    child_->Signal(SIGTERM);
    if (child_->WaitExit(seconds(60)).value_or(-1) != 0) Die("the adapter does not stop in order");
  }
  std::uint16_t port() const { return port_; }
  support::ChildProcess& child() { return *child_; }
  const support::EventLog& log() const { return *log_; }

 private:
  std::string program_;
  std::string config_;
  std::uint16_t port_;
  std::shared_ptr<support::EventLog> log_;
  std::unique_ptr<support::ChildProcess> child_;
};

// ---- a sender --------------------------------------------------------------------------------------------------

// One kept connection; blocking.
class Sender {
 public:
  explicit Sender(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) Die("cannot connect");
  }
  ~Sender() { ::close(fd_); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // The status; 0 when the connection ended.
  int Put(const std::string& path, const std::string& body) {
    const std::string request =
        "PUT " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + kSecret +
        "\r\nContent-Type: application/fhir+json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) return 0;
    std::string answer;
    char buffer[4096];
    for (;;) {
      const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) return 0;
      answer.append(buffer, static_cast<std::size_t>(got));
      const std::size_t end = answer.find("\r\n\r\n");
      const std::size_t length = answer.find("Content-Length: ");
      if (end == std::string::npos) continue;
      if (length == std::string::npos || answer.size() >= end + 4 + std::stoul(answer.substr(length + 16))) break;
    }
    return std::stoi(answer.substr(9));
  }

 private:
  int fd_;
};

void MeasureAccepts(std::uint16_t port, const std::string& path, int connections, seconds duration) {
  std::vector<std::vector<double>> delays(static_cast<std::size_t>(connections));
  std::atomic<long> refused{0};
  std::vector<std::thread> senders;
  const Clock::time_point begun = Clock::now();
  for (int number = 0; number < connections; ++number) {
    senders.emplace_back([&, number] {
      Sender sender(port);
      for (int i = 0; Clock::now() - begun < duration; ++i) {
        const std::string id = "n" + std::to_string(number) + "-" + std::to_string(i);
        const std::string body =
            R"({"resourceType":"Observation","id":")" + id +
            R"(","meta":{"versionId":"1","lastUpdated":"2026-01-01T10:00:00.000Z"},"status":"final","category":[{"coding":[)"
            R"({"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"survey"}]}],"code":{"coding":[)"
            R"({"system":"http://loinc.org","code":"72514-3","display":"Pain severity - 0-10 verbal numeric rating"}]},)"
            R"("subject":{"reference":"Patient/nobody)" +
            std::to_string(i) +
            R"("},"effectiveDateTime":"2026-01-01T10:00:00Z","valueQuantity":{"value":7,"unit":"{score}","system":)"
            R"("http://unitsofmeasure.org","code":"{score}"}})";
        const Clock::time_point sent = Clock::now();
        if (sender.Put(path + "/Observation/" + id, body) != 200) {
          ++refused;
          continue;
        }
        delays[static_cast<std::size_t>(number)].push_back(Ms(Clock::now() - sent));
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  const double took = Ms(Clock::now() - begun) / 1000;
  std::vector<double> all;
  for (const auto& some : delays) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  if (all.empty()) Die("no notification was accepted");
  const auto at = [&](double part) {
    return all[static_cast<std::size_t>(static_cast<double>(all.size() - 1) * part)];
  };
  const std::string name = "notifications, " + std::to_string(connections) + " connections: ";
  Figure(name + "accepted", static_cast<double>(all.size()) / took, "/s");
  Figure(name + "median delay", at(0.5), "ms");
  Figure(name + "p99 delay", at(0.99), "ms");
  Figure(name + "refused", static_cast<double>(refused.load()), "");
}

void MeasurePatients(Daemon& daemon, StubServer& server, const std::string& path, int patients) {
  const std::int64_t before = daemon.child().ResidentKib();
  std::vector<SyntheticPatient> all;
  Prng prng(7);
  for (int i = 0; i < patients; ++i) {
    // A quarter has failed, as many wore off at once, half is under way.
    const Course course = i % 4 == 0 ? Course::kNoResponse : i % 4 == 1 ? Course::kPositiveBlock : Course::kHelping;
    all.emplace_back(prng, "b" + std::to_string(i), course, support::WallClock());
    server.Add(all.back());
  }
  const Clock::time_point begun = Clock::now();
  Sender sender(daemon.port());
  for (const SyntheticPatient& patient : all) {
    const support::Resource& procedure = patient.procedures()[0];
    while (sender.Put(path + "/" + procedure.reference(), procedure.json) != 200)
      std::this_thread::sleep_for(milliseconds(5));
  }
  const auto wanted = static_cast<std::size_t>(patients);
  while (daemon.log().Count("episode.judged") < wanted) {
    if (Clock::now() - begun > std::chrono::minutes(20)) Die("not all patients were judged:\n" + daemon.log().Tail(20));
    std::this_thread::sleep_for(milliseconds(500));
  }
  const double took = Ms(Clock::now() - begun) / 1000;
  const std::string name = std::to_string(patients) + " followed patients: ";
  Figure(name + "hydrated and judged", patients / took, "/s");
  Figure(name + "memory before", static_cast<double>(before) / 1024, "MiB");
  Figure(name + "memory then", static_cast<double>(daemon.child().ResidentKib()) / 1024, "MiB");
  Figure(name + "memory at most", static_cast<double>(daemon.child().PeakResidentKib()) / 1024, "MiB");
}

// Offline judgement of whole courses: one NDJSON file in, judgements and proposals out.
void MeasureReplay(const std::string& program, const std::string& dir, int patients) {
  const std::string file = dir + "/replay.ndjson";
  std::size_t resources = 0;
  {
    std::ofstream out(file);
    Prng prng(11);
    for (int i = 0; i < patients; ++i) {
      const SyntheticPatient patient(prng, "r" + std::to_string(i), static_cast<Course>(i % 6), support::WallClock());
      for (const support::Resource& one : patient.All()) {
        out << one.json << "\n";
        ++resources;
      }
    }
    if (!out.flush().good()) Die("cannot write " + file);
  }
  for (const char* format : {"json", "text"}) {
    const Clock::time_point begun = Clock::now();
    const support::Finished done = support::RunToEnd({program, "replay", "--format", format, file}, {}, seconds(600));
    if (done.status != 0) Die("replay ends with " + std::to_string(done.status) + ":\n" + done.err);
    Figure(std::string("replay, ") + format + ": resources",
           1000 * static_cast<double>(resources) / Ms(Clock::now() - begun), "/s");
  }
}

void MeasureStart(Daemon& daemon, const char* what) {
  std::vector<double> starts;
  for (int i = 0; i < 15; ++i) {
    starts.push_back(daemon.Start());
    daemon.Stop();
  }
  std::sort(starts.begin(), starts.end());
  Figure(std::string("start to ready, ") + what + ": median", starts[starts.size() / 2], "ms");
  Figure(std::string("start to ready, ") + what + ": longest of 15", starts.back(), "ms");
}

int Main(int argc, char** argv) {
  if (argc < 2) Die("expected the program to measure");
  const int patients = argc > 2 ? std::atoi(argv[2]) : 10'000;
  const seconds duration(argc > 3 ? std::atoi(argv[3]) : 10);
  const support::TempDir dir("facet-bench");
  StubServer server;
  Daemon daemon(argv[1], dir.path(), server.base());
  MeasureReplay(argv[1], dir.path(), patients / 5);
  MeasureStart(daemon, "empty store");
  daemon.Start();
  const auto path_of = [&](const std::string& type) {
    const std::string endpoint = server.EndpointOf(type);
    return endpoint.substr(endpoint.find("/hooks/"));
  };
  const std::string observations = path_of("Observation");
  for (const int connections : {1, 16, 64}) MeasureAccepts(daemon.port(), observations, connections, duration);
  MeasurePatients(daemon, server, path_of("Procedure"), patients);
  daemon.Stop();
  MeasureStart(daemon, "followed patients in the store");
  daemon.Start();
  std::this_thread::sleep_for(seconds(5));  // what a start wakes has been done
  Figure(std::to_string(patients) + " followed patients: memory 5 s after a start",
         static_cast<double>(daemon.child().ResidentKib()) / 1024, "MiB");
  daemon.Stop();
  return 0;
}

}  // namespace
}  // namespace facet::bench

int main(int argc, char** argv) { return facet::bench::Main(argc, argv); }
