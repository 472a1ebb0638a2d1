#pragma once
// What looks like a facet procedure or a pain score by its words: topics, each with words, as CodeSystem/discovery of
// the mappings says (and what supplements it: words of another language).
//
// Thread: one, Find keeps what it has seen. Owns: its topics.
// Errors: mapping.missing, mapping.invalid at the artefact's URL.
#include "adapter/base/result.hpp"
#include "adapter/mapping/mapper.hpp"
#include "adapter/mapping/terminology/pattern.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace facet::mapping {

struct TopicCoding {
  std::string system;
  std::string code;
  std::string display;
};

struct Topic {
  std::string code;
  std::string display;
  std::string in;  // resource type
  std::string hint;
  struct Word {
    std::string text;  // as the list writes it: what is shown in place of the text where it was found
    Pattern pattern;
  };
  std::vector<Word> words;
  std::vector<Word> except;           // found: it is not this topic
  std::vector<TopicCoding> suggest;   // targets of a draft; several are alternatives
  std::vector<TopicCoding> left_out;  // codes that look so and are not, with the reason
};

struct TopicHit {
  const Topic* topic = nullptr;
  std::vector<std::string_view> words;
};

class Topics {
 public:
  static Result<Topics> Load(const Mapper& mapper);
  // The first topic of this resource type that has a word in the text; topic nullptr: none.
  const TopicHit& Find(std::string_view resource_type, std::string_view text);
  const std::vector<Topic>& all() const noexcept { return topics_; }
  // The reason why a code is left out on purpose; nullptr for any other.
  const std::string* WhyLeftOut(std::string_view normal_system, std::string_view code) const;

 private:
  Topics() = default;
  TopicHit Search(std::string_view resource_type, std::string_view text) const;
  std::vector<Topic> topics_;
  std::map<std::pair<std::string, std::string>, std::string> left_out_;
  std::unordered_map<std::string, TopicHit> seen_;  // texts repeat: "type text" -> hit
};

}  // namespace facet::mapping
