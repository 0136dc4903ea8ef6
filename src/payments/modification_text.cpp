#include "payments/modification_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace florin::payments {
namespace {

constexpr int kRetryAfter_s = 1;

Refusal conflict(std::string_view what) {
    return {Error::conflict,
            std::string(what) + " Repeat the request with the same Idempotency-Key when that has settled.",
            {},
            kRetryAfter_s};
}

}  // namespace

Refusal awaited(const Payment& payment) {
    if (payment.status == Status::pending) return conflict("The payment itself is still open.");
    if (payment.status == Status::requires_action) return conflict("The payment still waits for its payer.");
    std::vector<std::string> open;
    const auto add = [&](std::string_view what, std::int64_t amount) {
        if (amount > 0) open.push_back(fmt::format("{} of {}", what, amount));
    };
    add("captures", payment.amounts.capturing);
    add("releases", payment.amounts.voiding);
    add("refunds", payment.amounts.refunding);
    return conflict(
        fmt::format("Still open: {} (minor units of {}).", fmt::join(open, ", "), payment.amount.currency().code()));
}

std::string allowed_now(const Payment& payment) {
    const Amounts& amounts = payment.amounts;
    std::vector<std::string> allowed;
    if (amounts.voiding == 0 && amounts.free_to_capture() > 0) {
        allowed.push_back(fmt::format("{} of up to {}", payment.multiple_captures ? "capture" : "one capture",
                                      amounts.free_to_capture()));
    }
    if (!amounts.has_open() && amounts.held() > 0) allowed.emplace_back("void");
    if (amounts.voiding == 0 && amounts.free_to_refund() > 0) {
        allowed.push_back(fmt::format("refund of up to {}", amounts.free_to_refund()));
    }
    if (!allowed.empty()) {
        return fmt::format("Allowed now: {} (minor units of {}).", fmt::join(allowed, ", "),
                           payment.amount.currency().code());
    }
    return amounts.has_open() ? "Allowed now: nothing, until what is open has settled." : "Allowed now: nothing.";
}

std::string at_most(const Payment& payment, std::string_view verb, std::int64_t most) {
    return fmt::format("At most {} minor units of {} can be {}.", most, payment.amount.currency().code(), verb);
}

std::string_view why_nothing_is_held(const Payment& payment) {
    const Amounts& amounts = payment.amounts;
    if (amounts.captured > 0 && amounts.captured == amounts.authorized) {
        return "Nothing is held any more: all of it was captured. Refund it instead.";
    }
    if (amounts.captured > 0) {
        return "Nothing is held any more: a part was captured and the rest released. Refund what was captured instead.";
    }
    if (amounts.expired > 0) return "Nothing is held any more: the authorization expired.";
    return "Nothing is held any more: the payment was voided.";
}

std::string_view why_nothing_can_be_refunded(const Payment& payment) {
    return payment.amounts.captured > 0 ? "All that was captured was refunded already." : "Nothing was captured yet.";
}

Refusal other_currency(const Payment& payment) {
    return {Error::currency_mismatch,
            fmt::format("The payment is in {0}: send \"{0}\" or leave currency out.", payment.amount.currency().code()),
            "/currency"};
}

}  // namespace florin::payments
