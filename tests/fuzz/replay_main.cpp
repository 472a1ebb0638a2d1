// Runs a target over the files of its corpus folders, and over every prefix and single-bit change of small ones: what a
// build without a fuzzer can do.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kMutatedBytesMax = 512;

// In a block of exactly its size, so that a sanitizer sees a read beyond the end.
void RunExact(const std::vector<std::uint8_t>& bytes, std::size_t size) {
  const auto block = std::make_unique<std::uint8_t[]>(size);
  std::copy_n(bytes.begin(), size, block.get());
  LLVMFuzzerTestOneInput(block.get(), size);
}

std::size_t RunFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  RunExact(bytes, bytes.size());
  std::size_t runs = 1;
  if (bytes.size() > kMutatedBytesMax) return runs;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    RunExact(bytes, i);
    for (unsigned bit = 0; bit < 8; ++bit) {
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ (1U << bit));
      RunExact(bytes, bytes.size());
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ (1U << bit));
    }
    runs += 9;
  }
  return runs;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  std::size_t runs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      runs += RunFile(entry.path());
      ++files;
    }
  }
  std::printf("%zu files, %zu runs\n", files, runs);
  return files == 0 ? 1 : 0;  // an empty corpus tests nothing
}
