#include "adapter/base/digest.hpp"

#include "adapter/base/check.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace facet {
namespace {

using Digest = std::array<unsigned char, 32>;

Digest Sha256(std::string_view bytes) {
  Digest digest{};
  unsigned size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  ADAPTER_CHECK(done == 1);
  return digest;
}

std::string Hex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace

std::string Sha256Hex(std::string_view bytes) { return Hex(Sha256(bytes)); }

std::string Sha256Base32(std::string_view bytes, std::size_t length) {
  static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  const Digest digest = Sha256(bytes);
  ADAPTER_CHECK(length <= digest.size() * 8 / 5);
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    const std::size_t bit = i * 5;
    const unsigned pair =
        static_cast<unsigned>(digest[bit / 8] << 8U) | (bit / 8 + 1 < digest.size() ? digest[bit / 8 + 1] : 0U);
    text += kAlphabet[(pair >> (11U - bit % 8)) & 31U];
  }
  return text;
}

std::string HmacSha256Hex(std::string_view key, std::string_view bytes) {
  Digest digest{};
  unsigned size = 0;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), &size);
  ADAPTER_CHECK(done != nullptr);
  return Hex(digest);
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace facet
