#include <toml++/toml.h>

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "config/config.hpp"
#include "config/keys.hpp"

namespace florin::config {
namespace {

struct Place {
    std::string file;
    std::uint32_t line;
    std::string name;  // dotted
};

std::unexpected<Refusal> refuse_at(const Place& place, std::string_view problem) {
    return refuse(Error::invalid_field, fmt::format("{}:{}: {} {}", place.file, place.line, place.name, problem));
}

bool looks_like_a_secret(std::string_view name) {
    return name.ends_with("secret_key") || name.ends_with("pepper");
}

std::unexpected<Refusal> refuse_unknown(const Place& place) {
    if (looks_like_a_secret(place.name)) {
        return refuse_at(place,
                         "is a secret and does not belong in a file: set FLORIN_STRIPE_TEST_KEY, "
                         "FLORIN_STRIPE_LIVE_KEY or FLORIN_PEPPER in the environment");
    }
    auto nearest = nearest_key(place.name);
    auto hint = nearest.empty() ? std::string("see docs/configuration.md") : fmt::format("did you mean {}?", nearest);
    return refuse(Error::unknown_field,
                  fmt::format("{}:{}: unknown key {}: {}", place.file, place.line, place.name, hint));
}

Checked<void> apply_integer(Config& config, const Integer& type, const Words& words, const toml::node& node,
                            const Place& place) {
    auto range = fmt::format("must be a whole number from {} to {}", type.least, type.most);
    if (!node.is_integer()) return refuse_at(place, range);
    auto value = node.as_integer()->get();
    if (value < type.least || value > type.most) return refuse_at(place, range);
    type.set(config, words, value);
    return {};
}

Checked<void> apply_text(Config& config, const Text& type, const Words& words, const toml::node& node,
                         const Place& place) {
    if (!node.is_string()) return refuse_at(place, "must be text in quotes");
    auto problem = type.set(config, words, node.as_string()->get());
    if (!problem.empty()) return refuse_at(place, problem);
    return {};
}

Checked<void> apply_table(Config& config, const toml::table& table, const std::string& file,
                          const std::string& prefix) {
    for (const auto& [key, node] : table) {
        Place place{file, node.source().begin.line, prefix + std::string(key.str())};
        Words words;
        Checked<void> applied;
        if (const auto* found = find_key(place.name, words)) {
            const auto* integer = std::get_if<Integer>(&found->type);
            applied = integer ? apply_integer(config, *integer, words, node, place)
                              : apply_text(config, std::get<Text>(found->type), words, node, place);
        } else if (const auto* inner = node.as_table()) {
            applied = inner->empty() ? Checked<void>() : apply_table(config, *inner, file, place.name + ".");
        } else {
            applied = refuse_unknown(place);
        }
        if (!applied) return applied;
    }
    return {};
}

Checked<void> read_file(Config& config, const std::filesystem::path& path) {
    std::ifstream stream(path);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    if (!stream.is_open() || stream.bad() || std::filesystem::is_directory(path)) {
        return refuse(Error::not_found, fmt::format("the configuration file {} cannot be read", path.string()));
    }
    try {
        auto table = toml::parse(text);
        return apply_table(config, table, path.string(), "");
    } catch (const toml::parse_error& error) {
        return refuse(Error::malformed_request,
                      fmt::format("{}:{}: {}", path.string(), error.source().begin.line, error.description()));
    }
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

Checked<void> read_environment(Config& config) {
    if (auto url = environment("FLORIN_DATABASE_URL"); !url.empty()) {
        if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
            return refuse(Error::invalid_field, "FLORIN_DATABASE_URL must begin with postgresql://");
        }
        config.database_url = url;
    }
    config.pepper = Secret(environment("FLORIN_PEPPER"));
    if (!config.pepper.empty() && config.pepper.expose().size() < 32) {
        return refuse(Error::invalid_field,
                      "FLORIN_PEPPER must have at least 32 characters: openssl rand -hex 32 makes one");
    }
    if (config.stripe_test) config.stripe_test->secret_key = Secret(environment("FLORIN_STRIPE_TEST_KEY"));
    if (config.stripe_live) config.stripe_live->secret_key = Secret(environment("FLORIN_STRIPE_LIVE_KEY"));
    return {};
}

// A bucket that holds nothing would never let a request through.
Checked<void> check_limits(const Limits& limits) {
    struct Bucket {
        int rate, burst;
        std::string_view name;
    };
    for (const auto& bucket :
         {Bucket{limits.requests_per_second, limits.burst, "limits.burst"},
          Bucket{limits.key_requests_per_second, limits.key_burst, "limits.key_burst"},
          Bucket{limits.unknown_keys_per_second, limits.unknown_key_burst, "limits.unknown_key_burst"}}) {
        if (bucket.rate == 0 || bucket.burst > 0) continue;
        return refuse(Error::invalid_field, fmt::format("{} must be 1 or more where a rate is set", bucket.name));
    }
    return {};
}

Checked<void> check_together(const Config& config) {
    if (config.answer_within > config.psp_deadline) {
        return refuse(Error::invalid_field,
                      "payments.answer_within_ms must not be above payments.psp_deadline_ms: a client "
                      "waits for the PSP no longer than the gateway does");
    }
    if (config.tls_certificate.empty() != config.tls_key.empty()) {
        return refuse(Error::missing_field,
                      fmt::format("{} is missing: http.tls_certificate and http.tls_key go together",
                                  config.tls_key.empty() ? "http.tls_key" : "http.tls_certificate"));
    }
    if (auto limits = check_limits(config.limits); !limits) return limits;
    for (const auto* account : {&config.stripe_test, &config.stripe_live}) {
        if (*account && (*account)->base_url.empty()) {
            return refuse(Error::missing_field, fmt::format("stripe.{}.base_url is missing",
                                                            account == &config.stripe_live ? "live" : "test"));
        }
    }
    return {};
}

Checked<void> check_key(const std::optional<StripeAccount>& account, std::string_view mode, std::string_view variable) {
    if (!account) return {};
    const auto key = account->secret_key.expose();
    if (key.empty())
        return refuse(Error::missing_field, fmt::format("{} is not set: stripe.{} needs it", variable, mode));
    if (!key.starts_with(fmt::format("sk_{}_", mode)) && !key.starts_with(fmt::format("rk_{}_", mode))) {
        return refuse(Error::invalid_field, fmt::format("{} is not a {} key: it must begin with sk_{}_ or rk_{}_",
                                                        variable, mode, mode, mode));
    }
    return {};
}

}  // namespace

Checked<Config> load(const std::optional<std::filesystem::path>& path) {
    Config config;
    if (path) {
        if (auto read = read_file(config, *path); !read) return std::unexpected(read.error());
    }
    if (auto read = read_environment(config); !read) return std::unexpected(read.error());
    if (auto checked = check_together(config); !checked) return std::unexpected(checked.error());
    return config;
}

Checked<void> check_can_serve(const Config& config) {
    if (!config.stripe_test && !config.stripe_live) {
        return refuse(Error::missing_field,
                      "no PSP account is configured: set stripe.test.base_url (docs/configuration.md)");
    }
    if (!config.database_url.empty() && config.pepper.empty()) {
        return refuse(Error::missing_field, "FLORIN_PEPPER is not set: processes that share a database must share it");
    }
    if (auto test = check_key(config.stripe_test, "test", "FLORIN_STRIPE_TEST_KEY"); !test) return test;
    return check_key(config.stripe_live, "live", "FLORIN_STRIPE_LIVE_KEY");
}

}  // namespace florin::config
