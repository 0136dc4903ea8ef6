// Every life of a payment of 3: all sequences of requests, outcomes, repeats, late successes and successes taken back,
// with overlap, until no new state is found. What must hold in all of them is asserted in each.
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "payments/life_fixture.hpp"

namespace florin::payments {
namespace {

using enum OperationKind;

class Walk {
public:
    explicit Walk(bool multiple_captures) : multiple_captures_(multiple_captures) {}

    void explore() {
        for (const auto creation : {sale, authorize}) {
            World start{payment_of(Money(kAuthorized, kEur)), creation};
            start.payment.multiple_captures = multiple_captures_;
            visit(start);
        }
        while (!due_.empty() && !testing::Test::HasFailure()) {
            const World world = std::move(due_.front());
            due_.pop_front();
            expect_sound(world);
            if (is_created(world))
                step(world);
            else
                create(world);
        }
    }
    const std::set<std::string>& changes() const { return changes_; }
    std::size_t states() const { return seen_.size(); }
    bool complete() const { return complete_; }

private:
    static bool is_created(const World& world) { return world.payment.amounts.authorized > 0; }

    void visit(World world) {
        if (seen_.insert(world.key()).second) due_.push_back(std::move(world));
    }

    void record(const std::optional<StatusChange>& change) {
        if (change) changes_.insert(to_string(*change));
    }

    // A change of status and an end of an attempt are events, nothing else is.
    void record(const Payment& before, const Step& step) {
        record(step.change);
        EXPECT_EQ(step.payment.events, before.events + (step.change || step.http_status != 0 ? 1 : 0));
        EXPECT_EQ(step.body.empty(), step.payment.events == before.events);
    }

    void create(const World& world) {
        const Attempt attempt =
            attempt_of(world.payment, world.creation, kAuthorized, {.multiple_captures = multiple_captures_});
        for (const ModificationRequest& request : all_requests()) expect_no_reservation(world, request);
        if (is_not_executed(world.payment)) {
            World next = world;
            next.payment = reopened(world.payment, kLater);
            record(StatusChange{world.payment.status, next.payment.status});
            visit(next);
        }
        if (!can_settle(world.payment, attempt)) return;
        for (int i = 0; i <= static_cast<int>(Outcome::unknown); ++i) {
            const auto outcome = static_cast<Outcome>(i);
            // A late success is all that may come to what was closed.
            if (is_not_executed(world.payment) && outcome != Outcome::approved) continue;
            Judgement judgement = outcome == Outcome::approved ? granted(multiple_captures_) : judged(outcome);
            const Step step = apply(world.payment, attempt, judgement, kLater);
            record(world.payment, step);
            World next = world;
            next.payment = step.payment;
            if (outcome == Outcome::approved) next.memo = world.creation == authorize ? kAuthorized : 0;
            // What a sale captured is not taken back: nobody watches it.
            visit(next);
        }
    }

    void step(const World& world) {
        const bool is_new = asked_.insert(world.open_key()).second;
        for (const ModificationRequest& request : all_requests()) ask(world, request, is_new);
        for (std::size_t i = 0; i < world.open.size(); ++i) settle(world, i);
        for (std::size_t i = 0; i < world.succeeded.size(); ++i) take_back(world, i);
        for (std::size_t i = 0; i < world.not_executed.size(); ++i) try_again(world, i);
    }

    void ask(const World& world, const ModificationRequest& request, bool is_new) {
        const Decision decision = decide(world.payment, request);
        if (const auto* reserved = std::get_if<Reserved>(&decision)) {
            visit(reserve(world, request.kind, *reserved));
            return;
        }
        if (is_new) expect_final_or_awaited(world, request, std::holds_alternative<Busy>(decision));
    }

    static World reserve(World world, OperationKind kind, const Reserved& reserved) {
        world.payment = reserved.payment;
        add(world.open, {kind, reserved.amount.minor_units(), reserved.parameters.final, reserved.parameters.releases});
        return world;
    }

    static World settled(const World& world, std::size_t index, Outcome outcome, const Step& step) {
        const Operation& operation = world.open[index];
        World next = world;
        next.payment = step.payment;
        next.open = without(world.open, index);
        if (outcome == Outcome::not_executed) next.not_executed = {operation};  // one at a time keeps the walk finite
        if (outcome != Outcome::approved) return next;
        if (operation.kind == capture || operation.kind == refund) add(next.succeeded, operation);
        if (operation.kind == void_) next.voided += operation.amount;
        if (operation.kind == expire) next.expired += operation.amount;
        next.voided += operation.releases;
        if (operation.kind != refund) next.memo -= operation.amount + operation.releases;
        return next;
    }

    void settle(const World& world, std::size_t index) {
        const Attempt attempt = attempt_of(world, world.open[index]);
        ASSERT_TRUE(can_settle(world.payment, attempt));
        for (int i = 0; i <= static_cast<int>(Outcome::unknown); ++i) {
            const auto outcome = static_cast<Outcome>(i);
            const Step step = apply(world.payment, attempt, judged(outcome), kLater);
            record(world.payment, step);
            if (closes_attempt(outcome))
                visit(settled(world, index, outcome, step));
            else
                EXPECT_EQ(step.payment.amounts, world.payment.amounts);
        }
    }

    void take_back(const World& world, std::size_t index) {
        const Operation& operation = world.succeeded[index];
        const Decision decision = reverse(world.payment, attempt_of(world, operation));
        const auto* reserved = std::get_if<Reserved>(&decision);
        if (reserved == nullptr) return;
        const auto kind = operation.kind == capture ? capture_failure : refund_failure;
        const Step step =
            apply(reserved->payment, attempt_of(world.payment, kind, operation.amount, reserved->parameters),
                  judged(Outcome::approved), kLater);
        record(reserved->payment, step);
        World next = world;
        next.payment = step.payment;
        next.succeeded = without(world.succeeded, index);
        if (operation.kind == capture) next.memo += operation.amount;
        visit(next);
    }

    // A repeat of the key; a late success is the same, settled at once.
    void try_again(const World& world, std::size_t index) {
        const Operation& operation = world.not_executed[index];
        const Decision decision = reserve_again(world.payment, attempt_of(world, operation));
        if (const auto* reserved = std::get_if<Reserved>(&decision)) {
            World next = reserve(world, operation.kind, *reserved);
            next.not_executed = without(world.not_executed, index);
            visit(next);
        }
    }

    void expect_no_reservation(const World& world, const ModificationRequest& request) {
        const Decision decision = decide(world.payment, request);
        EXPECT_FALSE(std::holds_alternative<Reserved>(decision));
        const bool invalid = request.amount && *request.amount < 1;
        EXPECT_EQ(std::holds_alternative<Busy>(decision), world.payment.status != Status::failed && !invalid);
    }

    // All ways in which what is open can settle, as payments with nothing open.
    static std::vector<Payment> ends_of(const World& world) {
        std::vector<World> worlds{world};
        for (std::size_t left = world.open.size(); left > 0; --left) {
            std::vector<World> next;
            for (const World& one : worlds) {
                const Attempt attempt = attempt_of(one, one.open.front());
                for (const auto outcome : {Outcome::approved, Outcome::declined}) {
                    const Step step = apply(one.payment, attempt, judged(outcome), kLater);
                    next.push_back(settled(one, 0, outcome, step));
                }
            }
            worlds = std::move(next);
        }
        std::vector<Payment> ends;
        for (World& one : worlds) ends.push_back(std::move(one.payment));
        return ends;
    }

    // 422 only where no way of settling what is open would allow the request; 409 only where something is open, one way
    // would allow it, and none keeps it waiting.
    static void expect_final_or_awaited(const World& world, const ModificationRequest& request, bool busy) {
        EXPECT_TRUE(!busy || !world.open.empty());
        bool allowed_by_one = false;
        for (const Payment& end : ends_of(world)) {
            const Decision decision = decide(end, request);
            EXPECT_FALSE(std::holds_alternative<Busy>(decision));
            allowed_by_one = allowed_by_one || std::holds_alternative<Reserved>(decision);
        }
        EXPECT_EQ(busy, allowed_by_one);
    }

    // The database's CHECK, and the amounts as the sums of what led to them: each reservation is taken once and
    // released once.
    void expect_sound(const World& world) {
        const Amounts& amounts = world.payment.amounts;
        EXPECT_TRUE(amounts.captured + amounts.capturing + amounts.voided + amounts.voiding + amounts.expired <=
                    amounts.authorized);
        EXPECT_TRUE(amounts.refunded + amounts.refunding <= amounts.captured);
        const std::int64_t at_once = world.creation == sale ? amounts.authorized : 0;
        std::int64_t releasing = 0;
        for (const Operation& one : world.open) releasing += one.releases;
        const Amounts expected{.authorized = is_created(world) ? kAuthorized : 0,
                               .capturing = sum(world.open, {capture}),
                               .captured = at_once + sum(world.succeeded, {capture}),
                               .refunding = sum(world.open, {refund}),
                               .refunded = sum(world.succeeded, {refund}),
                               .voiding = sum(world.open, {void_, expire}) + releasing,
                               .voided = world.voided,
                               .expired = world.expired};
        EXPECT_EQ(amounts, expected);
        EXPECT_EQ(world.memo, amounts.held());  // zero over every finished life
        if (is_created(world)) EXPECT_EQ(world.payment.status, derive_status(amounts, AttemptState::succeeded));
        if (amounts == Amounts{.authorized = 3, .captured = 3, .refunded = 3}) complete_ = true;
    }

    bool multiple_captures_;
    bool complete_ = false;
    std::deque<World> due_;
    std::set<decltype(std::declval<World>().key())> seen_;
    std::set<decltype(std::declval<World>().open_key())> asked_;
    std::set<std::string> changes_;
};

std::set<std::string> changes_of_the_table() {
    std::set<std::string> changes;
    for (const StatusChangeRow& row : kStatusChanges) changes.insert(to_string(row.change));
    return changes;
}

TEST(Walk, every_life_keeps_the_limits_and_reaches_exactly_the_changes_of_the_table) {
    Walk one(false);
    one.explore();
    Walk several(true);
    several.explore();
    std::set<std::string> reached = one.changes();
    reached.insert(several.changes().begin(), several.changes().end());
    EXPECT_EQ(reached, changes_of_the_table());
    EXPECT_TRUE(one.complete() && several.complete());
    RecordProperty("states", static_cast<int>(one.states() + several.states()));
    EXPECT_GT(several.states(), one.states());
}

}  // namespace
}  // namespace florin::payments
