#include "flow/create_payment.hpp"

#include "base/fail_point.hpp"
#include "flow/operation_plan.hpp"

namespace florin::flow {

Task<Begun> CreatePayment::begin() {
    const auto deadlines = Deadlines::from_now(services_.options);
    auto intent = intent_of(command_, account_, services_.options, services_.clock.now());
    Opened opened{.payment = intent.payment,
                  .attempt = intent.attempt,
                  .deadlines = deadlines,
                  .platform_fee = command_.credential.merchant->fee_for(intent.payment.amount.currency())};
    // Durable before the money moves: a crash from here on is found by the resolver.
    FLORIN_FAIL_POINT("before_intent_commit");
    const auto claimed = co_await services_.store.commit(std::move(intent), deadlines.commit);
    if (std::holds_alternative<store::KeyTaken>(claimed)) co_return store::KeyTaken{};
    FLORIN_FAIL_POINT("after_intent_commit");
    co_return opened;
}

}  // namespace florin::flow
