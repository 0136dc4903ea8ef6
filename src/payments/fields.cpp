#include "payments/fields.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/json.hpp"
#include "base/nearest_name.hpp"
#include "payments/card_number.hpp"

namespace florin::payments {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::size_t kShown = 64;  // bytes of a name that somebody else chose

Fault fault_of_card_numbers(const value& node, std::string_view field) {
    bool found = false;
    if (const auto* text = node.if_string())
        found = contains_card_number(*text);
    else if (const auto* number = node.if_int64())
        found = is_card_number(std::to_string(*number));
    if (const auto* array = node.if_array()) {
        for (const value& element : *array) {
            if (auto fault = fault_of_card_numbers(element, field)) return fault;
        }
    }
    if (const auto* members = node.if_object()) {
        for (const auto& [key, member] : *members) {
            if (contains_card_number(key))
                found = true;
            else if (auto fault = fault_of_card_numbers(member, field))
                return fault;
        }
    }
    if (!found) return std::nullopt;
    const bool is_shown = field.size() <= kShown;
    Refusal refusal{
        Error::card_number_refused,
        fmt::format("{} holds a card number. Florin's API never takes one: send a payment method's name or token.",
                    is_shown ? field : "A field with a very long name")};
    if (is_shown) json::append_step(refusal.pointer, field);
    return refusal;
}

Refusal unknown_field(std::string_view name, std::span<const std::string_view> known) {
    if (name.size() > kShown) return {Error::unknown_field, "A field's name is unknown and very long: remove it."};
    const std::string advice = known.empty() ? "the body must be empty, or {}." : nearest_name_advice(name, known);
    Refusal refusal{Error::unknown_field, fmt::format("There is no field \"{}\": {}", name, advice)};
    json::append_step(refusal.pointer, name);
    return refusal;
}

}  // namespace

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

Refusal invalid(std::string_view field, std::string detail) {
    return {Error::invalid_field, std::move(detail), '/' + std::string(field)};
}

Fault fault_of_card_numbers(const object& body, std::string_view allowed_method) {
    for (const auto& [key, member] : body) {
        if (contains_card_number(key)) {
            return Refusal{Error::card_number_refused, "A field's name holds a card number: remove the field.", {}};
        }
        const auto* text = member.if_string();
        if (key == "payment_method" && text != nullptr && !text->empty() && *text == allowed_method) continue;
        if (auto fault = fault_of_card_numbers(member, key)) return fault;
    }
    return std::nullopt;
}

Fault fault_of_names(const object& body, std::span<const std::string_view> known,
                     std::span<const std::string_view> required) {
    for (const auto& member : body) {
        const std::string_view key = member.key();
        if (std::ranges::find(known, key) == known.end()) return unknown_field(key, known);
    }
    for (const std::string_view name : required) {
        if (!body.contains(name)) {
            return Refusal{Error::missing_field, fmt::format("{} is required: add it.", name), '/' + std::string(name)};
        }
    }
    return std::nullopt;
}

Checked<std::int64_t> read_minor_units(const value& amount) {
    const auto* minor_units = amount.if_int64();
    if (minor_units != nullptr) return *minor_units;
    return std::unexpected(
        invalid("amount", "amount must be an integer in minor units: 1050 is 10.50 EUR, 1050 JPY is 1050 yen."));
}

Checked<Currency> read_currency(const value& currency) {
    const auto* code = currency.if_string();
    if (code == nullptr) {
        return std::unexpected(invalid("currency", "currency must be a string: an ISO 4217 code such as \"EUR\"."));
    }
    if (const auto known = Currency::parse(*code)) return *known;
    return refuse(Error::currency_unknown, "currency must be an active ISO 4217 code in upper case, such as \"EUR\".",
                  "/currency");
}

}  // namespace florin::payments
