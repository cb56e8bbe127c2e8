// What a backup says of itself: the bytes as they are, and with a sum that fits.
#include "api/backup_about.h"

#include "codec/bytes.h"
#include "codec/hash.h"
#include "fuzz/well_formed.h"

namespace switchback {
namespace {

void TryAsTheyAre(std::string_view bytes) {
  const Result<BackupAbout> about = DecodeBackupAbout(bytes);
  if (!about) {
    if (about.error().code != ErrorCode::kInvalidArgument) RequireDataLoss(about.error());
    return;
  }
  std::string once;
  EncodeBackupAbout(*about, once);
  const Result<BackupAbout> again = DecodeBackupAbout(once);
  Require(again && *again == *about, "what was written of it is read as another one");
  Require(once.size() <= bytes.size(), "a writer takes more bytes than those that were read");
}

void Try(std::string_view bytes) {
  TryAsTheyAre(bytes);
  std::string summed(bytes);
  AppendFixed64(HashBytes(bytes).low, summed);
  TryAsTheyAre(summed);
}

const RegisterFuzzTarget kTarget("backup_about", Try);

}  // namespace
}  // namespace switchback
