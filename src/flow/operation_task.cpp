#include "flow/operation_task.hpp"

#include <algorithm>

#include "base/fail_point.hpp"
#include "flow/adopt.hpp"
#include "flow/create_payment.hpp"
#include "flow/modify_payment.hpp"
#include "flow/operation_plan.hpp"
#include "flow/refusals.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

constexpr int kFindTries = 5;  // a claimed key is readable at once, but for a replica or a clock that lags
constexpr Milliseconds kFindPause{20};
constexpr Milliseconds kReadWithin{5'000};
constexpr Milliseconds kFirstPoll{50};
constexpr Milliseconds kSlowestPoll{1'000};

}  // namespace

OperationTask::OperationTask(const Services& services, ResultReader results, std::shared_ptr<Ongoing> ongoing,
                             Command command)
    : services_(services), results_(std::move(results)), ongoing_(std::move(ongoing)), command_(std::move(command)) {}

Task<Conclusion> OperationTask::run() {
    try {
        co_return co_await work();
    } catch (const store::QueueFull&) {
        co_return overloaded();
    } catch (const store::CommitUnknown&) {
        co_return commit_unknown();
    }
}

Task<Conclusion> OperationTask::work() {
    auto begun = co_await begin();
    if (auto* conclusion = std::get_if<Conclusion>(&begun)) co_return std::move(*conclusion);
    if (auto* opened = std::get_if<Opened>(&begun)) co_return co_await finish(std::move(*opened));
    co_return co_await answer_from_stored();
}

// What was answered under the key stands, also when the configuration has lost its PSP account.
Task<Begun> OperationTask::begin() {
    if (std::holds_alternative<Modification>(command_.request)) {
        ModifyPayment modify(services_, command_, *ongoing_);
        co_return co_await modify.begin();
    }
    const auto live = command_.credential.live;
    const auto* account = services_.psps.find_for_new(live);
    if (account == nullptr && co_await find_stored()) co_return store::KeyTaken{};
    if (account == nullptr) co_return Conclusion{no_psp_account(live)};
    CreatePayment create(services_, *account, command_);
    co_return co_await create.begin();
}

Task<Conclusion> OperationTask::finish(Opened opened) {
    ongoing_->know(opened.payment, opened.attempt);
    auto standing = co_await perform(services_, std::move(opened));
    if (!standing) co_return Provisional{};
    co_return conclude(std::move(*standing));
}

Task<Conclusion> OperationTask::answer_from_stored() {
    do {
        auto stored = co_await find_claimed();
        if (!stored) co_return still_beginning();
        if (stored->fingerprint != command_.fingerprint) {
            co_return key_reused(differing_field(command_, stored->payment, stored->attempt));
        }
        ongoing_->know(stored->payment, stored->attempt);
        if (!stored->result) co_return co_await wait_for_open(std::move(*stored));
        if (stored->result->outcome != Outcome::not_executed) co_return stored_answer(*stored->result, true);
        auto concluded = co_await repeat(std::move(*stored));
        if (concluded) co_return std::move(*concluded);
    } while (!ongoing_->answer_by.passed());
    co_return Provisional{};
}

Task<std::optional<store::StoredOperation>> OperationTask::find_stored() {
    return services_.store.find_by_key(command_.credential.merchant->id, command_.credential.live, command_.key,
                                       Deadline::after(kReadWithin));
}

Task<std::optional<store::StoredOperation>> OperationTask::find_claimed() {
    for (int tries = 1;; ++tries) {
        auto stored = co_await find_stored();
        if (stored || tries == kFindTries) co_return stored;
        co_await pause(services_.executor, kFindPause);
    }
}

// Attempt n+1 after a not_executed: a creation opens its payment again, a modification takes its reservation again.
Task<std::optional<Conclusion>> OperationTask::repeat(store::StoredOperation stored) {
    if (payments::creates_payment(stored.attempt.kind)) {
        auto payment = payments::reopened(stored.payment, services_.clock.now());
        co_return co_await open_next_attempt(std::move(stored), std::move(payment));
    }
    auto decision = payments::reserve_again(stored.payment, stored.attempt);
    if (auto* busy = std::get_if<payments::Busy>(&decision)) {
        co_return co_await wait_until_free(std::move(stored), std::move(busy->refusal));
    }
    if (const auto* refused = std::get_if<payments::Refused>(&decision)) {
        co_return co_await refuse_repeat(std::move(stored), refused->refusal);
    }
    auto& reserved = std::get<payments::Reserved>(decision);
    stored.attempt.amount = reserved.amount;
    stored.attempt.parameters = std::move(reserved.parameters);
    co_return co_await open_next_attempt(std::move(stored), std::move(reserved.payment));
}

Task<std::optional<Conclusion>> OperationTask::open_next_attempt(store::StoredOperation stored,
                                                                 payments::Payment payment) {
    // A new payment may go to the account that is configured now; an existing one is known to its own only.
    const auto* account = payments::creates_payment(stored.attempt.kind)
                              ? services_.psps.find_for_new(command_.credential.live)
                              : services_.psps.find(account_of(stored.payment));
    if (account == nullptr) co_return stored_answer(*stored.result, true);
    const auto deadlines = Deadlines::from_now(services_.options);
    auto next = next_attempt(command_, *account, services_.options, std::move(stored.attempt), std::move(payment),
                             services_.clock.now());
    Opened opened{.payment = next.payment,
                  .attempt = next.attempt,
                  .deadlines = deadlines,
                  .platform_fee = command_.credential.merchant->fee_for(next.payment.amount.currency())};
    FLORIN_FAIL_POINT("before_next_attempt_commit");
    const auto result = co_await services_.store.commit(std::move(next), deadlines.commit);
    if (std::holds_alternative<store::NextAttemptLost>(result)) co_return std::nullopt;
    FLORIN_FAIL_POINT("after_next_attempt_commit");
    co_return co_await finish(std::move(opened));
}

// Rule 17: the 422 leaves after the commit that stores it. What took the amounts may be taken back later.
Task<std::optional<Conclusion>> OperationTask::refuse_repeat(store::StoredOperation stored, const Refusal& refusal) {
    auto refused = refused_repeat(command_, std::move(stored), refusal, services_.clock.now());
    const auto attempt = refused.settlement.attempt;
    Answer answer{.status = refused.settlement.step.http_status, .body = refused.settlement.step.body};
    FLORIN_FAIL_POINT("before_next_attempt_commit");
    const auto result =
        co_await services_.store.commit(std::move(refused), Deadline::after(services_.options.answer_within));
    if (result != store::SettlementResult::won) co_return std::nullopt;
    FLORIN_FAIL_POINT("after_next_attempt_commit");
    services_.metrics.operation_outcome(attempt.psp, payments::to_string(attempt.kind), "refused");
    co_return Conclusion{std::move(answer)};
}

Task<std::optional<Conclusion>> OperationTask::wait_until_free(store::StoredOperation stored, Refusal busy) {
    co_await settle_what_is_due(services_, stored.payment.id);
    const auto now = co_await find_stored();
    if (!now || now->payment.version == stored.payment.version) co_return std::move(busy);
    co_return std::nullopt;
}

Task<Conclusion> OperationTask::wait_for_open(store::StoredOperation stored) {
    const bool waits_for_payer = stored.payment.status == payments::Status::requires_action;
    // Repeats do not press the PSP: what was just looked at is looked at again when it is due. Only of a payer who may
    // have acted meanwhile the merchant knows more than we do.
    if (stored.is_due || (stored.lease_expired && waits_for_payer)) {
        auto standing = co_await adopt(services_, stored.attempt.operation, account_of(stored.attempt));
        if (standing) co_return conclude(std::move(*standing));
    }
    // Only the payer moves it now, and needs the address.
    if (waits_for_payer) co_return Provisional{};
    // One poller for all who wait in this process; the task that owns the attempt is in another one, or is the
    // resolver.
    const auto until = Deadline::after(services_.options.answer_within);
    for (auto step = kFirstPoll; !until.passed(); step = std::min(step * 2, kSlowestPoll)) {
        auto result = co_await results_.read(stored.payment.id, stored.attempt.operation);
        if (result) co_return stored_answer(*result, true);
        co_await pause(services_.executor, std::min(step, until.remaining()));
    }
    auto now = co_await services_.store.find_operation(stored.payment.id, stored.attempt.operation,
                                                       Deadline::after(kReadWithin));
    if (now) ongoing_->know(std::move(now->payment), std::move(now->attempt));
    co_return Provisional{};
}

Conclusion OperationTask::conclude(Standing standing) {
    ongoing_->know(std::move(standing.payment), ongoing_->operation->attempt);
    if (!standing.result) return Provisional{};
    return stored_answer(*standing.result, !standing.is_ours);
}

}  // namespace florin::flow
