#include "simulator/stripe_parameters.hpp"

#include <algorithm>
#include <charconv>

#include "base/currency.hpp"
#include "simulator/stripe_parameter_table.hpp"

namespace florin::simulator {
namespace {

constexpr std::int64_t kLargestAmount = 99'999'999;
constexpr std::size_t kLongestMetadataKey = 40, kLongestMetadataValue = 500;

using Problem = std::optional<ParameterError>;

Problem unknown(std::string_view key) {
    return ParameterError{"parameter_unknown", "Received unknown parameter: " + std::string(key), std::string(key)};
}

Problem invalid(std::string_view key, std::string message, std::string code = {}) {
    return ParameterError{std::move(code), std::move(message), std::string(key)};
}

// expand[0] and expand[] are the same parameter.
std::string_view without_index(std::string_view key, std::string& buffer) {
    if (!key.ends_with(']')) return key;
    const auto open = key.rfind('[');
    if (open == std::string_view::npos) return key;
    const auto index = key.substr(open + 1, key.size() - open - 2);
    if (index.empty() || !std::ranges::all_of(index, [](char c) { return c >= '0' && c <= '9'; })) return key;
    buffer.assign(key.substr(0, open)).append("[]");
    return buffer;
}

const Parameter* find_parameter(std::string_view key, Operations call) {
    std::string buffer;
    const auto path = without_index(key, buffer);
    const auto found = std::ranges::lower_bound(kParameters, path, {}, &Parameter::path);
    return found != kParameters.end() && found->path == path && (found->calls & call) != 0 ? &*found : nullptr;
}

bool read_integer(std::string_view text, std::int64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

bool is_choice(std::string_view value, std::string_view choices) {
    while (!choices.empty()) {
        const auto end = choices.find('|');
        if (choices.substr(0, end) == value) return true;
        choices.remove_prefix(end == std::string_view::npos ? choices.size() : end + 1);
    }
    return false;
}

Problem check_amount(const Field& field, std::int64_t amount) {
    if (amount < 1) {
        return invalid(field.key, "This value must be greater than or equal to 1.", "parameter_invalid_integer");
    }
    if (amount > kLargestAmount)
        return invalid(field.key, "Amount must be no more than $999,999.99", "amount_too_large");
    return std::nullopt;
}

Problem check_currency(const Field& field) {
    std::string upper(field.value);
    std::ranges::transform(upper, upper.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    if (Currency::parse(upper)) return std::nullopt;
    return invalid(field.key, "Invalid currency: " + std::string(field.value) +
                                  ". Stripe currently supports the currencies of https://stripe.com/docs/currencies");
}

Problem check_form(const Parameter& parameter, const Field& field, std::int64_t& number) {
    const bool may_unset = parameter.kind == Kind::text && parameter.slot == Slot::kept;
    if (field.value.empty() && !may_unset) {
        return invalid(field.key,
                       "You passed an empty string for '" + std::string(field.key) +
                           "'. We assume empty values are an attempt to unset a parameter; however '" +
                           std::string(field.key) + "' cannot be unset. You should remove '" + std::string(field.key) +
                           "' from your request or supply a non-empty value.",
                       "parameter_invalid_empty");
    }
    switch (parameter.kind) {
        case Kind::text:
            return std::nullopt;
        case Kind::currency:
            return check_currency(field);
        case Kind::boolean:
            if (field.value == "true" || field.value == "false") return std::nullopt;
            return invalid(field.key, "Invalid boolean: " + std::string(field.value));
        case Kind::choice:
            if (is_choice(field.value, parameter.choices)) return std::nullopt;
            return invalid(field.key,
                           "Invalid " + std::string(field.key) + ": must be one of " + std::string(parameter.choices));
        case Kind::integer:
        case Kind::amount:
            if (!read_integer(field.value, number)) {
                return invalid(field.key, "Invalid integer: " + std::string(field.value), "parameter_invalid_integer");
            }
            return parameter.kind == Kind::amount ? check_amount(field, number) : std::nullopt;
    }
    return std::nullopt;
}

struct Expansion {
    std::string_view path;
    Operations calls;
    Expansions what;
};

constexpr Operations kShowsIntent = kPay | kCancel | kCapture | bit(Operation::retrieve) | kListIntents;
constexpr Operations kShowsRefund =
    kRefund | bit(Operation::retrieve_refund) | bit(Operation::update_refund) | kListRefunds;
constexpr auto kExpansions = std::to_array<Expansion>({
    {"latest_charge", kShowsIntent, kExpandCharge},
    {"latest_charge.refunds", kShowsIntent, kExpandCharge | kExpandRefunds},
    {"refunds", bit(Operation::charge), kExpandRefunds},
    {"payment_intent", bit(Operation::charge) | kShowsRefund, kExpandIntent},
    {"charge", kShowsRefund, kExpandCharge},
});

Problem take_expansion(const Field& field, Operations call, Parameters& out) {
    constexpr std::string_view kOfEach = "data.";
    std::string_view path = field.value;
    const bool is_list = (call & kLists) != 0;
    if (is_list && path.starts_with(kOfEach)) path.remove_prefix(kOfEach.size());
    for (const Expansion& expansion : kExpansions) {
        if (expansion.path != path || (expansion.calls & call) == 0) continue;
        if (is_list && path.size() == field.value.size()) break;
        out.expand |= expansion.what;
        return std::nullopt;
    }
    return invalid("expand", "This property cannot be expanded (" + std::string(field.value) + ").");
}

void take_method_choice(Slot slot, std::string_view value, Parameters& out) {
    if (slot == Slot::automatic_methods) out.automatic_methods = value == "true";
    if (slot == Slot::allow_redirects) out.allow_redirects = value == "always";
    if (slot == Slot::method_types) out.has_method_types = true;
}

void take_page(Slot slot, const Field& field, std::int64_t number, Parameters& out) {
    switch (slot) {
        case Slot::limit:
            out.limit = number;
            break;
        case Slot::starting_after:
            out.starting_after = field.value;
            break;
        case Slot::ending_before:
            out.ending_before = field.value;
            break;
        case Slot::created:
            out.created_gte = number;
            out.created_lte = number;
            break;
        case Slot::created_gt:
            out.created_gt = number;
            break;
        case Slot::created_gte:
            out.created_gte = number;
            break;
        case Slot::created_lt:
            out.created_lt = number;
            break;
        case Slot::created_lte:
            out.created_lte = number;
            break;
        default:
            break;
    }
}

void take(Slot slot, const Field& field, std::int64_t number, Parameters& out) {
    switch (slot) {
        case Slot::amount:
            out.amount = number;
            out.has_amount = true;
            break;
        case Slot::currency:
            out.currency = field.value;
            break;
        case Slot::capture_method:
            out.capture_method = field.value;
            break;
        case Slot::payment_method:
        case Slot::token:
            out.payment_method = field.value;
            break;
        case Slot::return_url:
            out.return_url = field.value;
            break;
        case Slot::confirm:
            out.confirm = field.value == "true";
            break;
        case Slot::off_session:
            out.off_session = field.value != "false";
            break;
        case Slot::error_on_requires_action:
            out.error_on_requires_action = field.value == "true";
            break;
        case Slot::use_stripe_sdk:
            out.use_stripe_sdk = field.value == "true";
            break;
        case Slot::reason:
            out.reason = field.value;
            break;
        case Slot::request_multicapture:
            out.request_multicapture = field.value;
            break;
        case Slot::final_capture:
            out.final_capture = field.value == "true";
            break;
        case Slot::payment_intent:
            out.payment_intent = field.value;
            break;
        case Slot::charge:
            out.charge = field.value;
            break;
        case Slot::kept:
            out.kept.push_back(field);
            break;
        case Slot::automatic_methods:
        case Slot::allow_redirects:
        case Slot::method_types:
            take_method_choice(slot, field.value, out);
            break;
        default:
            take_page(slot, field, number, out);
    }
}

constexpr std::string_view kMetadata = "metadata[";

Problem take_metadata(const Field& field, Parameters& out) {
    const auto key = field.key.substr(kMetadata.size(), field.key.size() - kMetadata.size() - 1);
    if (key.empty() || key.find_first_of("[]") != std::string_view::npos) {
        return invalid(field.key, "Metadata keys may not contain square brackets.");
    }
    if (key.size() > kLongestMetadataKey)
        return invalid(field.key, "Metadata keys can only be up to 40 characters long.");
    if (field.value.size() > kLongestMetadataValue) {
        return invalid(field.key, "Metadata values can have up to 500 characters.");
    }
    out.metadata.push_back({key, field.value});
    if (out.metadata.size() > kMostMetadata) return invalid("metadata", "You can have up to 50 metadata keys.");
    return std::nullopt;
}

}  // namespace

std::optional<ParameterError> read_parameters(Operation operation, const Form& form, Parameters& parameters) {
    const Operations call = bit(operation);
    const bool takes_metadata = (call & kTakesMetadata) != 0;
    for (const Field& field : form.fields()) {
        if (takes_metadata && field.key.starts_with(kMetadata) && field.key.ends_with(']')) {
            if (auto problem = take_metadata(field, parameters)) return problem;
            continue;
        }
        const Parameter* parameter = find_parameter(field.key, call);
        if (parameter == nullptr) return unknown(field.key);
        std::int64_t number = 0;
        if (auto problem = check_form(*parameter, field, number)) return problem;
        if (parameter->slot == Slot::expand) {
            if (auto problem = take_expansion(field, call, parameters)) return problem;
            continue;
        }
        take(parameter->slot, field, number, parameters);
    }
    return std::nullopt;
}

}  // namespace florin::simulator
