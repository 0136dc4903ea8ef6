// Captures: Stripe has no object for one. Each names itself in the intent's metadata (encode_capture), merged in by the
// same call that takes the money, so that the marks explain amount_received to the last unit.
#include <charconv>

#include "psp/json_fields.hpp"
#include "psp/stripe/currencies.hpp"
#include "psp/stripe/declines.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/intent_answers.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

// The amount of "<attempt>:<amount>" in just the form that capture_mark() writes.
std::optional<std::int64_t> marked_amount(std::string_view mark) {
    const auto colon = mark.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::int16_t attempt = 0;
    std::int64_t amount = 0;
    std::from_chars(mark.data(), mark.data() + colon, attempt);
    std::from_chars(mark.data() + colon + 1, mark.data() + mark.size(), amount);
    const bool whole = attempt > 0 && amount > 0 && capture_mark(attempt, amount) == mark;
    return whole ? std::optional(amount) : std::nullopt;
}

// The sum of all captures that the intent names; empty when a mark cannot be read.
std::optional<std::int64_t> marked_sum(const object& metadata) {
    std::int64_t sum = 0;
    for (const auto& member : metadata) {
        if (!OperationId::parse(std::string_view(member.key().data(), member.key().size()))) continue;
        const auto* mark = member.value().if_string();
        const auto amount = mark == nullptr ? std::nullopt : marked_amount({mark->data(), mark->size()});
        if (!amount || __builtin_add_overflow(sum, *amount, &sum)) return std::nullopt;
    }
    return sum;
}

enum class Mark : std::uint8_t { absent, ours, contradicts };

Mark mark_of(const object& metadata, const Call& call) {
    const auto mark = find_text(metadata, to_string(call.operation));
    if (!mark) return Mark::absent;
    const auto amount = stripe_amount(call.amount);
    if (amount && *mark == capture_mark(call.attempt, *amount)) return Mark::ours;
    // Another attempt of the operation took its place; the same one with another amount cannot be.
    return mark->starts_with(std::to_string(call.attempt) + ":") ? Mark::contradicts : Mark::absent;
}

// After the final capture nothing is held, and what was received is all but what it releases.
std::string final_contradiction(const object& intent, const Call& call) {
    if (find_text(intent, "status") == "requires_capture") return "status";
    const Money all{call.payment_amount->minor_units() - call.parameters.releases, call.payment_amount->currency()};
    const auto received = stripe_amount(all);
    return received && find_integer(intent, "amount_received") == *received ? "" : "amount_received";
}

std::string capture_contradiction(const object& intent, const Expectation& expected) {
    const auto status = find_text(intent, "status");
    if (status != "requires_capture" && status != "succeeded" && status != "canceled") return "status";
    if (expected.call.parameters.final) return final_contradiction(intent, expected.call);
    if (expected.read_back || status == "requires_capture") return {};
    // The answer itself must still hold the rest, unless nothing is left.
    const bool nothing_left = find_integer(intent, "amount_received") == find_integer(intent, "amount");
    return status == "succeeded" && nothing_left ? "" : "status";
}

// No capture follows these states, so one that is not there will never be.
std::optional<Answer> without_capture(const object& intent, const Expectation& expected) {
    if (!expected.read_back) return contradicting(intent, expected, "metadata");
    const auto status = find_text(intent, "status");
    if (status != "succeeded" && status != "canceled") return std::nullopt;
    auto answer = plain_answer(intent, expected);
    answer.kind = Answer::Kind::declined;
    answer.confirmed = true;
    const auto reason = find_text(intent, "cancellation_reason").value_or("");
    answer.decline = state_refusal(status == "succeeded" ? "already_captured"
                                   : is_expiry(reason)   ? "authorization_expired"
                                                         : "already_voided");
    return answer;
}

}  // namespace

std::optional<Answer> capture_in(const object& intent, const Expectation& expected) {
    const auto* metadata = find_object(intent, "metadata");
    const auto sum = marked_sum(*metadata);
    const auto mark = mark_of(*metadata, expected.call);
    if (!sum || mark == Mark::contradicts) return contradicting(intent, expected, "metadata");
    if (find_integer(intent, "amount_received") != *sum) return contradicting(intent, expected, "amount_received");
    if (mark == Mark::absent) return without_capture(intent, expected);
    const auto member = capture_contradiction(intent, expected);
    if (!member.empty()) return contradicting(intent, expected, member);
    auto answer = plain_answer(intent, expected);
    answer.kind = Answer::Kind::approved;
    return answer;
}

}  // namespace florin::psp::stripe
