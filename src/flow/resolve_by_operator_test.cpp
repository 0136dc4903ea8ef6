#include "flow/resolve_by_operator.hpp"

#include <gmock/gmock.h>

#include "flow/operator_fixture.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

class ResolveByOperatorTest : public OperatorFixture {};

TEST_F(ResolveByOperatorTest, a_forced_decline_is_stored_answered_and_bears_the_persons_name) {
    const auto operation = left_open("k");
    psp_shows_nothing();
    const auto resolution = resolve(operation, word(Outcome::declined, true));
    ASSERT_TRUE(resolution) << resolution.error().detail;
    EXPECT_FALSE(resolution->is_proven);
    EXPECT_EQ(stored(gateway, "k").result->http_status, 402);
    EXPECT_EQ(gateway.send(command("k"))->status, 402);
    ASSERT_EQ(audit().front().action, "operation.resolve");
    EXPECT_EQ(audit().front().actor, "cli:ada");
    EXPECT_THAT(audit().front().details, testing::HasSubstr("mail of the PSP, case 123"));
    const auto changes =
        loop.wait_for(gateway.store.audit_of(stored(gateway, "k").payment.id, Deadline::after(kPatience)));
    EXPECT_EQ(changes.back().actor, "cli:ada");
    EXPECT_THAT(changes.back().details, testing::HasSubstr("case 123"));
}

// Rule 25: the PSP has not said it.
TEST_F(ResolveByOperatorTest, a_forced_decline_is_watched_and_its_charge_given_back) {
    psp.table.longest_settlement = std::chrono::hours(14 * 24);
    const auto operation = left_open("k");
    psp_shows_nothing();
    ASSERT_TRUE(resolve(operation, word(Outcome::declined, true)));
    EXPECT_EQ(Database::shared().run("select count(*)::text from watched_attempts"), "1");
    psp::Sweep found{.complete = true, .found = {}, .evidence = ""};
    found.found.emplace(psp::idempotency_key(operation, 1), approved(named()));
    psp.sweeps = {found};
    shift_database_clock("25 hours");
    gateway.start_worker();
    EXPECT_TRUE(loop.until([&] { return psp.calls.size() == 2; }));
    gateway.stop_worker();
    EXPECT_EQ(operations().back().attempt.kind, payments::OperationKind::late_refund);
    EXPECT_EQ(psp.calls.back().payment_reference, named());
    EXPECT_EQ(stored(gateway, "k").result->http_status, 402);
}

TEST_F(ResolveByOperatorTest, a_forced_approval_is_booked_under_the_object_that_was_named) {
    const auto operation = left_open("k");
    psp.reads = {unclear()};
    ASSERT_TRUE(resolve(operation, word(Outcome::approved, true)));
    const auto payment = stored(gateway, "k").payment;
    EXPECT_EQ(payment.status, payments::Status::captured);
    EXPECT_EQ(payment.psp_reference, named());
    EXPECT_GT(debits(gateway, payment.id, "capture"), 0);
}

TEST_F(ResolveByOperatorTest, a_held_amount_that_a_person_vouches_for_can_be_captured) {
    psp.answers = {unclear()};
    ASSERT_EQ(gateway.send(hold("k"))->status, 202);
    end_leases();
    psp.reads = {unclear()};
    ASSERT_TRUE(resolve(stored(gateway, "k").attempt.operation, word(Outcome::approved, true)));
    const auto payment = stored(gateway, "k").payment;
    EXPECT_EQ(payment.status, payments::Status::authorized);
    EXPECT_TRUE(payment.capture_before);
    EXPECT_EQ(gateway.send(modify(gateway, "c", payment.id, {}))->status, 200);
}

TEST_F(ResolveByOperatorTest, without_force_an_unproven_word_changes_nothing_and_gives_the_lease_back) {
    const auto operation = left_open("k");
    const auto refused = resolve(operation, word(Outcome::not_executed));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error, Error::operation_not_allowed);
    EXPECT_FALSE(stored(gateway, "k").result);
    EXPECT_TRUE(stored(gateway, "k").lease_expired);
    EXPECT_THAT(audit(),
                testing::Not(testing::Contains(testing::Field(&store::AdminAuditRow::action, "operation.resolve"))));
    EXPECT_TRUE(resolve(operation, word(Outcome::not_executed, true)));
    EXPECT_EQ(stored(gateway, "k").result->http_status, 503);
}

TEST_F(ResolveByOperatorTest, what_the_psp_says_is_booked_and_the_contradicting_word_refused) {
    const auto operation = left_open("k");
    psp::Sweep found{.complete = true, .found = {}, .evidence = ""};
    found.found.emplace(psp::idempotency_key(operation, 1), approved("pi_real"));
    psp.sweeps = {found};
    const auto refused = resolve(operation, word(Outcome::declined, true));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("contradicts"));
    EXPECT_EQ(stored(gateway, "k").result->http_status, 200);
    EXPECT_EQ(stored(gateway, "k").payment.psp_reference, "pi_real");
}

// Only the PSP's silence leaves room for a word: what it shows of another payment, or with another amount, does not.
TEST_F(ResolveByOperatorTest, no_word_counts_beside_an_object_that_contradicts_the_request) {
    const auto operation = left_open("k");
    auto contradicts = unclear();
    contradicts.alert = true;
    contradicts.http_status = 200;
    contradicts.evidence = "HTTP 200 the object contradicts the request in metadata";
    psp.reads = {contradicts};
    psp::Sweep twice{.complete = true, .found = {}, .evidence = ""};
    twice.found.emplace(psp::idempotency_key(operation, 1), contradicts);
    psp.sweeps = {twice};
    for (const auto outcome : {Outcome::approved, Outcome::not_executed}) {
        const auto refused = resolve(operation, word(outcome, true));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().error, Error::operation_not_allowed);
        EXPECT_THAT(refused.error().detail, testing::HasSubstr("in metadata"));
        EXPECT_FALSE(stored(gateway, "k").result);
        end_leases();
    }
}

TEST_F(ResolveByOperatorTest, past_the_time_fence_no_force_is_needed) {
    const auto operation = left_open("k");
    shift_database_clock("2 hours");
    const auto resolution = resolve(operation, word(Outcome::not_executed));
    ASSERT_TRUE(resolution) << resolution.error().detail;
    EXPECT_TRUE(resolution->is_proven);
}

TEST_F(ResolveByOperatorTest, nothing_is_ever_sent_that_could_execute) {
    const auto operation = left_open("k");
    resolve(operation, word(Outcome::not_executed));
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(ResolveByOperatorTest, who_works_on_it_is_not_disturbed) {
    psp.answers = {unclear()};
    psp.hold_next();
    FlowOptions impatient = quick_options();
    impatient.answer_within = Milliseconds{2'000};
    Gateway owner{loop, psp, impatient};
    ASSERT_EQ(owner.send(command("k"))->status, 202);
    const auto refused = resolve(stored(gateway, "k").attempt.operation, word(Outcome::declined, true));
    EXPECT_EQ(refused.error().error, Error::conflict);
    EXPECT_GT(refused.error().retry_after_s, 0);
    psp.release();
}

TEST_F(ResolveByOperatorTest, a_missing_and_an_ended_operation_are_told_apart) {
    EXPECT_EQ(resolve(OperationId{}, word(Outcome::declined)).error().error, Error::not_found);
    ASSERT_EQ(gateway.send(command("k"))->status, 200);
    const auto refused = resolve(stored(gateway, "k").attempt.operation, word(Outcome::declined, true));
    EXPECT_EQ(refused.error().error, Error::operation_not_allowed);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("approved"));
}

TEST_F(ResolveByOperatorTest, a_repeat_under_its_key_answers_what_was_settled_and_leaves_one_row) {
    const auto operation = left_open("k");
    store::Author author{.actor = "key_ops",
                         .once = store::Author::Once{.key = to_string(operation), .fingerprint = {}}};
    psp_shows_nothing();
    ASSERT_TRUE(resolve(operation, word(Outcome::declined, true), author));
    const auto again = resolve(operation, word(Outcome::declined, true), author);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->replayed);
    EXPECT_FALSE(again->is_proven);
    EXPECT_EQ(again->psp_said, "timeout");
    author.once->fingerprint[0] = 1;
    EXPECT_EQ(resolve(operation, word(Outcome::approved, true), author).error().error, Error::idempotency_key_reused);
    EXPECT_EQ(std::ranges::count(audit(), "operation.resolve", &store::AdminAuditRow::action), 1);
}

TEST_F(ResolveByOperatorTest, a_repeat_answers_what_the_psp_had_proven) {
    const auto operation = left_open("k");
    const store::Author author{.actor = "key_ops",
                               .once = store::Author::Once{.key = to_string(operation), .fingerprint = {}}};
    shift_database_clock("2 hours");
    const auto first = resolve(operation, word(Outcome::not_executed), author);
    ASSERT_TRUE(first && first->is_proven);
    const auto again = resolve(operation, word(Outcome::not_executed), author);
    ASSERT_TRUE(again && again->replayed);
    EXPECT_TRUE(again->is_proven);
    EXPECT_EQ(again->psp_said, first->psp_said);
    EXPECT_EQ(again->result.body, first->result.body);
}

TEST_F(ResolveByOperatorTest, one_charge_cannot_settle_two_operations) {
    ASSERT_EQ(gateway.send(command("first"))->status, 200);
    const auto operation = left_open("second");
    auto mine = word(Outcome::approved, true);
    mine.reference = stored(gateway, "first").payment.psp_reference;
    psp.reads = {unclear()};
    const auto refused = resolve(operation, mine);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().pointer, "/reference");
    EXPECT_FALSE(stored(gateway, "second").result);
}

}  // namespace
}  // namespace florin::flow
