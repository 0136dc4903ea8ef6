#include <algorithm>
#include <array>
#include <utility>

#include "simulator/faults.hpp"
#include "simulator/stripe_methods.hpp"

namespace florin::simulator {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostBytes = 512 * 1024 * 1024;

constexpr auto kActions = std::to_array<std::pair<std::string_view, Action>>({
    {"refuse", Action::refuse},
    {"hang", Action::hang},
    {"drop_before_processing", Action::drop_before_processing},
    {"rate_limit", Action::rate_limit},
    {"delayed_processing", Action::delayed_processing},
    {"error_before_processing", Action::error_before_processing},
    {"error_after_processing", Action::error_after_processing},
    {"decline", Action::decline},
    {"hang_after_processing", Action::hang_after_processing},
    {"drop_after_processing", Action::drop_after_processing},
    {"half_body", Action::half_body},
    {"slow_drip", Action::slow_drip},
    {"wrong_amount", Action::wrong_amount},
    {"wrong_currency", Action::wrong_currency},
    {"wrong_reference", Action::wrong_reference},
    {"wrong_id", Action::wrong_id},
    {"other_id", Action::other_id},
    {"other_object", Action::other_object},
    {"garbage", Action::garbage},
    {"empty_body", Action::empty_body},
    {"huge_body", Action::huge_body},
    {"endless_body", Action::endless_body},
    {"deep_body", Action::deep_body},
    {"gzip_bomb", Action::gzip_bomb},
    {"wrong_types", Action::wrong_types},
    {"not_a_number", Action::not_a_number},
    {"duplicate_keys", Action::duplicate_keys},
    {"byte_order_mark", Action::byte_order_mark},
    {"utf16", Action::utf16},
    {"wrong_content_type", Action::wrong_content_type},
    {"wrong_status", Action::wrong_status},
    {"wrong_mode", Action::wrong_mode},
    {"drop", Action::drop},
    {"delay", Action::delay},
    {"duplicate", Action::duplicate},
    {"duplicate_new_id", Action::duplicate_new_id},
    {"tamper", Action::tamper},
    {"wrong_secret", Action::wrong_secret},
    {"old_timestamp", Action::old_timestamp},
    {"no_signature", Action::no_signature},
    {"truncate", Action::truncate},
});

std::string_view name_of(Action action) {
    const auto* found = std::ranges::find(kActions, action, &std::pair<std::string_view, Action>::second);
    return found == kActions.end() ? std::string_view() : found->first;
}

std::string_view text(const json::value& value) {
    return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

bool read_action(const json::value& value, Fault& fault) {
    const auto* found = std::ranges::find(kActions, text(value), &std::pair<std::string_view, Action>::first);
    if (found == kActions.end()) return false;
    fault.action = found->second;
    return true;
}

bool read_count(const json::value& value, std::int64_t least, std::int64_t& out) {
    if (!value.is_int64() || value.get_int64() < least) return false;
    out = value.get_int64();
    return true;
}

bool read_probability(const json::value& value, Fault& fault) {
    if (value.is_double()) {
        fault.probability = value.get_double();
    } else if (value.is_int64()) {
        fault.probability = static_cast<double>(value.get_int64());
    } else {
        return false;
    }
    return fault.probability >= 0.0 && fault.probability <= 1.0;
}

bool read_match(const json::value& value, Fault& fault) {
    const auto* wanted = value.if_object();
    if (wanted == nullptr) return false;
    for (const auto& [name, member] : *wanted) {
        const bool known = name == "amount" ? member.is_int64()
                           : name == "metadata"
                               ? member.is_object()
                               : (name == "payment_method" || name == "currency" || name == "idempotency_key" ||
                                  name == "payment_intent" || name == "event_type") &&
                                     member.is_string();
        if (!known) return false;
    }
    fault.match = *wanted;
    return true;
}

bool read_decline(const json::value& value, Fault& fault) {
    const int found = find_decline(text(value));
    if (found < 0) return false;
    fault.decline = static_cast<std::uint8_t>(found);
    return true;
}

bool read_operation(const json::value& value, Fault& fault) {
    const auto* found = std::ranges::find(kOperationNames, text(value), &OperationName::name);
    if (found == kOperationNames.end()) return false;
    fault.operation = found;
    return true;
}

bool read_code(const json::value& value, Fault& fault) {
    fault.code = text(value);
    return !fault.code.empty() && fault.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
}

bool read_member(std::string_view name, const json::value& value, Fault& fault) {
    if (name == "action") return read_action(value, fault);
    if (name == "probability") return read_probability(value, fault);
    if (name == "times") return read_count(value, 1, fault.times);
    if (name == "seconds") return read_count(value, 1, fault.seconds);
    if (name == "bytes") return read_count(value, 1, fault.bytes) && fault.bytes <= kMostBytes;
    if (name == "copies") return read_count(value, 1, fault.copies);
    if (name == "delay_ms") return read_count(value, 0, fault.delay_ms);
    if (name == "status") return read_count(value, 500, fault.status) && fault.status < 600;
    if (name == "decline_code") return read_decline(value, fault);
    if (name == "match") return read_match(value, fault);
    if (name == "psp") {
        fault.psp = text(value);
        return fault.psp == "stripe" || fault.psp == "*";
    }
    if (name == "code") return read_code(value, fault);
    return name == "operation" && read_operation(value, fault);
}

Refusal refusal(std::string detail, std::string pointer) {
    return {Error::invalid_field, std::move(detail), std::move(pointer)};
}

}  // namespace

Checked<Fault> read_fault(const json::object& wanted) {
    Fault fault;
    for (const auto& [name, value] : wanted) {
        if (read_member(name, value, fault)) continue;
        return std::unexpected(
            refusal("Not a member of a fault or not a value of it: psp, operation, action, probability (0 to 1), "
                    "times, seconds, delay_ms, copies, bytes, status (500 to 599), decline_code, code, match "
                    "{payment_method, amount, "
                    "currency, metadata, "
                    "idempotency_key, payment_intent, event_type}.",
                    "/" + std::string(name)));
    }
    if (fault.action == Action::none) return std::unexpected(refusal("A fault needs an action.", "/action"));
    if (fault.is_connect() && (fault.action != Action::refuse || fault.seconds == 0)) {
        return std::unexpected(
            refusal("The operation connect knows only refuse, for a number of seconds.", "/operation"));
    }
    const bool is_webhook = fault.operation->operations == bit(Operation::webhook);
    if (!fault.is_connect() && !(is_webhook ? strikes_webhooks(fault.action) : strikes_calls(fault.action))) {
        return std::unexpected(
            refusal("Webhooks have actions of their own; simulator/faults.hpp lists them.", "/action"));
    }
    return fault;
}

json::object to_json(const Fault& fault) {
    json::object shown;
    shown["id"] = fault.id;
    shown["psp"] = fault.psp;
    shown["operation"] = fault.operation->name;
    shown["action"] = name_of(fault.action);
    shown["probability"] = fault.probability;
    shown["times"] = fault.times < 0 ? json::value(nullptr) : json::value(fault.times);
    shown["seconds"] = fault.seconds == 0 ? json::value(nullptr) : json::value(fault.seconds);
    shown["delay_ms"] = fault.delay_ms;
    shown["match"] = fault.match;
    shown["hits"] = fault.hits;
    return shown;
}

}  // namespace florin::simulator
