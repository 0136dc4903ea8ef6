// The requests that change an existing payment: reading them, and what makes two of them the same.
#include <algorithm>
#include <array>
#include <span>

#include "base/assert.hpp"
#include "payments/fields.hpp"
#include "payments/modification.hpp"

namespace florin::payments {
namespace {

using boost::json::object;

constexpr auto kCaptureFields = std::to_array<std::string_view>({"amount", "currency", "final"});
constexpr auto kRefundFields = std::to_array<std::string_view>({"amount", "currency", "reason"});
constexpr std::size_t kLongestReason = 64;

std::span<const std::string_view> fields_of(OperationKind kind) {
    if (kind == OperationKind::capture) return kCaptureFields;
    if (kind == OperationKind::refund) return kRefundFields;
    FLORIN_ASSERT(kind == OperationKind::void_);
    return {};
}

Fault read_money(const object& body, ModificationRequest& request) {
    if (const auto* member = body.if_contains("amount")) {
        const auto amount = read_minor_units(*member);
        if (!amount) return amount.error();
        if (*amount < 1) {
            return Refusal{Error::amount_out_of_range,
                           "amount must be at least 1 minor unit; leave it out for all that is left.", "/amount"};
        }
        request.amount = *amount;
    }
    if (const auto* member = body.if_contains("currency")) {
        const auto currency = read_currency(*member);
        if (!currency) return currency.error();
        request.currency = *currency;
    }
    return std::nullopt;
}

Fault read_final(const object& body, ModificationRequest& request) {
    const auto* member = body.if_contains("final");
    if (member == nullptr) return std::nullopt;
    if (!member->is_bool()) return invalid("final", "final must be true or false, without quotes.");
    request.final = member->get_bool();
    return std::nullopt;
}

Fault read_reason(const object& body, ModificationRequest& request) {
    const auto* member = body.if_contains("reason");
    if (member == nullptr) return std::nullopt;
    const auto is_allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ' ' ||
               c == '-';
    };
    const auto* text = member->if_string();
    if (text == nullptr || text->empty() || text->size() > kLongestReason || !std::ranges::all_of(*text, is_allowed)) {
        return invalid("reason",
                       "reason must be a string of 1 to 64 letters, digits, spaces, hyphens and underscores, such as "
                       "\"customer_request\".");
    }
    request.reason = std::string_view(*text);
    return std::nullopt;
}

}  // namespace

Checked<ModificationRequest> parse_modification(OperationKind kind, const boost::json::value& body) {
    const auto known = fields_of(kind);
    const auto* fields = body.if_object();
    if (fields == nullptr) return refuse(Error::malformed_request, "The body must be a JSON object, or empty.");
    ModificationRequest request{.kind = kind};
    Fault fault = fault_of_card_numbers(*fields);
    if (!fault) fault = fault_of_names(*fields, known);
    if (!fault) fault = read_final(*fields, request);
    if (!fault) fault = read_reason(*fields, request);
    if (!fault) fault = read_money(*fields, request);
    if (fault) return std::unexpected(std::move(*fault));
    return request;
}

Parameters parameters_asked(const ModificationRequest& request) {
    return {.final = request.final.value_or(false), .reason = request.reason};
}

// Only what the request says: what it leaves out is decided on the payment, at the time of the first request.
Digest fingerprint(std::string_view path, const ModificationRequest& request) {
    object said;
    if (request.amount) said.emplace("amount", *request.amount);
    if (request.currency) said.emplace("currency", request.currency->code());
    if (request.final) said.emplace("final", *request.final);
    if (request.reason) said.emplace("reason", *request.reason);
    return sha256(std::string(path).append("\n").append(json::canonical(said)));
}

std::string differing_field(const ModificationRequest& request, const Attempt& stored) {
    if (request.kind != stored.kind) return {};
    if (request.amount && *request.amount != stored.amount.minor_units()) return "/amount";
    if (request.currency && *request.currency != stored.amount.currency()) return "/currency";
    if (request.final && *request.final != stored.parameters.final) return "/final";
    if (request.reason != stored.parameters.reason) return "/reason";
    return {};
}

}  // namespace florin::payments
