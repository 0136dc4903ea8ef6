// The certificate that clients see: readable, matching its key, and valid for long enough to renew it in time.
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <ctime>
#include <memory>

#include "cli/doctor/finding.hpp"

namespace florin::cli {
namespace {

constexpr auto kNotice = std::chrono::days(14);

struct Closing {
    void operator()(std::FILE* file) const { std::fclose(file); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Closing>;

Owned<X509> read_certificate(const std::string& path) {
    const Owned<std::FILE> file(std::fopen(path.c_str(), "r"));
    return Owned<X509>(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

Owned<EVP_PKEY> read_key(const std::string& path) {
    const Owned<std::FILE> file(std::fopen(path.c_str(), "r"));
    return Owned<EVP_PKEY>(file ? PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

WallTime time_of(const ASN1_TIME* time) {
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return WallTime(std::chrono::seconds(::timegm(&parts)));
}

Finding wrong(std::string detail) {
    return {"certificate", Health::wrong, std::move(detail)};
}

Finding judge_validity(const X509& certificate, WallTime now) {
    const auto begins = time_of(X509_get0_notBefore(&certificate));
    const auto ends = time_of(X509_get0_notAfter(&certificate));
    if (now < begins)
        return wrong(fmt::format("is valid from {} only: is this machine's clock right?", format_time(begins)));
    if (now >= ends)
        return wrong(fmt::format("expired at {}: renew it, then send SIGHUP to florin", format_time(ends)));
    if (ends - now >= kNotice) return {"certificate", Health::ok, "valid until " + format_time(ends)};
    return {"certificate", Health::warning,
            fmt::format("expires at {}: renew it, then send SIGHUP to florin", format_time(ends))};
}

}  // namespace

Findings look_at_certificate(const config::Config& config, WallTime now) {
    if (config.tls_certificate.empty()) return {};
    const auto certificate = read_certificate(config.tls_certificate);
    if (!certificate) return {wrong(config.tls_certificate + " holds no certificate in PEM that this user can read")};
    const auto key = read_key(config.tls_key);
    if (!key)
        return {wrong(config.tls_key + " holds no private key in PEM without pass phrase that this user can read")};
    if (X509_check_private_key(certificate.get(), key.get()) != 1) {
        return {wrong(fmt::format("{} is not the key of {}: put the two together again", config.tls_key,
                                  config.tls_certificate))};
    }
    return {judge_validity(*certificate, now)};
}

}  // namespace florin::cli
