// Who may what: the grants of each identity, from the service's options.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "service/identity.h"
#include "service/user_directory.h"
#include "switchback/service.h"
#include "switchback/token.h"

namespace switchback {

// Safe from any number of threads.
class Access {
 public:
  // `owner`: the user that the service runs as (geteuid). Errors: kInvalidArgument, naming a user
  // or group that this machine does not know: a grant that was to narrow one must not be lost.
  [[nodiscard]] static Result<Access> Make(const ServiceOptions& options, uint32_t owner,
                                           UserDirectory directory = SystemUsers());

  // -- Who it is

  // Of the peer of a Unix socket. Looks its name up, which may take a while: once a connection.
  [[nodiscard]] Identity UnixUser(uint32_t uid, uint32_t gid) const;
  [[nodiscard]] static Identity Token(const TokenRecord& token);
  [[nodiscard]] static Identity Certificate(const std::string& common_name);
  [[nodiscard]] static Identity Loopback();

  // -- What it may

  // `token`: the record of a token's identity, from a check made for this very call. Of a Unix user
  // it looks up the groups, where groups have grants at all: once a connection.
  [[nodiscard]] std::vector<Grant> GrantsOf(const Identity& identity,
                                            const TokenRecord* token = nullptr) const;

 private:
  Access(uint32_t owner, UserDirectory directory)
      : owner_(owner), directory_(std::move(directory)) {}
  [[nodiscard]] Result<void> AddUsers(const std::vector<UserGrant>& users);
  [[nodiscard]] std::vector<Grant> GrantsOfUser(const Identity& identity) const;

  using Grants = std::vector<Grant>;
  uint32_t owner_;
  UserDirectory directory_;
  std::map<uint32_t, Grants> users_;   // by uid
  std::map<uint32_t, Grants> groups_;  // by gid
  std::map<std::string, Grants> certificates_;
  Grants loopback_;
};

}  // namespace switchback
