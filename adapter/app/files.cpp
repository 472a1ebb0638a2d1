#include "adapter/app/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace facet::app {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

int KeepOpen(std::FILE*) { return 0; }

Result<File> Open(const std::string& path) {
  if (path == "-") return File(stdin, KeepOpen);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return MakeError(ErrorCode::kFileRead, path, "is a directory, a file is expected");
  }
  File file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return MakeError(ErrorCode::kFileRead, path, std::strerror(errno));
  return file;
}

}  // namespace

Result<std::string> ReadText(const std::string& path) {
  ADAPTER_TRY(file, Open(path));
  std::string text;
  char buffer[65'536];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, file.get())) text.append(buffer, n);
  if (std::ferror(file.get()) != 0) return MakeError(ErrorCode::kFileRead, path, std::strerror(errno));
  return text;
}

Status CheckReadable(const std::string& path) {
  const auto file = Open(path);
  if (!file.ok()) return file.error();
  return {};
}

Result<std::vector<std::string>> ExpandInputs(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (auto it = fs::recursive_directory_iterator(path, error); !error && it != fs::recursive_directory_iterator();
         it.increment(error)) {
      const auto extension = it->path().extension();
      if (it->is_regular_file() && (extension == ".json" || extension == ".ndjson"))
        found.push_back(it->path().string());
    }
    if (error) return MakeError(ErrorCode::kFileRead, path, error.message());
    if (found.empty()) return MakeError(ErrorCode::kFileRead, path, "holds no .json or .ndjson file");
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Status ForEachLine(const std::string& path, const std::function<Status(std::string_view, std::size_t)>& line) {
  ADAPTER_TRY(file, Open(path));
  char* buffer = nullptr;
  std::size_t capacity = 0;
  const std::unique_ptr<char*, void (*)(char**)> owner(&buffer, [](char** text) { std::free(*text); });
  for (std::size_t number = 1;; ++number) {
    const auto length = getline(&buffer, &capacity, file.get());
    if (length < 0) break;
    std::string_view text(buffer, static_cast<std::size_t>(length));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    ADAPTER_TRY_STATUS(line(text, number));
  }
  if (std::ferror(file.get()) != 0) return MakeError(ErrorCode::kFileRead, path, std::strerror(errno));
  return {};
}

void PrintError(const Error& error) { std::fprintf(stderr, "%s\n", error.ToString().c_str()); }

void PrintErrors(const std::vector<Error>& errors) {
  for (const auto& error : errors) PrintError(error);
}

}  // namespace facet::app
