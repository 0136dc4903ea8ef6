#include "flow/create_task.hpp"

#include <algorithm>

#include "base/fail_point.hpp"
#include "flow/psp_call.hpp"
#include "flow/refusals.hpp"
#include "flow/sale_plan.hpp"
#include "flow/settle_open.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

constexpr int kRounds = 5;     // repeats that raced for the next attempt
constexpr int kFindTries = 5;  // a claimed key is readable at once, but for a replica or a clock that lags
constexpr Milliseconds kFindPause{20};
constexpr Milliseconds kReadWithin{5'000};
constexpr Milliseconds kFirstPoll{50};
constexpr Milliseconds kSlowestPoll{1'000};

}  // namespace

CreateTask::CreateTask(const Services& services, ResultReader results, std::shared_ptr<Ongoing> ongoing,
                       CreateCommand command)
    : services_(services), results_(std::move(results)), ongoing_(std::move(ongoing)), command_(std::move(command)) {}

CreateTask::Deadlines CreateTask::begin() const {
    const auto& options = services_.options;
    return {.commit = Deadline::after(options.answer_within),
            .call = Deadline::after(options.psp_deadline),
            .lease = Deadline::after(options.lease)};
}

Task<Conclusion> CreateTask::run() {
    try {
        co_return co_await claim();
    } catch (const store::QueueFull&) {
        co_return overloaded();
    } catch (const store::CommitUnknown&) {
        co_return commit_unknown();
    }
}

Task<Conclusion> CreateTask::claim() {
    const auto* account = services_.psps.find(command_.credential.live);
    if (account == nullptr) co_return co_await answer_without_account();

    const auto deadlines = begin();
    auto intent = sale_intent(command_, *account, services_.options, services_.clock.now());
    auto payment = intent.payment;
    auto attempt = intent.attempt;
    // Durable before the money moves: a crash from here on is found by the resolver.
    FLORIN_FAIL_POINT("before_intent_commit");
    const auto claimed = co_await services_.store.commit(std::move(intent), deadlines.commit);
    if (std::holds_alternative<store::KeyTaken>(claimed)) co_return co_await answer_from_stored();
    FLORIN_FAIL_POINT("after_intent_commit");
    ongoing_->know(payment, attempt.operation);
    co_return co_await perform(std::move(payment), std::move(attempt), deadlines);
}

// What was answered under the key stands, also when the configuration has lost its PSP account.
Task<Conclusion> CreateTask::answer_without_account() {
    if (co_await find_stored()) co_return co_await answer_from_stored();
    co_return no_psp_account(command_.credential.live);
}

// The only call of the task that wrote the attempt: the one place where a refusal can prove not_executed (rule 5).
Task<Conclusion> CreateTask::perform(payments::Payment payment, payments::Attempt attempt, Deadlines deadlines) {
    const auto* account = services_.psps.find(attempt);
    FLORIN_FAIL_POINT("before_psp_call");
    const auto answer = co_await send_sale(*account->psp, sale_call(payment, attempt), deadlines.call);
    FLORIN_FAIL_POINT("after_psp_answer");
    auto verdict = verdict_of(std::move(payment), std::move(attempt), answer, true);
    verdict.actor = verdict.attempt.actor;
    verdict.platform_fee = command_.credential.merchant->fee_for(verdict.attempt.amount.currency());
    FLORIN_FAIL_POINT("before_outcome_commit");
    auto standing = co_await settle_until(services_, std::move(verdict), deadlines.lease);
    FLORIN_FAIL_POINT("after_outcome_commit");
    if (!standing) co_return Provisional{};
    co_return conclude(std::move(*standing));
}

Task<Conclusion> CreateTask::answer_from_stored() {
    for (int round = 0; round < kRounds; ++round) {
        auto stored = co_await find_claimed();
        if (!stored) co_return still_beginning();
        if (stored->fingerprint != command_.fingerprint) {
            co_return key_reused(payments::differing_field(command_.request, stored->payment));
        }
        ongoing_->know(stored->payment, stored->attempt.operation);
        if (!stored->result) co_return co_await wait_for_open(std::move(*stored));
        if (stored->result->outcome != Outcome::not_executed) co_return stored_answer(*stored->result, true);
        auto concluded = co_await open_next_attempt(std::move(*stored));
        if (concluded) co_return std::move(*concluded);
    }
    co_return Provisional{};
}

Task<std::optional<store::StoredOperation>> CreateTask::find_stored() {
    return services_.store.find_by_key(command_.credential.merchant->id, command_.credential.live, command_.key,
                                       Deadline::after(kReadWithin));
}

Task<std::optional<store::StoredOperation>> CreateTask::find_claimed() {
    for (int tries = 1;; ++tries) {
        auto stored = co_await find_stored();
        if (stored || tries == kFindTries) co_return stored;
        co_await pause(services_.executor, kFindPause);
    }
}

Task<std::optional<Conclusion>> CreateTask::open_next_attempt(store::StoredOperation stored) {
    const auto* account = services_.psps.find(command_.credential.live);
    if (account == nullptr) co_return stored_answer(*stored.result, true);
    const auto deadlines = begin();
    auto next = next_attempt(command_, *account, services_.options, stored, services_.clock.now());
    auto payment = next.payment;
    auto attempt = next.attempt;
    FLORIN_FAIL_POINT("before_next_attempt_commit");
    const auto opened = co_await services_.store.commit(std::move(next), deadlines.commit);
    if (std::holds_alternative<store::NextAttemptLost>(opened)) co_return std::nullopt;
    FLORIN_FAIL_POINT("after_next_attempt_commit");
    ongoing_->know(payment, attempt.operation);
    co_return co_await perform(std::move(payment), std::move(attempt), deadlines);
}

Task<Conclusion> CreateTask::wait_for_open(store::StoredOperation stored) {
    const bool waits_for_payer = stored.payment.status == payments::Status::requires_action;
    // Repeats do not press the PSP: what was just looked at is looked at again when it is due. Only of a payer who may
    // have acted meanwhile the merchant knows more than we do.
    if (stored.is_due || (stored.lease_expired && waits_for_payer)) {
        auto standing = co_await adopt(stored);
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
    if (now) ongoing_->know(now->payment, now->attempt.operation);
    co_return Provisional{};
}

Task<std::optional<Standing>> CreateTask::adopt(store::StoredOperation stored) {
    const auto* account = services_.psps.find(stored.attempt);
    if (account == nullptr) co_return std::nullopt;
    const auto deadlines = begin();
    FLORIN_FAIL_POINT("before_adopting_take");
    auto taken = co_await services_.store.take(stored.attempt.operation, ages_of(account->psp->rules()),
                                               durations_of(services_.options), deadlines.commit);
    if (!taken) co_return std::nullopt;
    FLORIN_FAIL_POINT("after_adopting_take");
    co_return co_await settle_open(services_, OpenWork{.account = *account, .call = deadlines.call}, std::move(*taken));
}

Conclusion CreateTask::conclude(Standing standing) {
    ongoing_->know(std::move(standing.payment), ongoing_->operation);
    if (!standing.result) return Provisional{};
    return stored_answer(*standing.result, !standing.is_ours);
}

}  // namespace florin::flow
