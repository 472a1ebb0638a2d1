#include "adapter/mapping/discover/topics.hpp"

#include "adapter/fhir/codings.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/terminology/concepts.hpp"

#include <algorithm>
#include <optional>

namespace facet::mapping {
namespace {

const std::string kDiscoveryUrl = std::string(kBaseUrl) + "CodeSystem/discovery";
constexpr std::size_t kSeenMax = 100'000;

// A word of the list as a pattern: whole words, "spondyl*" begins a word, a blank is any blank or hyphen.
std::string PatternOf(std::string_view word) {
  const bool open = word.ends_with('*');
  if (open) word.remove_suffix(1);
  const auto is_word_character = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  std::string out = !word.empty() && is_word_character(word.front()) ? "\\b" : "";
  for (const char c : word) {
    if (c == ' ') {
      out += "[\\s-]+";
    } else if (is_word_character(c) || static_cast<unsigned char>(c) >= 0x80) {
      out += c;
    } else {
      out += '\\';
      out += c;
    }
  }
  if (!open && !word.empty() && is_word_character(word.back())) out += "\\b";
  return out;
}

Status AddWord(std::vector<Topic::Word>& words, std::string_view text, const std::string& url) {
  auto pattern = Pattern::Compile(PatternOf(text));
  if (!pattern.ok()) return MakeError(ErrorCode::kMappingInvalid, url, pattern.error().detail);
  words.push_back({std::string(text), std::move(pattern).value()});
  return {};
}

Status ReadTopic(json::Value element, const std::string& url, Topic& into) {
  for (const json::Value property : element["property"].elements()) {
    const std::string_view code = property["code"].string();
    const json::Value coding = property["valueCoding"];
    const auto as_coding = [&coding] {
      return TopicCoding{std::string(coding["system"].string()), std::string(coding["code"].string()),
                         std::string(coding["display"].string())};
    };
    if (code == "word") ADAPTER_TRY_STATUS(AddWord(into.words, property["valueString"].string(), url));
    if (code == "except") ADAPTER_TRY_STATUS(AddWord(into.except, property["valueString"].string(), url));
    if (code == "in") into.in = property["valueCode"].string();
    if (code == "hint") into.hint = property["valueString"].string();
    if (code == "suggest") into.suggest.push_back(as_coding());
    if (code == "left-out") into.left_out.push_back(as_coding());
  }
  return {};
}

}  // namespace

Result<Topics> Topics::Load(const Mapper& mapper) {
  Topics out;
  const json::Value shipped = mapper.Artefact(kDiscoveryUrl);
  if (shipped.missing()) {
    return MakeError(ErrorCode::kMappingMissing, kDiscoveryUrl,
                     "the word lists of discover are not among the mappings");
  }
  for (const json::Value element : shipped["concept"].elements()) {
    Topic topic;
    topic.code = element["code"].string();
    topic.display = element["display"].string();
    ADAPTER_TRY_STATUS(ReadTopic(element, kDiscoveryUrl, topic));
    out.topics_.push_back(std::move(topic));
  }
  for (const FhirArtefact& artefact : mapper.artefacts()) {
    if (artefact.type != "CodeSystem") continue;
    if (WithoutVersion(artefact.root()["supplements"].string()) != kDiscoveryUrl) continue;
    for (const json::Value element : artefact.root()["concept"].elements()) {
      const auto same = [&element](const Topic& topic) { return topic.code == element["code"].string(); };
      const auto topic = std::find_if(out.topics_.begin(), out.topics_.end(), same);
      if (topic == out.topics_.end()) {
        return MakeError(ErrorCode::kMappingMissing, artefact.url,
                         "CodeSystem/discovery has no such concept to supplement");
      }
      ADAPTER_TRY_STATUS(ReadTopic(element, artefact.url, *topic));
    }
  }
  for (const Topic& topic : out.topics_) {
    for (const TopicCoding& one : topic.left_out) {
      out.left_out_[{fhir::NormalizeSystem(one.system), one.code}] = one.display;
    }
  }
  return out;
}

TopicHit Topics::Search(std::string_view resource_type, std::string_view text) const {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '_', ' ');  // PAIN_SCORE
  for (const Topic& topic : topics_) {
    if (topic.in != resource_type) continue;
    const auto is_there = [&plain](const Topic::Word& word) { return word.pattern.Search(plain); };
    if (std::any_of(topic.except.begin(), topic.except.end(), is_there)) continue;
    TopicHit hit{.topic = &topic, .words = {}};
    for (const Topic::Word& word : topic.words) {
      if (is_there(word)) hit.words.push_back(word.text);
    }
    if (!hit.words.empty()) return hit;
  }
  return {};
}

const TopicHit& Topics::Find(std::string_view resource_type, std::string_view text) {
  std::string key = std::string(resource_type) + " " + std::string(text);
  if (const auto known = seen_.find(key); known != seen_.end()) return known->second;
  if (seen_.size() >= kSeenMax) seen_.clear();
  return seen_.emplace(std::move(key), Search(resource_type, text)).first->second;
}

const std::string* Topics::WhyLeftOut(std::string_view normal_system, std::string_view code) const {
  const auto found = left_out_.find({std::string(normal_system), std::string(code)});
  return found == left_out_.end() ? nullptr : &found->second;
}

}  // namespace facet::mapping
