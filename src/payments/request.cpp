#include "payments/request.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "payments/fields.hpp"
#include "payments/return_url.hpp"

namespace florin::payments {
namespace {

using boost::json::object;
using boost::json::value;

// The source document's own example; it holds a card number that belongs to nobody.
constexpr std::string_view kTestAlias = "tok_4242424242424242";

constexpr auto kFields = std::to_array<std::string_view>(
    {"amount", "currency", "payment_method", "capture", "multiple_captures", "description", "metadata", "return_url"});
constexpr auto kRequired = std::to_array<std::string_view>({"amount", "currency", "payment_method"});

constexpr std::size_t kLongestMethod = 64;
constexpr std::size_t kLongestDescription = 1000;
constexpr std::size_t kMostMetadata = 50;
constexpr std::size_t kLongestKey = 40;
constexpr std::size_t kLongestValue = 500;

Fault read_amount(const object& body, CreateRequest& request) {
    const auto currency = read_currency(body.at("currency"));
    if (!currency && currency.error().error == Error::invalid_field) return currency.error();
    const auto minor_units = read_minor_units(body.at("amount"));
    if (!minor_units) return minor_units.error();
    if (!currency) return currency.error();
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
    return std::nullopt;
}

Fault read_multiple_captures(const object& body, CreateRequest& request) {
    const auto* member = body.if_contains("multiple_captures");
    if (member == nullptr) return std::nullopt;
    if (!member->is_bool())
        return invalid("multiple_captures", "multiple_captures must be true or false, without quotes.");
    request.multiple_captures = member->get_bool();
    if (request.multiple_captures && request.capture) {
        return invalid("multiple_captures",
                       "multiple_captures needs \"capture\": false: nothing is captured twice else.");
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
    Fault fault = fault_of_card_numbers(*fields, live ? std::string_view{} : kTestAlias);
    if (!fault) fault = fault_of_names(*fields, kFields, kRequired);
    if (!fault) fault = read_payment_method(*fields, request);
    if (!fault) fault = read_capture(*fields, request);
    if (!fault) fault = read_multiple_captures(*fields, request);
    if (!fault) fault = read_description(*fields, request);
    if (!fault) fault = read_metadata(*fields, request);
    if (!fault) fault = read_return_url(*fields, request, live);
    if (!fault) fault = read_amount(*fields, request);
    if (fault) return std::unexpected(std::move(*fault));
    return request;
}

}  // namespace florin::payments
