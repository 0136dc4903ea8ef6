#include <algorithm>
#include <array>

#include "config/reading.hpp"

namespace florin::config {
namespace {

// Everything else is left out: a new parameter of libpq that holds a secret must not be shown because it is unknown.
constexpr auto kHarmless =
    std::to_array<std::string_view>({"host", "hostaddr", "port", "dbname", "user", "sslmode", "sslrootcert",
                                     "application_name", "connect_timeout", "target_session_attrs"});

std::string harmless_part(std::string_view query) {
    std::string kept;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (std::ranges::find(kHarmless, pair.substr(0, pair.find('='))) == kHarmless.end()) continue;
        kept.append(kept.empty() ? "?" : "&").append(pair);
    }
    return kept;
}

}  // namespace

std::string without_password(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    std::string shown(url.substr(0, scheme_end + 3));
    auto rest = url.substr(scheme_end + 3);
    const auto at = rest.rfind('@');
    // Whether such a '@' belongs to a password or to a parameter cannot be told.
    if (at != std::string_view::npos && at > rest.find('?')) return shown;
    if (at != std::string_view::npos) {
        shown.append(rest.substr(0, std::min(at, rest.find(':')))).append("@");
        rest.remove_prefix(at + 1);
    }
    const auto question = rest.find('?');
    shown.append(rest.substr(0, question));
    if (question != std::string_view::npos) shown.append(harmless_part(rest.substr(question + 1)));
    return shown;
}

}  // namespace florin::config
