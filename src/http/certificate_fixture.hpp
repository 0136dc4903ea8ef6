// Certificates made for a test, as PEM files that go with it.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

namespace florin::http::testing {

// A certificate for one name and its key; self-signed, or signed by `issuer`, which then follows it in its file. It has
// been valid for a minute and ends in `valid_s` seconds.
class Certificate {
public:
    explicit Certificate(const std::string& alternative_name, const Certificate* issuer = nullptr,
                         long valid_s = 3600) {
        static int number = 0;
        const auto stem = std::filesystem::temp_directory_path() /
                          ("florin-tls-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        certificate_file = stem.string() + ".crt";
        key_file = stem.string() + ".key";
        const Certificate& signer = issuer ? *issuer : *this;
        X509_set_version(x509_.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x509_.get()), number);
        X509_gmtime_adj(X509_getm_notBefore(x509_.get()), -60);
        X509_gmtime_adj(X509_getm_notAfter(x509_.get()), valid_s);
        X509_set_pubkey(x509_.get(), key_.get());
        const auto name = "test " + std::to_string(number);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(x509_.get()), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(x509_.get(), X509_get_subject_name(signer.x509_.get()));
        X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_name.c_str());
        X509_add_ext(x509_.get(), names, -1);
        X509_EXTENSION_free(names);
        X509_sign(x509_.get(), signer.key_.get(), EVP_sha256());
        write_files(issuer);
    }
    ~Certificate() {
        std::filesystem::remove(certificate_file);
        std::filesystem::remove(key_file);
    }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    // Puts another one where this one's files are, as an operator does who renews it.
    void become(const Certificate& other) const {
        const auto replace = std::filesystem::copy_options::overwrite_existing;
        std::filesystem::copy_file(other.certificate_file, certificate_file, replace);
        std::filesystem::copy_file(other.key_file, key_file, replace);
    }

    std::string certificate_file, key_file;

private:
    void write_files(const Certificate* issuer) const {
        write(certificate_file, [&](FILE* file) {
            PEM_write_X509(file, x509_.get());
            if (issuer) PEM_write_X509(file, issuer->x509_.get());
        });
        write(key_file,
              [&](FILE* file) { PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }

    template <class Write>
    static void write(const std::string& name, Write write) {
        FILE* file = std::fopen(name.c_str(), "w");
        write(file);
        std::fclose(file);
    }

    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{EVP_EC_gen("P-256"), EVP_PKEY_free};
    std::unique_ptr<X509, decltype(&X509_free)> x509_{X509_new(), X509_free};
};

}  // namespace florin::http::testing
