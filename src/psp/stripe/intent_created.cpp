// Sale and authorize: what an intent shows of the call that created it.
#include "psp/json_fields.hpp"
#include "psp/stripe/declines.hpp"
#include "psp/stripe/intent_answers.hpp"
#include "psp/stripe/redirect.hpp"
#include "psp/stripe/rules.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

// `captured`: in one step; otherwise the charge only holds the amount.
bool charge_agrees(const object& intent, std::int64_t amount, bool captured) {
    const auto* charge = find_object(intent, "latest_charge");
    if (charge == nullptr) return true;
    const auto taken = captured ? amount : 0;
    return find_integer(*charge, "amount").value_or(amount) == amount &&
           find_integer(*charge, "amount_captured").value_or(taken) == taken &&
           find_text(*charge, "status").value_or("succeeded") == "succeeded" &&
           find_flag(*charge, "captured").value_or(captured) == captured;
}

Answer succeeded(const object& intent, const Expectation& expected, Answer answer) {
    // A hold that was captured without being asked.
    if (expected.call.kind == payments::OperationKind::authorize) return contradicting(intent, expected, "status");
    const auto amount = find_integer(intent, "amount").value_or(0);
    // Less than asked is a partial approval, which a sale does not accept.
    if (find_integer(intent, "amount_received") != amount) return contradicting(intent, expected, "amount_received");
    if (!charge_agrees(intent, amount, true)) return contradicting(intent, expected, "latest_charge");
    answer.kind = Answer::Kind::approved;
    return answer;
}

const object* card_of(const object& intent) {
    const auto* charge = find_object(intent, "latest_charge");
    const auto* details = charge == nullptr ? nullptr : find_object(*charge, "payment_method_details");
    return details == nullptr ? nullptr : find_object(*details, "card");
}

std::optional<WallTime> hold_ends(const object& intent, const object& card) {
    const auto created = find_integer(intent, "created").value_or(0);
    // Outside of it a sum of seconds may overflow, or is no time of a payment.
    constexpr std::int64_t kYear2200 = 7'258'118'400;
    if (created <= 0 || created > kYear2200) return std::nullopt;
    const auto stated = find_integer(card, "capture_before").value_or(0);
    const auto window = authorization_window(find_text(card, "brand").value_or(""));
    const bool credible = stated > created && stated <= kYear2200;
    return WallTime(std::chrono::seconds(credible ? stated : created + window.count()));
}

Answer held(const object& intent, const Expectation& expected, Answer answer) {
    if (expected.call.kind != payments::OperationKind::authorize) {
        answer.alert = true;  // a one-step sale never waits for a capture
        return answer;
    }
    const auto amount = find_integer(intent, "amount").value_or(0);
    if (find_integer(intent, "amount_capturable") != amount) {
        return contradicting(intent, expected, "amount_capturable");
    }
    if (!charge_agrees(intent, amount, false)) return contradicting(intent, expected, "latest_charge");
    const object nothing;
    const auto* card = card_of(intent);
    if (card == nullptr) card = &nothing;
    answer.capture_before = hold_ends(intent, *card);
    if (!answer.capture_before) return contradicting(intent, expected, "created");
    const auto* multicapture = find_object(*card, "multicapture");
    answer.multiple_captures = expected.call.parameters.multiple_captures && multicapture != nullptr &&
                               find_text(*multicapture, "status") == "available";
    answer.kind = Answer::Kind::approved;
    return answer;
}

Answer needs_payer(const object& intent, const Expectation& expected, Answer answer) {
    answer.kind = Answer::Kind::action_required;
    const auto* action = find_object(intent, "next_action");
    const auto* redirect = action == nullptr ? nullptr : find_object(*action, "redirect_to_url");
    if (redirect == nullptr) return answer;  // without return_url Stripe offers only its own browser library
    const auto url = find_text(*redirect, "url");
    if (!url || !is_safe_redirect(*url, expected.live)) return contradicting(intent, expected, "next_action");
    answer.next_action = payments::NextAction{std::string(*url)};
    return answer;
}

Answer failed_before(const object& intent, Answer answer) {
    const auto* error = find_object(intent, "last_payment_error");
    if (error == nullptr) return answer;  // created but never tried: says nothing about what is on its way
    answer.kind = Answer::Kind::declined;
    answer.decline = decline_of(find_text(*error, "code").value_or(""), find_text(*error, "decline_code").value_or(""),
                                find_text(*error, "advice_code").value_or(""));
    return answer;
}

Answer canceled(const object& intent, Answer answer) {
    const auto* charge = find_object(intent, "latest_charge");
    const bool was_held = charge != nullptr && find_text(*charge, "status") == "succeeded";
    answer.kind = Answer::Kind::declined;
    answer.decline = canceled_decline(find_text(intent, "cancellation_reason").value_or(""), was_held);
    return answer;
}

}  // namespace

Answer creation_in(const object& intent, const Expectation& expected) {
    const auto status = find_text(intent, "status").value_or("");
    auto answer = plain_answer(intent, expected);
    if (status == "succeeded") return succeeded(intent, expected, std::move(answer));
    if (find_integer(intent, "amount_received") != 0) return contradicting(intent, expected, "amount_received");
    if (status == "requires_capture") return held(intent, expected, std::move(answer));
    if (status == "requires_action") return needs_payer(intent, expected, std::move(answer));
    if (status == "requires_payment_method") return failed_before(intent, std::move(answer));
    if (status == "canceled") return canceled(intent, std::move(answer));
    if (status == "processing") answer.kind = Answer::Kind::accepted;
    return answer;
}

}  // namespace florin::psp::stripe
