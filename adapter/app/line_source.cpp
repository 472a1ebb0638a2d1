#include "adapter/app/line_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace facet::app {
namespace {

constexpr std::size_t kReadBytes = 128U << 10U;  // stays in a core's cache while it is looked at
constexpr std::size_t kLineBytes = 4U << 10U;    // most single lines

}  // namespace

LineSource LineSource::OfText(std::string_view text) {
  LineSource source;
  source.text_ = text;
  source.ended_ = true;
  return source;
}

Result<LineSource> LineSource::OfFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return MakeError(ErrorCode::kFileRead, path, "is a directory, a file is expected");
  }
  LineSource source;
  source.path_ = path;
  source.file_.reset(std::fopen(path.c_str(), "rb"));
  if (!source.file_) return MakeError(ErrorCode::kFileRead, path, std::strerror(errno));
  std::setvbuf(source.file_.get(), nullptr, _IONBF, 0);  // the buffer is ours
  return source;
}

// Reads on behind what is left of the buffer.
bool LineSource::Fill(std::size_t bytes) {
  const std::size_t left = text_.size();
  if (left > 0 && text_.data() != buffer_.data()) std::memmove(buffer_.data(), text_.data(), left);
  if (buffer_.size() < left + bytes) buffer_.resize(left + bytes);
  const std::size_t read = std::fread(buffer_.data() + left, 1, bytes, file_.get());
  ended_ = read < bytes;
  failed_ = ended_ && std::ferror(file_.get()) != 0;
  text_ = std::string_view(buffer_).substr(0, left + read);
  return read > 0;
}

bool LineSource::Next(std::string_view& line, std::uint64_t& place) { return Take(line, place, kReadBytes); }

bool LineSource::Take(std::string_view& line, std::uint64_t& place, std::size_t bytes) {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = text_.find('\n', searched);
    if (end == std::string_view::npos && !ended_) {
      searched = text_.size();
      Fill(std::max(bytes, searched));  // a long line in ever larger steps
      continue;
    }
    if (failed_ || text_.empty()) return false;
    place = place_;
    line = text_.substr(0, end);
    const std::size_t taken = end == std::string_view::npos ? text_.size() : end + 1;
    text_.remove_prefix(taken);
    place_ += taken;
    return true;
  }
}

Status LineSource::status() const {
  if (failed_) return MakeError(ErrorCode::kFileRead, path_, "reading failed");
  return {};
}

Result<std::string> LineSource::LineAt(std::uint64_t place) {
  if (!file_) return MakeError(ErrorCode::kInternal, "line", "a text has no places");
  if (place >= place_ && place - place_ < text_.size()) {
    text_.remove_prefix(place - place_);  // read already
  } else {
    if (fseeko(file_.get(), static_cast<off_t>(place), SEEK_SET) != 0) {
      return MakeError(ErrorCode::kFileRead, path_, std::strerror(errno));
    }
    text_ = {};
    ended_ = false;
  }
  place_ = place;
  std::string_view line;
  std::uint64_t ignored = 0;
  if (!Take(line, ignored, kLineBytes))
    return MakeError(ErrorCode::kFileRead, path_, "the file was changed while it was read");
  return std::string(line);
}

}  // namespace facet::app
