#pragma once
// What the tests of this room share: the shipped mappings as read from the source tree, and resources from text.
#include "adapter/mapping/mapper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace facet::mapping {

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<SourceFile> ShippedFiles() {
  std::vector<SourceFile> files;
  const std::filesystem::path base = std::filesystem::path(FACET_SOURCE_DIR) / "fhir-mappings";
  for (const char* folder : {"codesystems", "valuesets", "conceptmaps", "views", "extensions", "guide", "profiles"}) {
    if (!std::filesystem::exists(base / folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(base / folder)) {
      if (entry.path().extension() != ".json") continue;
      files.push_back({entry.path().lexically_relative(FACET_SOURCE_DIR).string(), "shipped", ReadText(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

inline std::string Listed(const std::vector<Error>& errors) {
  std::string out;
  for (const Error& error : errors) out += error.ToString() + "\n";
  return out;
}

// The shipped mappings with these artefacts on top.
inline std::shared_ptr<const Mapper> LoadWith(const std::vector<std::string>& overlay) {
  std::vector<SourceFile> files = ShippedFiles();
  for (std::size_t i = 0; i < overlay.size(); ++i) {
    files.push_back({"site/" + std::to_string(i) + ".json", "site", overlay[i]});
  }
  std::vector<Error> errors;
  auto mapper = Mapper::Load(files, errors);
  EXPECT_TRUE(errors.empty()) << Listed(errors);
  return mapper.ok() ? std::move(mapper).value() : nullptr;
}

inline const Mapper& Shipped() {
  static const std::shared_ptr<const Mapper> mapper = LoadWith({});
  return *mapper;
}

inline json::Document ParseOrDie(const std::string& text) {
  auto parsed = json::Parse(text);
  EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().ToString()) << "\n" << text;
  return parsed.ok() ? std::move(parsed).value() : json::Document();
}

inline Extraction Extract(const std::string& text, const Mapper& mapper = Shipped()) {
  static const TimeZone kUtc;
  const json::Document document = ParseOrDie(text);
  return mapper.Extract(
      document.root(),
      {.zone = &kUtc, .server_base = "https://h.example/fhir", .references = nullptr, .reference = {}});
}

inline std::string ReasonOf(const Extraction& extraction) {
  std::string out;
  for (const clinical::Rejection& rejection : extraction.rejections) {
    out += (out.empty() ? "" : " ") + std::string(clinical::NameOf(rejection.reason));
  }
  return out;
}

}  // namespace facet::mapping
