// What faults do to a call, in the three places where they strike.
#include <algorithm>

#include "simulator/spoil.hpp"
#include "simulator/stripe.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {
namespace {

std::string api_error() {
    std::string body;
    render_error(body, {.type = "api_error", .message = "An unknown error occurred while processing your request."});
    return body;
}

// The same value, but another one: as if the answer belonged to somebody else's payment.
std::string altered(std::string_view value) {
    std::string other(value);
    if (other.empty()) return "x";
    other.back() = other.back() == '0' ? '1' : '0';
    return other;
}

}  // namespace

bool falsifies(Action action) {
    return action >= Action::wrong_amount && action <= Action::other_object;
}

Intent falsified(const Intent& intent, Action action) {
    Intent lie = intent;
    if (action == Action::wrong_amount) {
        ++lie.amount;
        for (auto& charge : lie.charges) {
            charge.amount = lie.amount;
            if (charge.captured > 0) ++charge.captured;
        }
        for (auto& refund : lie.refunds) ++refund.amount;
    } else if (action == Action::wrong_currency) {
        lie.currency = intent.currency == "usd" ? "eur" : "usd";
    } else if (action == Action::wrong_id) {
        lie.id[8] = lie.id[8] == 'A' ? 'B' : 'A';
    } else {
        for (auto& [key, value] : lie.metadata) value = altered(value);
        for (auto& refund : lie.refunds) {
            for (auto& [key, value] : refund.metadata) value = altered(value);
        }
    }
    return lie;
}

bool Stripe::is_declined(const Call& call) {
    return call.fault != nullptr && call.fault->action == Action::decline;
}

// A capture may be refused by the issuer, as a card error; otherwise it is Stripe that refuses.
Result Stripe::refusal(const Call& call, const Intent& intent) {
    if (call.operation == Operation::capture && call.fault->decline) {
        Result result{.status = 402};
        render_decline(result.body, intent, *call.fault->decline);
        return result;
    }
    const auto code = [&](std::string_view usual) {
        return call.fault->code.empty() ? usual : std::string_view(call.fault->code);
    };
    switch (call.operation) {
        case Operation::capture:
            return problem(400, code("capture_charge_authorization_expired"),
                           "The charge cannot be captured as the issuer has let its authorization expire.", {},
                           &intent);
        case Operation::refund:
            return problem(400, code("charge_disputed"),
                           "Charge " + charge_id(intent, intent.charges.size() - 1) +
                               " has been charged back; cannot issue a refund.");
        default:
            return problem(400, code("processing_error"), "An error occurred while processing the cancellation.", {},
                           &intent);
    }
}

// True when the call ends here, unprocessed.
bool Stripe::strike_before(const Call& call, Answer& answer) {
    if (call.fault == nullptr || !strikes_before_processing(call.fault->action)) return false;
    if (call.fault->action != Action::delayed_processing) answer.delay_us = call.fault->delay_ms * 1'000;
    switch (call.fault->action) {
        case Action::refuse:
            answer.delivery = Delivery::reset;
            break;
        case Action::drop_before_processing:
            answer.delivery = Delivery::drop;
            break;
        case Action::rate_limit:
            answer.add_header("Stripe-Rate-Limited-Reason", "endpoint-rate");
            fill_error(
                answer, 429, "invalid_request_error", "rate_limit",
                "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.");
            break;
        case Action::delayed_processing: {
            answer.delivery = Delivery::hang;
            const auto later = monotonic_us() + call.fault->delay_ms * 1'000;
            world_.timers->at(later, [this, late = OwnedRequest(call.request)] {
                Answer unheard;
                handle(late.view(), unheard);
            });
            break;
        }
        default:
            answer.delivery = Delivery::hang;
    }
    return true;
}

// Status 500 is Stripe's own failure and is stored; any other one comes from a proxy in between, and the endpoint's
// true result is what the key stores.
Result Stripe::run_struck(Call& call) {
    const auto action = call.fault->action;
    const bool is_own = call.fault->status == 500;
    if (action == Action::error_before_processing) {
        return {.status = static_cast<int>(call.fault->status), .body = api_error(), .is_unstored = !is_own};
    }
    Result result = run(call);
    if (action != Action::error_after_processing || !is_own) return result;
    return {.status = 500, .body = api_error()};
}

void Stripe::strike_answer(const Call& call, Answer& answer) const {
    const bool is_error =
        call.fault->action == Action::error_before_processing || call.fault->action == Action::error_after_processing;
    if (is_error && call.fault->status != 500) {
        return fill_html(answer, static_cast<int>(call.fault->status), "Bad gateway");
    }
    switch (call.fault->action) {
        case Action::hang_after_processing:
            answer.delivery = Delivery::hang;
            break;
        case Action::drop_after_processing:
            answer.delivery = Delivery::drop;
            break;
        case Action::half_body:
            answer.delivery = Delivery::half;
            break;
        case Action::slow_drip:
            answer.delivery = Delivery::drip;
            break;
        default:
            spoil(*call.fault, answer);
    }
}

// What a lie shows instead of the truth. Somebody else's object, where there is one, is the newest other of its kind.
Intent Stripe::shown_instead(const Intent& intent, bool is_refund, Action action) const {
    if (action < Action::other_id) return falsified(intent, action);
    const auto& intents = world_.truth.intents();
    for (auto other = intents.rbegin(); other != intents.rend(); ++other) {
        if (other->id == intent.id || (is_refund && other->refunds.empty())) continue;
        if (action == Action::other_object) return *other;
        Intent lie = intent;
        lie.id = other->id;
        return lie;
    }
    return falsified(intent, Action::wrong_id);
}

}  // namespace florin::simulator
