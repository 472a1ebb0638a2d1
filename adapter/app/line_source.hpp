#pragma once
// The lines of a text or a file, in a buffer of fixed size, and single lines again by their place.
//
// Thread: one. Owns: its buffer and file; a line lives until the next call.
// Errors: file.read with the path.
#include "adapter/base/result.hpp"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace facet::app {

class LineSource {
 public:
  // `text` must outlive the source.
  static LineSource OfText(std::string_view text);
  static Result<LineSource> OfFile(const std::string& path);

  // False at the end, or where reading failed: see status().
  bool Next(std::string_view& line, std::uint64_t& place);
  Status status() const;
  // The line at a place that Next gave.
  Result<std::string> LineAt(std::uint64_t place);

 private:
  LineSource() = default;
  bool Fill(std::size_t bytes);
  // As Next, reading at least so many bytes where it has to read.
  bool Take(std::string_view& line, std::uint64_t& place, std::size_t bytes);

  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, std::fclose};
  std::string_view text_;  // all of it, or what of the buffer is not read
  std::string buffer_;
  std::uint64_t place_ = 0;  // of the first byte of text_
  bool ended_ = false;
  bool failed_ = false;
};

}  // namespace facet::app
