#include "service/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "types/excerpt.h"

namespace switchback {
namespace {

// The uid or gid that an entry names; `find` knows names.
Result<uint32_t> NumberOf(const std::string& name, std::string_view kind, size_t index,
                          const std::function<std::optional<uint32_t>(const std::string&)>& find) {
  if (const std::optional<uint32_t> found = find(name)) return *found;
  return Fail(
      ErrorCode::kInvalidArgument,
      fmt::format("users[{}].{}: this machine knows no {} '{}'", index, kind, kind, Excerpt(name)));
}

void Append(std::vector<Grant>& all, const std::map<uint32_t, std::vector<Grant>>& from,
            uint32_t key) {
  const auto found = from.find(key);
  if (found != from.end()) all.insert(all.end(), found->second.begin(), found->second.end());
}

}  // namespace

Result<Access> Access::Make(const ServiceOptions& options, uint32_t owner,
                            UserDirectory directory) {
  Access access(owner, std::move(directory));
  if (Result<void> added = access.AddUsers(options.users); !added) {
    return std::unexpected(added.error());
  }
  for (const CertificateGrant& entry : options.certificates) {
    access.certificates_[entry.common_name].push_back(entry.grant);
  }
  access.loopback_ = options.loopback_grants;
  if (access.loopback_.empty()) access.loopback_ = {{.role = Role::kReader}};
  return access;
}

Result<void> Access::AddUsers(const std::vector<UserGrant>& users) {
  for (size_t i = 0; i < users.size(); ++i) {
    const UserGrant& entry = users[i];
    Result<uint32_t> number = 0;
    if (entry.uid) {
      number = *entry.uid;
    } else if (!entry.user.empty()) {
      number = NumberOf(entry.user, "user", i, directory_.uid);
    } else {
      number = NumberOf(entry.group, "group", i, directory_.gid);
    }
    if (!number) return std::unexpected(number.error());
    const bool of_group = !entry.uid && entry.user.empty();
    (of_group ? groups_ : users_)[*number].push_back(entry.grant);
  }
  return {};
}

Identity Access::UnixUser(uint32_t uid, uint32_t gid) const {
  Identity identity{.kind = Identity::Kind::kUnixUser, .uid = uid, .gid = gid};
  const std::optional<std::string> user = directory_.user_name(uid);
  // No login name has a #, so that nobody can be called like a number.
  identity.name = user ? "user:" + Excerpt(*user) : fmt::format("user:#{}", uid);
  identity.user = user.value_or("");
  return identity;
}

Identity Access::Token(const TokenRecord& token) {
  return {.name = "token:" + token.name, .kind = Identity::Kind::kToken, .user = token.name};
}

Identity Access::Certificate(const std::string& common_name) {
  return {.name = "certificate:" + Excerpt(common_name),
          .kind = Identity::Kind::kCertificate,
          .user = common_name};
}

Identity Access::Loopback() {
  return {.name = "loopback", .kind = Identity::Kind::kLoopback};
}

std::vector<Grant> Access::GrantsOf(const Identity& identity, const TokenRecord* token) const {
  switch (identity.kind) {
    case Identity::Kind::kUnixUser:
      return GrantsOfUser(identity);
    case Identity::Kind::kToken:
      if (token == nullptr) return {};
      return {token->grant};
    case Identity::Kind::kCertificate: {
      const auto found = certificates_.find(identity.user);
      return found == certificates_.end() ? Grants{} : found->second;
    }
    case Identity::Kind::kLoopback:
      return loopback_;
  }
  return {};
}

std::vector<Grant> Access::GrantsOfUser(const Identity& identity) const {
  if (identity.uid == 0 || identity.uid == owner_) return {{.role = Role::kAdmin}};
  Grants grants;
  Append(grants, users_, identity.uid);
  if (!groups_.empty()) {
    std::vector<uint32_t> groups = {identity.gid};
    if (!identity.user.empty()) groups = directory_.groups(identity.user, identity.gid);
    if (std::ranges::find(groups, identity.gid) == groups.end()) groups.push_back(identity.gid);
    for (const uint32_t group : groups) Append(grants, groups_, group);
  }
  if (grants.empty()) grants.push_back({.role = Role::kReader});
  return grants;
}

}  // namespace switchback
