#include "config/environment.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>

#include "base/nearest_name.hpp"

namespace florin::config {
namespace {

constexpr auto kVariables = std::to_array<std::string_view>({
    "FLORIN_STRIPE_TEST_KEY",
    "FLORIN_STRIPE_LIVE_KEY",
    "FLORIN_STRIPE_TEST_WEBHOOK_SECRET",
    "FLORIN_STRIPE_LIVE_WEBHOOK_SECRET",
    "FLORIN_DATABASE_URL",
    "FLORIN_DATABASE_OWNER_URL",
    "FLORIN_PEPPER",
    "FLORIN_URL",
    "FLORIN_SECRET_KEY",
    "FLORIN_CA_FILE",
    "FLORIN_CORE_DUMPS",
});
// ./run writes these into var/florin.env for people and tests; florin does not read them.
constexpr auto kOfOthers = std::to_array<std::string_view>({"FLORIN_SIMULATOR_URL", "FLORIN_DATABASE_ADMIN_URL"});
constexpr std::string_view kPrefix = "FLORIN_";
constexpr std::size_t kShortestPepper = 32;
constexpr std::size_t kShortestWebhookSecret = 16;
constexpr std::size_t kMostWebhookSecrets = 2;  // while one replaces the other

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

void read_database_url(Reading& reading) {
    auto url = environment("FLORIN_DATABASE_URL");
    if (url.empty()) return;
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
        reading.problems.push_back({Error::invalid_field, "FLORIN_DATABASE_URL must begin with postgresql://"});
        return;
    }
    std::erase_if(reading.given, [](const Value& value) { return value.name == "database.url"; });
    reading.given.push_back({"database.url", {}, "FLORIN_DATABASE_URL"});
    reading.config.database_url = std::move(url);
}

// A line's end that came with the value, or a comma between two, would become part of a secret that then never fits.
bool is_readable(const Secret& secret) {
    return std::ranges::all_of(secret.expose(), [](char c) { return c > ' ' && c < '\x7f' && c != ','; });
}

// Whoever guesses one can send events: short ones are refused. Empty: they may be used.
std::string fault_of(const std::vector<Secret>& secrets) {
    const auto is_short = [](const Secret& secret) { return secret.expose().size() < kShortestWebhookSecret; };
    if (!std::ranges::all_of(secrets, is_readable)) {
        return "holds something that no secret has (a comma, a tab, a line's end): put nothing but a space between "
               "two secrets, and nothing behind the last one";
    }
    if (std::ranges::any_of(secrets, is_short)) {
        return fmt::format(
            "has a secret of less than {} characters: put there what Stripe shows as the endpoint's signing secret "
            "(whsec_...), two with a space between them while one replaces the other",
            kShortestWebhookSecret);
    }
    if (secrets.size() <= kMostWebhookSecrets) return {};
    return fmt::format("has more than {} secrets, the old one and the new one: each costs a hash per delivery",
                       kMostWebhookSecrets);
}

// Separated by spaces.
void read_webhook_secrets(Reading& reading, std::optional<StripeAccount>& account, const char* variable) {
    if (!account) return;
    const std::string text = environment(variable);
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find(' ', begin), text.size());
        if (end > begin) account->webhook_secrets.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    const auto fault = fault_of(account->webhook_secrets);
    if (!fault.empty()) reading.problems.push_back({Error::invalid_field, fmt::format("{} {}", variable, fault)});
}

// The secret says of which mode an event is.
void check_webhook_secrets(Reading& reading) {
    const auto& [test, live] = std::tie(reading.config.stripe_test, reading.config.stripe_live);
    if (!test || !live) return;
    for (const auto& secret : test->webhook_secrets) {
        const auto is_same = [&](const Secret& other) { return other.expose() == secret.expose(); };
        if (std::ranges::none_of(live->webhook_secrets, is_same)) continue;
        reading.problems.push_back(
            {Error::invalid_field,
             "FLORIN_STRIPE_TEST_WEBHOOK_SECRET and FLORIN_STRIPE_LIVE_WEBHOOK_SECRET share a secret: "
             "each mode's endpoint has its own"});
        return;
    }
}

std::vector<std::string_view> tails() {
    std::vector<std::string_view> known(kVariables.begin(), kVariables.end());
    for (auto& name : known) name.remove_prefix(kPrefix.size());
    return known;
}

}  // namespace

std::span<const std::string_view> variables() {
    return kVariables;
}

bool is_set(std::string_view variable) {
    return !environment(std::string(variable).c_str()).empty();
}

void read_environment(Reading& reading) {
    auto& config = reading.config;
    read_database_url(reading);
    config.pepper = Secret(environment("FLORIN_PEPPER"));
    if (!config.pepper.empty() && config.pepper.expose().size() < kShortestPepper) {
        reading.problems.push_back({Error::invalid_field, fmt::format("FLORIN_PEPPER must have at least {} characters: "
                                                                      "openssl rand -hex 32 makes one",
                                                                      kShortestPepper)});
    }
    if (config.stripe_test) config.stripe_test->secret_key = Secret(environment("FLORIN_STRIPE_TEST_KEY"));
    if (config.stripe_live) config.stripe_live->secret_key = Secret(environment("FLORIN_STRIPE_LIVE_KEY"));
    read_webhook_secrets(reading, config.stripe_test, "FLORIN_STRIPE_TEST_WEBHOOK_SECRET");
    read_webhook_secrets(reading, config.stripe_live, "FLORIN_STRIPE_LIVE_WEBHOOK_SECRET");
    check_webhook_secrets(reading);
}

std::vector<std::string> misspelt_variables() {
    std::vector<std::string> sentences;
    const auto known = tails();
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view pair(*entry);
        const auto name = pair.substr(0, pair.find('='));
        if (!name.starts_with(kPrefix) || std::ranges::count(kVariables, name) || std::ranges::count(kOfOthers, name)) {
            continue;
        }
        const auto nearest = nearest_name(name.substr(kPrefix.size()), known);
        if (nearest.empty()) continue;
        sentences.push_back(fmt::format("{} is set and nothing reads it: did you mean {}{}?", name, kPrefix, nearest));
    }
    return sentences;
}

}  // namespace florin::config
