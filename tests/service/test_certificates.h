// An authority, and certificates that it has issued for a service and a client, as files.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace switchback {

class TestCertificates {
 public:
  explicit TestCertificates(std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    const Key authority = MakeKey();
    const Certificate root = Make(authority.get(), "authority", authority.get(), nullptr, 1);
    Write(root.get(), "authority.pem");
    Issue("server", authority.get(), root.get());
    Issue("tester", authority.get(), root.get());
    Issue("stranger", authority.get(), root.get());
    Issue("expired", authority.get(), root.get());
  }

  [[nodiscard]] std::string authority() const { return folder_ + "/authority.pem"; }
  [[nodiscard]] std::string server_certificate() const { return certificate("server"); }
  [[nodiscard]] std::string server_key() const { return key("server"); }
  [[nodiscard]] std::string client_certificate() const { return certificate("tester"); }
  [[nodiscard]] std::string client_key() const { return key("tester"); }
  [[nodiscard]] std::string certificate(const std::string& name) const {
    return folder_ + "/" + name + ".pem";
  }
  [[nodiscard]] std::string key(const std::string& name) const {
    return folder_ + "/" + name + ".key";
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  static Key MakeKey() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

  static void Extend(X509* certificate, int what, const char* value) {
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, what, value), &X509_EXTENSION_free);
    X509_add_ext(certificate, extension.get(), -1);
  }

  // `issuer` null: by itself.
  static Certificate Make(EVP_PKEY* key, const std::string& name, EVP_PKEY* issuer_key,
                          X509* issuer, long serial) {
    Certificate made(X509_new(), &X509_free);
    X509* const certificate = made.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), name == "expired" ? -60 : 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, issuer == nullptr ? subject : X509_get_subject_name(issuer));
    Extend(certificate, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
    if (issuer != nullptr) {
      Extend(certificate, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
    }
    X509_sign(certificate, issuer_key, EVP_sha256());
    return made;
  }

  void Issue(const std::string& name, EVP_PKEY* authority, X509* root) {
    const Key own = MakeKey();
    const Certificate made = Make(own.get(), name, authority, root, ++serial_);
    Write(made.get(), name + ".pem");
    std::FILE* const file = std::fopen(key(name).c_str(), "w");
    PEM_write_PrivateKey(file, own.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }

  void Write(X509* certificate, const std::string& name) const {
    std::FILE* const file = std::fopen((folder_ + "/" + name).c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
  }

  const std::string folder_;
  long serial_ = 1;
};

}  // namespace switchback
