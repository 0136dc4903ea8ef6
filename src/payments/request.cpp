#include "payments/request.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/nearest_name.hpp"
#include "payments/card_number.hpp"
#include "payments/return_url.hpp"

namespace florin::payments {
namespace {

using boost::json::object;
using boost::json::value;

// The source document's own example; it holds a card number that belongs to nobody.
constexpr std::string_view kTestAlias = "tok_4242424242424242";

constexpr auto kFields = std::to_array<std::string_view>(
    {"amount", "currency", "payment_method", "capture", "description", "metadata", "return_url"});
constexpr auto kRequired = std::to_array<std::string_view>({"amount", "currency", "payment_method"});

constexpr std::size_t kLongestMethod = 64;
constexpr std::size_t kLongestDescription = 1000;
constexpr std::size_t kMostMetadata = 50;
constexpr std::size_t kLongestKey = 40;
constexpr std::size_t kLongestValue = 500;

using Fault = std::optional<Refusal>;

// Characters as people count them: code points, not bytes. The text is well-formed UTF-8.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

Refusal invalid(std::string_view field, std::string detail) {
    return {Error::invalid_field, std::move(detail), '/' + std::string(field)};
}

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
    return Refusal{
        Error::card_number_refused,
        fmt::format("{} holds a card number. Florin's API never takes one: send a payment method's name or token.",
                    field),
        '/' + std::string(field)};
}

Fault fault_of_card_numbers(const object& body, bool live) {
    for (const auto& [key, member] : body) {
        if (contains_card_number(key)) {
            return Refusal{Error::card_number_refused, "A field's name holds a card number: remove the field.", {}};
        }
        const auto* text = member.if_string();
        if (!live && key == "payment_method" && text != nullptr && *text == kTestAlias) continue;
        if (auto fault = fault_of_card_numbers(member, key)) return fault;
    }
    return std::nullopt;
}

Fault fault_of_names(const object& body) {
    for (const auto& member : body) {
        const std::string_view key = member.key();
        if (std::ranges::find(kFields, key) != kFields.end()) continue;
        constexpr std::size_t kShown = 64;
        if (key.size() > kShown)
            return Refusal{Error::unknown_field, "A field's name is unknown and very long: remove it.", {}};
        Refusal refusal{Error::unknown_field,
                        fmt::format("There is no field \"{}\": {}", key, nearest_name_advice(key, kFields))};
        json::append_step(refusal.pointer, key);
        return refusal;
    }
    for (const std::string_view name : kRequired) {
        if (!body.contains(name)) {
            return Refusal{Error::missing_field, fmt::format("{} is required: add it.", name), '/' + std::string(name)};
        }
    }
    return std::nullopt;
}

Fault read_amount(const object& body, CreateRequest& request) {
    const auto* code = body.at("currency").if_string();
    if (code == nullptr) return invalid("currency", "currency must be a string: an ISO 4217 code such as \"EUR\".");
    const auto* minor_units = body.at("amount").if_int64();
    if (minor_units == nullptr) {
        return invalid("amount", "amount must be an integer in minor units: 1050 is 10.50 EUR, 1050 JPY is 1050 yen.");
    }
    const auto currency = Currency::parse(*code);
    if (!currency) {
        return Refusal{Error::currency_unknown,
                       "currency must be an active ISO 4217 code in upper case, such as \"EUR\".", "/currency"};
    }
    if (*minor_units < 1 || *minor_units > currency->max_amount()) {
        return Refusal{
            Error::amount_out_of_range,
            fmt::format("amount must be from 1 to {} minor units of {}.", currency->max_amount(), currency->code()),
            "/amount"};
    }
    request.amount = Money(*minor_units, *currency);
    return std::nullopt;
}

Fault read_payment_method(const object& body, CreateRequest& request) {
    const auto* text = body.at("payment_method").if_string();
    if (text == nullptr) return invalid("payment_method", "payment_method must be a string: a method's name or token.");
    const auto is_allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    if (text->empty() || text->size() > kLongestMethod || !std::ranges::all_of(*text, is_allowed)) {
        return invalid("payment_method",
                       "payment_method must be 1 to 64 letters, digits and underscores, such as \"pm_card_visa\".");
    }
    request.payment_method = std::string_view(*text);
    return std::nullopt;
}

Fault read_capture(const object& body, CreateRequest& request) {
    const auto* member = body.if_contains("capture");
    if (member == nullptr) return std::nullopt;
    if (!member->is_bool()) return invalid("capture", "capture must be true or false, without quotes.");
    request.capture = member->get_bool();
    if (!request.capture) {
        return invalid("capture",
                       "capture must be true: authorizing now and capturing later arrives in a later version.");
    }
    return std::nullopt;
}

Fault read_description(const object& body, CreateRequest& request) {
    const auto* member = body.if_contains("description");
    if (member == nullptr) return std::nullopt;
    const auto* text = member->if_string();
    if (text == nullptr)
        return invalid("description", "description must be a string; leave the field out to send none.");
    if (characters(*text) > kLongestDescription) {
        return invalid("description", "description is longer than 1000 characters: shorten it.");
    }
    request.description = std::string_view(*text);
    return std::nullopt;
}

Fault read_metadata(const object& body, CreateRequest& request) {
    const auto* member = body.if_contains("metadata");
    if (member == nullptr) return std::nullopt;
    const auto* entries = member->if_object();
    if (entries == nullptr)
        return invalid("metadata", "metadata must be an object of strings, such as {\"order\": \"17\"}.");
    if (entries->size() > kMostMetadata) return invalid("metadata", "metadata has more than 50 members: send fewer.");
    for (const auto& [key, entry] : *entries) {
        if (key.empty() || characters(key) > kLongestKey) {
            return invalid("metadata", "Every name in metadata must have 1 to 40 characters.");
        }
        const auto* text = entry.if_string();
        if (text == nullptr || characters(*text) > kLongestValue) {
            return invalid("metadata", "Every value in metadata must be a string of at most 500 characters.");
        }
        request.metadata.emplace(std::string_view(key), std::string_view(*text));
    }
    return std::nullopt;
}

Fault read_return_url(const object& body, CreateRequest& request, bool live) {
    const auto* member = body.if_contains("return_url");
    if (member == nullptr) return std::nullopt;
    const auto* text = member->if_string();
    if (text == nullptr) return invalid("return_url", "return_url must be a string; leave the field out to send none.");
    if (auto fault = return_url_fault(*text, live)) return invalid("return_url", std::move(*fault));
    request.return_url = std::string_view(*text);
    return std::nullopt;
}

}  // namespace

Checked<CreateRequest> parse_create_request(const value& body, bool live) {
    const auto* fields = body.if_object();
    if (fields == nullptr) return refuse(Error::malformed_request, "The body must be a JSON object.");
    CreateRequest request;
    Fault fault = fault_of_card_numbers(*fields, live);
    if (!fault) fault = fault_of_names(*fields);
    if (!fault) fault = read_payment_method(*fields, request);
    if (!fault) fault = read_capture(*fields, request);
    if (!fault) fault = read_description(*fields, request);
    if (!fault) fault = read_metadata(*fields, request);
    if (!fault) fault = read_return_url(*fields, request, live);
    if (!fault) fault = read_amount(*fields, request);
    if (fault) return std::unexpected(std::move(*fault));
    return request;
}

}  // namespace florin::payments
