#include "history/journal.h"

#include "codec/bytes.h"
#include "list/digest.h"

namespace switchback {
namespace {

// One leading byte keeps a leaf's bytes from ever being a link's.
constexpr char kLeafTag = 1;
constexpr char kLinkTag = 2;
// Hash in pieces of about this size: a large list needs no second copy in memory.
constexpr size_t kPieceBytes = size_t{64} << 10;

std::string_view AsBytes(const Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

class PieceWriter {
 public:
  explicit PieceWriter(Sha256Hasher& hasher) : hasher_(hasher) {}
  ~PieceWriter() { Flush(); }
  PieceWriter(const PieceWriter&) = delete;
  PieceWriter& operator=(const PieceWriter&) = delete;
  std::string& bytes() { return bytes_; }
  void Endpoint(const switchback::Endpoint& endpoint) {
    one_.clear();
    AppendCanonicalBytes(endpoint, one_);
    AppendLengthPrefixed(one_, bytes_);
    if (bytes_.size() >= kPieceBytes) Flush();
  }

 private:
  void Flush() {
    hasher_.Update(bytes_);
    bytes_.clear();
  }
  Sha256Hasher& hasher_;
  std::string bytes_;
  std::string one_;
};

}  // namespace

void ChangesHasher::Add(const BusinessId& id, Version version, bool deleted, const ListDiff& diff) {
  PieceWriter out(hasher_);
  AppendLengthPrefixed(id.text(), out.bytes());
  AppendVarint(version.value, out.bytes());
  AppendVarint(deleted ? 1 : 0, out.bytes());
  AppendVarint(diff.removed.size(), out.bytes());
  AppendVarint(diff.changed_to.size(), out.bytes());
  AppendVarint(diff.added.size(), out.bytes());
  for (const Endpoint endpoint : diff.removed) out.Endpoint(endpoint);
  for (size_t i = 0; i < diff.changed_to.size(); ++i) {
    out.Endpoint(diff.changed_from[i]);
    out.Endpoint(diff.changed_to[i]);
  }
  for (const Endpoint endpoint : diff.added) out.Endpoint(endpoint);
}

Sha256 JournalLeaf(Revision revision, uint64_t sub, const Metadata& metadata, const Origin& origin,
                   const Sha256& content) {
  std::string bytes(1, kLeafTag);
  AppendFixed64(revision.value, bytes);
  AppendFixed64(sub, bytes);
  bytes += static_cast<char>(metadata.operation);
  AppendFixed64(static_cast<uint64_t>(metadata.time.micros), bytes);
  AppendFixed64(static_cast<uint64_t>(metadata.effective_time.micros), bytes);
  bytes += metadata.original_time ? '\1' : '\0';
  if (metadata.original_time) {
    AppendFixed64(static_cast<uint64_t>(metadata.original_time->micros), bytes);
  }
  for (const std::string* text :
       {&origin.user, &origin.host, &origin.program, &origin.program_version, &metadata.author,
        &metadata.message, &metadata.ticket, &metadata.source, &metadata.request_id}) {
    AppendLengthPrefixed(*text, bytes);
  }
  if (!metadata.extensions.empty()) {
    std::string extensions;
    EncodeExtensions(metadata.extensions, extensions);
    AppendLengthPrefixed(extensions, bytes);
  }
  bytes += AsBytes(content);
  Sha256Hasher hasher;
  hasher.Update(bytes);
  return hasher.Finish();
}

Sha256 NextChain(const Sha256& chain, const Sha256& leaf) {
  std::string bytes(1, kLinkTag);
  bytes += AsBytes(chain);
  bytes += AsBytes(leaf);
  Sha256Hasher hasher;
  hasher.Update(bytes);
  return hasher.Finish();
}

}  // namespace switchback
