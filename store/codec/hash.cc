// XXH3-128 and SHA-256.

#include "codec/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include <new>

namespace switchback {

Digest HashBytes(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

struct BytesHasher::State {
  State() : xxh3(XXH3_createState()) {
    if (xxh3 == nullptr || XXH3_128bits_reset(xxh3) != XXH_OK) throw std::bad_alloc();
  }
  ~State() { XXH3_freeState(xxh3); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  XXH3_state_t* xxh3;
};

BytesHasher::BytesHasher() : state_(std::make_unique<State>()) {}
BytesHasher::~BytesHasher() = default;

void BytesHasher::Update(std::string_view bytes) {
  // It refuses a null pointer only.
  if (!bytes.empty()) XXH3_128bits_update(state_->xxh3, bytes.data(), bytes.size());
}

Digest BytesHasher::Finish() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->xxh3);
  return {hash.high64, hash.low64};
}

namespace {

// OpenSSL fails here only where memory is out (or SHA-256 is switched off in its configuration,
// and then the store has no chain to speak of).
void Check(int done) {
  if (done != 1) throw std::bad_alloc();
}

// Fetched once: OpenSSL 3 looks an algorithm up by name on each EVP_sha256() use, which costs more
// than hashing a record.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

struct Sha256Hasher::State {
  State() : context(EVP_MD_CTX_new()) {}
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  EVP_MD_CTX* context;
};

Sha256Hasher::Sha256Hasher() : state_(std::make_unique<State>()) {
  Check(state_->context != nullptr ? 1 : 0);
  Check(EVP_DigestInit_ex(state_->context, Sha256Algorithm(), nullptr));
}
Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

void Sha256Hasher::Update(std::string_view bytes) {
  Check(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
}

Sha256 Sha256Hasher::Finish() {
  Sha256 hash;
  Check(EVP_DigestFinal_ex(state_->context, hash.data(), nullptr));
  return hash;
}

std::string Sha256ToHex(const Sha256& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * hash.size());
  for (const uint8_t byte : hash) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

}  // namespace switchback
