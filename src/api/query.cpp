#include "api/query.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "base/json.hpp"
#include "base/nearest_name.hpp"
#include "payments/card_number.hpp"
#include "store/notice.hpp"

namespace florin::api {
namespace {

constexpr std::size_t kLongestNameShown = 64;
constexpr auto kListParameters =
    std::to_array<std::string_view>({"limit", "starting_after", "status", "currency", "created_from", "created_to"});

constexpr auto kEventListParameters = std::to_array<std::string_view>(
    {"limit", "starting_after", "type", "payment_id", "created_from", "created_to", "wait"});
constexpr std::string_view kTime = "an RFC 3339 time, such as 2026-03-13T10:00:00Z";

std::unexpected<Refusal> invalid(std::string_view name, std::string_view rule) {
    return refuse(Error::invalid_field, fmt::format("{} must be {}.", name, rule));
}

std::optional<std::string> decode(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (text.front() != '%') {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        unsigned byte = 0;
        const auto digits = text.substr(1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
        out += static_cast<char>(byte);
        text.remove_prefix(3);
    }
    return out;
}

Refusal unknown_parameter(std::string_view name, std::span<const std::string_view> known) {
    const bool is_shown = !name.empty() && name.size() <= kLongestNameShown && json::is_utf8(name) &&
                          !payments::contains_card_number(name);
    const std::string shown =
        is_shown ? fmt::format("There is no parameter \"{}\"", name) : "A parameter's name is unknown";
    const std::string advice = known.empty() ? "this path takes none; remove it" : nearest_name_advice(name, known);
    return {Error::unknown_field, fmt::format("{}: {}", shown, advice)};
}

std::optional<std::string> parse_type(std::string_view text) {
    const bool is_known = payments::parse_event_type(text) || store::parse_notice_type(text);
    return is_known ? std::optional<std::string>(text) : std::nullopt;
}

// Reads one parameter into `target`; true when it is absent or its parser took it.
template <class Target, class Parse>
bool read(const Parameters& parameters, std::string_view name, Target& target, Parse parse) {
    const auto found = parameters.find(name);
    if (found == parameters.end()) return true;
    auto value = parse(std::string_view(found->second));
    if (!value) return false;
    target = std::move(*value);
    return true;
}

std::optional<std::string> parse_currency(std::string_view text) {
    return Currency::parse(text) ? std::optional(std::string(text)) : std::nullopt;
}

}  // namespace

std::optional<int> parse_limit(std::string_view text) {
    int limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    return is_number && limit >= 1 && limit <= 100 ? std::optional(limit) : std::nullopt;
}

Checked<Parameters> parse_query(std::string_view query, std::span<const std::string_view> known) {
    Parameters parameters;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const auto equals = pair.find('=');
        auto name = decode(pair.substr(0, equals));
        auto value = equals == std::string_view::npos ? std::string() : decode(pair.substr(equals + 1));
        if (!name || !value)
            return refuse(Error::malformed_request, "The query holds a '%' that is not followed by two hex digits.");
        if (std::ranges::find(known, *name) == known.end()) return std::unexpected(unknown_parameter(*name, known));
        if (!parameters.emplace(*name, std::move(*value)).second)
            return refuse(Error::invalid_field, fmt::format("{} stands more than once: send it once.", *name));
    }
    return parameters;
}

std::optional<std::string> find_value(const Parameters& parameters, std::string_view name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Refusal> fault_of_any_parameter(std::string_view query) {
    auto parameters = parse_query(query, {});
    return parameters ? std::nullopt : std::optional(std::move(parameters.error()));
}

Checked<std::optional<std::int32_t>> parse_number(const Parameters& parameters, std::string_view name,
                                                  std::int32_t most) {
    const auto found = parameters.find(name);
    if (found == parameters.end()) return std::optional<std::int32_t>();
    std::int32_t number = 0;
    const auto& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    if (is_whole && number >= 0 && number <= most) return std::optional(number);
    return invalid(name, fmt::format("a whole number from 0 to {}", most));
}

Checked<EventListQuery> parse_event_list_query(std::string_view text) {
    const auto parameters = parse_query(text, kEventListParameters);
    if (!parameters) return std::unexpected(parameters.error());
    EventListQuery list;
    store::ToldQuery& query = list.query;
    if (!read(*parameters, "limit", query.limit, parse_limit)) return invalid("limit", "a whole number from 1 to 100");
    if (!read(*parameters, "starting_after", query.starting_after, EventId::parse))
        return invalid("starting_after", "an event id, the next_starting_after of the page before");
    if (!read(*parameters, "type", query.type, parse_type))
        return invalid("type", "one of the types of events, such as payment.captured");
    if (!read(*parameters, "payment_id", query.payment, PaymentId::parse))
        return invalid("payment_id", "a payment id, such as pay_0195f000-0000-7000-8014-000000000001");
    if (!read(*parameters, "created_from", query.created_from, parse_time)) return invalid("created_from", kTime);
    if (!read(*parameters, "created_to", query.created_to, parse_time)) return invalid("created_to", kTime);
    const auto wait = parse_number(*parameters, "wait", kLongestWait);
    if (!wait) return std::unexpected(wait.error());
    list.wait = wait->value_or(0);
    return list;
}

Checked<store::ListQuery> parse_list_query(std::string_view text) {
    const auto parameters = parse_query(text, kListParameters);
    if (!parameters) return std::unexpected(parameters.error());
    store::ListQuery query;
    if (!read(*parameters, "limit", query.limit, parse_limit)) return invalid("limit", "a whole number from 1 to 100");
    if (!read(*parameters, "starting_after", query.starting_after, PaymentId::parse))
        return invalid("starting_after", "a payment id, the next_starting_after of the page before");
    if (!read(*parameters, "status", query.status, payments::parse_status))
        return invalid("status", "one of a payment's statuses, such as captured");
    if (!read(*parameters, "currency", query.currency, parse_currency))
        return invalid("currency", "an active ISO 4217 code in upper case, such as EUR");
    if (!read(*parameters, "created_from", query.created_from, parse_time)) return invalid("created_from", kTime);
    if (!read(*parameters, "created_to", query.created_to, parse_time)) return invalid("created_to", kTime);
    return query;
}

}  // namespace florin::api
