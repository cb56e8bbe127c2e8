// Bearer tokens, and the file that keeps their hashes. A token is `sbt_ID_SECRET`: its ID, 8 hex
// digits, is no secret and tells tokens apart in lists and logs; its secret is 32 random bytes in
// base64url, shown once, when it is made, and kept nowhere.
//
// The file is text, mode 0600. Its first line is {"format":1}, then there is one JSON object a
// line:
//   {"id":"1f0c9a3e","name":"deploy","hash":SHA-256 of the whole token in hex,"role":"writer",
//    "globs":["edge/*"],"environment":"production","created":TIME,"created_by":"user:ann",
//    "expires":TIME,"revoked":TIME}
// A line that is anything else is an error, and then no token is taken: one that was revoked must
// not come back because a line was damaged.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/service.h"

namespace switchback {

struct TokenRecord {
  std::string id = {};
  std::string name = {};
  std::string hash = {};  // SHA-256 of the whole token, 64 lower-case hex digits
  Grant grant = {};
  Timestamp created = {};
  std::string created_by = {};
  std::optional<Timestamp> expires = {};  // from then on it is refused
  std::optional<Timestamp> revoked = {};
};

// Safe from any number of threads and processes at the same time. No error has a secret in it.
// Each call that reads errors with kIoError where the file can't be read, or others than its owner
// can write it, and with kDataLoss, naming file and line, where it is damaged. No file: no tokens.
class TokenFile {
 public:
  explicit TokenFile(std::string path, Clock clock = SystemClock());
  ~TokenFile();
  TokenFile(const TokenFile&) = delete;
  TokenFile& operator=(const TokenFile&) = delete;

  // Makes a token and returns its text. `name`: 1..64 bytes of [A-Za-z0-9._-], not itself of an
  // ID's form; `by`: who makes it. The file is synced to disk before it returns; it is made where
  // there is none, and keeps its owner. Errors: kInvalidArgument, also for a time that is past;
  // kAlreadyExists, a token that is neither expired nor revoked has that name.
  [[nodiscard]] Result<std::string> Create(std::string_view name, const Grant& grant,
                                           std::optional<Timestamp> expires, std::string_view by);
  // All, in the order they were made, expired and revoked ones too.
  [[nodiscard]] Result<std::vector<TokenRecord>> List() const;
  // Refuses the token from now on; returns it. Of tokens of one name it is the one in use. One that
  // is revoked already stays as it is. Errors: kNotFound.
  [[nodiscard]] Result<TokenRecord> Revoke(std::string_view id_or_name);
  // The record of the token with this text. The file is read again whenever it has changed. Errors:
  // kRefused, not known, expired or revoked; who holds a token that is not known learns no more.
  // Cost: a stat and a SHA-256.
  [[nodiscard]] Result<TokenRecord> Check(std::string_view token, Timestamp now) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace switchback
