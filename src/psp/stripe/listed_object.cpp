#include "psp/stripe/listed_object.hpp"

#include <algorithm>
#include <charconv>

#include "psp/json_fields.hpp"
#include "psp/stripe/currencies.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/intent.hpp"
#include "psp/stripe/our_names.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

// Reads one figure; notes the first that is missing or is no whole number of minor units.
std::int64_t figure(const object& from, const char* member, Listed& listed) {
    const auto units = find_integer(from, member);
    const auto minor = units && listed.currency ? minor_units(*units, *listed.currency) : std::nullopt;
    if (!minor && listed.unreadable.empty()) listed.unreadable = member;
    return minor.value_or(0);
}

Listed common(const object& from) {
    Listed listed{.reference = std::string(find_text(from, "id").value_or(""))};
    listed.currency = parse_currency(find_text(from, "currency").value_or(""));
    if (!listed.currency) listed.unreadable = "currency";
    listed.created = WallTime(std::chrono::seconds(std::clamp<std::int64_t>(
        find_integer(from, "created").value_or(0), 0, 253'402'300'799)));  // no later than the year 9999
    listed.amount = figure(from, "amount", listed);
    const auto ours = our_names(from);
    listed.payment = ours.payment;
    listed.operation = ours.operation;
    listed.attempt = ours.attempt.value_or(0);
    return listed;
}

// Each "<operation id>" = "<attempt>:<amount>" that encode_capture() had merged in.
void read_captures(const object& intent, Listed& listed) {
    const auto* metadata = find_object(intent, "metadata");
    if (metadata == nullptr || !listed.currency) return;
    for (const auto& member : *metadata) {
        const auto operation = OperationId::parse(std::string_view(member.key().data(), member.key().size()));
        const auto* mark = member.value().if_string();
        if (!operation || mark == nullptr) continue;
        const std::string_view text(mark->data(), mark->size());
        const auto colon = std::min(text.find(':'), text.size() - 1);
        std::int64_t units = 0;
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), units);
        const auto minor = minor_units(units, *listed.currency);
        if (minor) listed.captures.push_back({*operation, *minor});
    }
}

bool is_unfinished(std::string_view status) {
    return status == "requires_action" || status == "processing" || status == "requires_confirmation";
}

}  // namespace

Listed listed_intent(const object& intent) {
    auto listed = common(intent);
    listed.held = figure(intent, "amount_capturable", listed);
    listed.moved = figure(intent, "amount_received", listed);
    listed.is_open = is_unfinished(find_text(intent, "status").value_or(""));
    read_captures(intent, listed);
    return listed;
}

Listed listed_refund(const object& refund) {
    auto listed = common(refund);
    listed.payment_reference = std::string(plain_word(find_text(refund, "payment_intent").value_or("")));
    const auto status = find_text(refund, "status").value_or("");
    const bool has_failed = status == "failed" || status == "canceled";
    listed.moved = has_failed ? 0 : listed.amount;
    return listed;
}

}  // namespace florin::psp::stripe
