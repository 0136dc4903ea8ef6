#include "flow/modify_payment.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/fail_point.hpp"
#include "flow/adopt.hpp"
#include "flow/operation_plan.hpp"
#include "flow/refusals.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kReadWithin{5'000};

}  // namespace

ModifyPayment::ModifyPayment(const Services& services, const Command& command, Ongoing& ongoing)
    : services_(services),
      command_(command),
      ongoing_(ongoing),
      request_(std::get<Modification>(command.request).request),
      payment_(std::get<Modification>(command.request).payment) {}

// Past the deadline the session has been told 409, and must not find later that something was done.
Task<Begun> ModifyPayment::begin() {
    while (!ongoing_.answer_by.passed()) {
        const auto* account = services_.psps.find(account_of(payment_));
        if (account == nullptr) co_return co_await begin_without_account();
        auto decision = payments::decide(payment_, request_);
        auto begun = co_await std::visit([&](auto& decided) { return act(*account, std::move(decided)); }, decision);
        if (begun) co_return std::move(*begun);
    }
    co_return Conclusion{still_moving()};
}

// Every other account knows nothing of the payment. What was answered under the key stands.
Task<Begun> ModifyPayment::begin_without_account() {
    if (co_await key_is_taken()) co_return store::KeyTaken{};
    co_return Conclusion{lost_psp_account(payment_)};
}

Task<std::optional<Begun>> ModifyPayment::act(const PspAccount& account, payments::Reserved reserved) {
    const auto deadlines = Deadlines::from_now(services_.options);
    auto attempt = attempt_for(account, reserved.amount, std::move(reserved.parameters));
    auto reservation =
        reservation_of(payment_, std::move(reserved.payment), std::move(attempt), account, services_.options);
    reservation.key = command_.key;
    reservation.fingerprint = command_.fingerprint;
    Opened opened{.payment = reservation.payment,
                  .attempt = reservation.attempt,
                  .deadlines = deadlines,
                  .platform_fee = command_.credential.merchant->fee_for(payment_.amount.currency())};
    // Durable before the money moves: a crash from here on is found by the resolver.
    FLORIN_FAIL_POINT("before_intent_commit");
    const auto taken = co_await services_.store.commit(std::move(reservation), deadlines.commit);
    if (std::holds_alternative<store::KeyTaken>(taken)) co_return store::KeyTaken{};
    if (std::holds_alternative<store::VersionMoved>(taken)) {
        co_await read_again();
        co_return std::nullopt;
    }
    FLORIN_FAIL_POINT("after_intent_commit");
    co_return opened;
}

// What is open may be this very request, sent before. Otherwise it is settled first, as far as it may be taken.
Task<std::optional<Begun>> ModifyPayment::act(const PspAccount&, payments::Busy busy) {
    if (co_await key_is_taken()) co_return store::KeyTaken{};
    ongoing_.meanwhile = busy.refusal;
    co_await settle_what_is_due(services_, payment_.id);
    const auto version = payment_.version;
    co_await read_again();
    if (payment_.version == version) co_return Conclusion{busy.refusal};
    ongoing_.meanwhile.reset();
    co_return std::nullopt;
}

Task<std::optional<Begun>> ModifyPayment::act(const PspAccount& account, payments::Refused refused) {
    auto record =
        refusal_record(command_, payment_, attempt_for(account, refused_amount(), payments::parameters_asked(request_)),
                       refused.refusal, services_.clock.now());
    const Answer answer{.status = record.settlement.step.http_status, .body = record.settlement.step.body};
    FLORIN_FAIL_POINT("before_intent_commit");
    const auto recorded =
        co_await services_.store.commit(std::move(record), Deadline::after(services_.options.answer_within));
    if (recorded == store::RecordResult::key_taken) co_return store::KeyTaken{};
    if (recorded != store::RecordResult::won) {
        co_await read_again();
        co_return std::nullopt;
    }
    FLORIN_FAIL_POINT("after_outcome_commit");
    services_.metrics.operation_outcome(payment_.psp, payments::to_string(request_.kind), "refused");
    co_return Conclusion{answer};
}

Task<bool> ModifyPayment::key_is_taken() {
    const auto& credential = command_.credential;
    const auto found = co_await services_.store.find_by_key(credential.merchant->id, credential.live, command_.key,
                                                            Deadline::after(kReadWithin));
    co_return found.has_value();
}

Task<void> ModifyPayment::read_again() {
    auto read = co_await services_.store.find_payment(payment_.merchant, payment_.live, payment_.id,
                                                      Deadline::after(kReadWithin));
    if (!read) throw std::runtime_error("payment " + to_string(payment_.id) + " is not in the database");
    payment_ = std::move(*read);
}

payments::Attempt ModifyPayment::attempt_for(const PspAccount& account, Money amount,
                                             payments::Parameters parameters) const {
    return attempt_of(payment_, account,
                      {.kind = request_.kind,
                       .amount = amount,
                       .parameters = std::move(parameters),
                       .actor = actor_of(command_),
                       .request = command_.request_id},
                      services_.clock.now());
}

// Where the request names no amount: what it meant, all that is left.
Money ModifyPayment::refused_amount() const {
    const auto& amounts = payment_.amounts;
    const bool refunds = request_.kind == payments::OperationKind::refund;
    const auto left = refunds ? amounts.captured - amounts.refunded : amounts.held();
    return {request_.amount.value_or(std::max<std::int64_t>(left, 0)), payment_.amount.currency()};
}

}  // namespace florin::flow
