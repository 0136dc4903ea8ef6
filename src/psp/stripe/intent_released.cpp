// Void and expire: Stripe has no object for a release either, and a cancel takes no metadata. It is proven by the
// amounts: nothing is held any more, and what was not captured is what was to be released.
#include "psp/json_fields.hpp"
#include "psp/stripe/currencies.hpp"
#include "psp/stripe/declines.hpp"
#include "psp/stripe/intent_answers.hpp"

namespace florin::psp::stripe {

// An intent is canceled when nothing of it was captured, and succeeded when a part was (docs.stripe.com/payments/
// multicapture); the figures have been compared by then.
std::optional<Answer> release_in(const boost::json::object& intent, const Expectation& expected) {
    const auto status = find_text(intent, "status");
    const bool over = status == "canceled" || status == "succeeded" ||
                      (status == "requires_capture" && find_integer(intent, "amount_capturable") == 0);
    if (!over && expected.read_back) return std::nullopt;
    if (!over) return contradicting(intent, expected, "status");
    const auto asked = stripe_amount(expected.call.amount);
    const auto released = *find_integer(intent, "amount") - *find_integer(intent, "amount_received");
    // Less was captured there than our operations say.
    if (!asked || released > *asked) return contradicting(intent, expected, "amount_received");
    auto answer = plain_answer(intent, expected);
    answer.kind = Answer::Kind::approved;
    if (released == *asked) return answer;
    // More was captured there than our operations say: nothing will be released any more, and somebody has to look.
    answer.kind = Answer::Kind::declined;
    answer.confirmed = true;
    answer.alert = true;
    answer.decline = state_refusal("already_captured");
    return answer;
}

}  // namespace florin::psp::stripe
