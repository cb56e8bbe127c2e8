// Who makes a call, as the kernel, a token's hash or a certificate says; never a claimed name.
#pragma once

#include <cstdint>
#include <string>

namespace switchback {

struct Identity {
  enum class Kind : uint8_t { kUnixUser, kToken, kCertificate, kLoopback };

  // "user:ann", "token:deploy", "certificate:edge-7", "loopback". Printable ASCII whatever it came
  // from: safe in logs and errors.
  std::string name = {};
  Kind kind = Kind::kLoopback;
  // The login name (empty: the user has none), the token's name, or the certificate's common name
  // byte for byte.
  std::string user = {};
  // Of Unix users, from the kernel.
  uint32_t uid = 0;
  uint32_t gid = 0;
};

}  // namespace switchback
