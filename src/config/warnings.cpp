#include <fmt/format.h>
#include <sys/stat.h>

#include "config/base_url.hpp"
#include "config/environment.hpp"
#include "config/reading.hpp"

namespace florin::config {
namespace {

using Sentences = std::vector<std::string>;

void plain_http(Sentences& sentences, const Reading& reading) {
    const auto& config = reading.config;
    if (!config.tls_certificate.empty() || is_loopback(config.address)) return;
    sentences.push_back(
        fmt::format("{}http.address {} without http.tls_certificate: API keys cross the network in the clear, unless "
                    "something that speaks TLS stands in front",
                    reading.place_of("http.address"), config.address));
}

void password_in_file(Sentences& sentences, const Reading& reading) {
    for (const auto& value : reading.given) {
        if (value.name != "database.url" || value.toml.empty()) continue;
        if (without_password(reading.config.database_url) == reading.config.database_url) continue;
        sentences.push_back(
            fmt::format("{}: database.url holds a password: move the whole address into "
                        "FLORIN_DATABASE_URL",
                        value.from));
    }
}

void open_key_file(Sentences& sentences, const Reading& reading) {
    struct ::stat status{};
    const auto& file = reading.config.tls_key;
    if (file.empty() || ::stat(file.c_str(), &status) != 0 || (status.st_mode & (S_IROTH | S_IWGRP | S_IWOTH)) == 0) {
        return;
    }
    sentences.push_back(
        fmt::format("{}http.tls_key {} is open to other users: chmod 600 it", reading.place_of("http.tls_key"), file));
}

void unwatched_refunds(Sentences& sentences, const Reading& reading) {
    const auto& live = reading.config.stripe_live;
    if (!live || !live->refund_looks.empty()) return;
    constexpr std::string_view kName = "stripe.live.refund_looks";
    sentences.push_back(fmt::format("{}{} is empty: a refund that fails after its success is never noticed",
                                    reading.place_of(kName), kName));
}

void no_webhook_secret(Sentences& sentences, const std::optional<StripeAccount>& account, std::string_view variable) {
    if (!account || !account->webhook_secrets.empty()) return;
    sentences.push_back(
        fmt::format("{} is not set: Stripe's webhooks are refused, and what is open is settled by asking alone, which "
                    "takes minutes longer",
                    variable));
}

}  // namespace

Sentences warnings(const Reading& reading) {
    auto sentences = misspelt_variables();
    plain_http(sentences, reading);
    password_in_file(sentences, reading);
    open_key_file(sentences, reading);
    unwatched_refunds(sentences, reading);
    no_webhook_secret(sentences, reading.config.stripe_test, "FLORIN_STRIPE_TEST_WEBHOOK_SECRET");
    no_webhook_secret(sentences, reading.config.stripe_live, "FLORIN_STRIPE_LIVE_WEBHOOK_SECRET");
    return sentences;
}

}  // namespace florin::config
