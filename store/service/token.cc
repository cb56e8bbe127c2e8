#include "switchback/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "files/private_file.h"
#include "service/plain_name.h"
#include "service/role.h"
#include "service/token_lines.h"
#include "service/token_text.h"
#include "types/excerpt.h"

namespace switchback {
namespace {

using Tokens = std::vector<TokenRecord>;

bool IsInUse(const TokenRecord& token, Timestamp now) {
  return !token.revoked && (!token.expires || now < *token.expires);
}

Result<void> CheckNew(std::string_view name, const Grant& grant, std::optional<Timestamp> expires,
                      Timestamp now) {
  if (LooksLikeToken(name)) {
    return Fail(ErrorCode::kInvalidArgument, "a token's name can't begin as a token does (sbt_)");
  }
  if (!IsPlainName(name) || IsTokenId(name)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("a token can't be named '{}': expected {}, and not 8 hex digits, which "
                            "are an ID",
                            Excerpt(name), kPlainNameForm));
  }
  if (expires && *expires <= now) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("a token can't expire at {}: it is {} now",
                                                         FormatTime(*expires), FormatTime(now)));
  }
  return CheckGrant(grant, "");
}

// The token with this ID, or else the newest with this name that is in use, or else the newest.
TokenRecord* Find(Tokens& tokens, std::string_view id_or_name, Timestamp now) {
  TokenRecord* found = nullptr;
  for (TokenRecord& token : tokens) {
    if (token.id == id_or_name) return &token;
    if (token.name != id_or_name) continue;
    if (found == nullptr || IsInUse(token, now) || !IsInUse(*found, now)) found = &token;
  }
  return found;
}

std::unexpected<Error> Refused(std::string message) {
  return Fail(ErrorCode::kRefused, std::move(message));
}

}  // namespace

class TokenFile::Impl {
 public:
  Impl(std::string path, Clock clock) : path_(std::move(path)), clock_(std::move(clock)) {}

  [[nodiscard]] Timestamp Now() const { return clock_.now(); }

  // All, from the file as it is now.
  Result<Tokens> Read() const {
    const auto file = files::ReadPrivateFile(path_);
    if (!file) return std::unexpected(file.error());
    if (!file->has_value()) return Tokens{};
    return ParseTokens((*file)->text, path_);
  }

  // Reads, lets `change` change, and writes, with nobody else in between.
  Result<void> Change(const std::function<Result<void>(Tokens&)>& change) {
    const auto lock = files::FileLock::Take(path_);
    if (!lock) return std::unexpected(lock.error());
    Result<Tokens> tokens = Read();
    if (!tokens) return std::unexpected(tokens.error());
    if (Result<void> changed = change(*tokens); !changed) return changed;
    return files::ReplacePrivateFile(path_, FormatTokens(*tokens));
  }

  // By ID, as of the file now. What it returns stays as it is.
  using ById = std::unordered_map<std::string, TokenRecord>;
  Result<std::shared_ptr<const ById>> Current() {
    const auto stamp = files::StampOf(path_);
    if (!stamp) return std::unexpected(stamp.error());
    const std::scoped_lock lock(mutex_);
    if (!stamp->has_value()) return std::make_shared<const ById>();
    if (known_ == nullptr || **stamp != known_stamp_) {
      if (Result<void> read = ReadAgain(); !read) return std::unexpected(read.error());
    }
    return known_;
  }

 private:
  // REQUIRES: mutex_ is held. After an error nothing is known: what was before it is never used.
  Result<void> ReadAgain() {
    known_ = nullptr;
    const auto file = files::ReadPrivateFile(path_);
    if (!file) return std::unexpected(file.error());
    Result<Tokens> tokens = Tokens{};
    files::FileStamp stamp;
    if (file->has_value()) {
      tokens = ParseTokens((*file)->text, path_);
      stamp = (*file)->stamp;
    }
    if (!tokens) return std::unexpected(tokens.error());
    auto by_id = std::make_shared<ById>();
    for (TokenRecord& token : *tokens) by_id->emplace(token.id, std::move(token));
    known_ = std::move(by_id);
    known_stamp_ = stamp;
    return {};
  }

  const std::string path_;
  const Clock clock_;
  std::mutex mutex_;
  std::shared_ptr<const ById> known_;
  files::FileStamp known_stamp_;
};

TokenFile::TokenFile(std::string path, Clock clock)
    : impl_(std::make_unique<Impl>(std::move(path), std::move(clock))) {}

TokenFile::~TokenFile() = default;

Result<std::string> TokenFile::Create(std::string_view name, const Grant& grant,
                                      std::optional<Timestamp> expires, std::string_view by) {
  const Timestamp now = impl_->Now();
  if (Result<void> checked = CheckNew(name, grant, expires, now); !checked) {
    return std::unexpected(checked.error());
  }
  NewToken made;
  const auto add = [&](Tokens& tokens) -> Result<void> {
    const auto same = std::ranges::find_if(tokens, [&](const TokenRecord& token) {
      return token.name == name && IsInUse(token, now);
    });
    if (same != tokens.end()) {
      return Fail(ErrorCode::kAlreadyExists,
                  fmt::format("token {} is named '{}': revoke it first, or take another name",
                              same->id, name));
    }
    do {
      Result<NewToken> next = MakeToken();
      if (!next) return std::unexpected(next.error());
      made = std::move(*next);
    } while (std::ranges::find(tokens, made.id, &TokenRecord::id) != tokens.end());
    tokens.push_back({.id = made.id,
                      .name = std::string(name),
                      .hash = HashOfToken(made.text),
                      .grant = grant,
                      .created = now,
                      .created_by = std::string(by),
                      .expires = expires});
    return {};
  };
  if (Result<void> changed = impl_->Change(add); !changed) return std::unexpected(changed.error());
  return made.text;
}

Result<std::vector<TokenRecord>> TokenFile::List() const {
  return impl_->Read();
}

Result<TokenRecord> TokenFile::Revoke(std::string_view id_or_name) {
  TokenRecord revoked;
  const Timestamp now = impl_->Now();
  const auto revoke = [&](Tokens& tokens) -> Result<void> {
    TokenRecord* const token = Find(tokens, id_or_name, now);
    if (token == nullptr) {
      return Fail(ErrorCode::kNotFound,
                  LooksLikeToken(id_or_name)
                      ? "there is no token of that ID or name; its ID are the 8 digits behind sbt_"
                      : fmt::format("there is no token '{}'", Excerpt(id_or_name)));
    }
    if (!token->revoked) token->revoked = now;
    revoked = *token;
    return {};
  };
  if (Result<void> changed = impl_->Change(revoke); !changed) {
    return std::unexpected(changed.error());
  }
  return revoked;
}

Result<TokenRecord> TokenFile::Check(std::string_view token, Timestamp now) const {
  const auto tokens = impl_->Current();
  if (!tokens) return std::unexpected(tokens.error());
  const auto id = TokenIdOf(token);
  if (!id) return Refused("the bearer token has not the form of one (sbt_...)");
  const auto found = (*tokens)->find(std::string(*id));
  if (found == (*tokens)->end() || !IsSameHash(found->second.hash, HashOfToken(token))) {
    return Refused(fmt::format("token {} is not known here", *id));
  }
  const TokenRecord& record = found->second;
  if (record.revoked) {
    return Refused(fmt::format("token {} ('{}') was revoked at {}", *id, record.name,
                               FormatTime(*record.revoked)));
  }
  if (!IsInUse(record, now)) {
    return Refused(fmt::format("token {} ('{}') expired at {}", *id, record.name,
                               FormatTime(*record.expires)));
  }
  return record;
}

}  // namespace switchback
