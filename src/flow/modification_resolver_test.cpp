// Captures, voids and refunds whose outcome was not known at first (P-18).
#include <gmock/gmock.h>

#include "flow/modification_fixture.hpp"
#include "flow/resolver.hpp"

namespace florin::flow {
namespace {

class ModificationResolverTest : public ModificationTest {
protected:
    static constexpr std::array kKinds{OperationKind::capture, OperationKind::void_, OperationKind::refund};

    // A modification of each kind that the PSP has not answered clearly, due for the resolver.
    void left_open(OperationKind kind, const std::string& key, psp::Answer answer = unclear()) {
        payment = payment_for(kind);
        psp.answers = {std::move(answer)};
        const auto sent = gateway.send(ask(kind, key, payment));
        ASSERT_TRUE(sent);
        ASSERT_EQ(sent->status, 202) << sent->body;
        end_leases();
    }
    std::int64_t reserved() {
        const auto now = amounts(payment);
        return now.capturing + now.voiding + now.refunding;
    }
    std::int64_t done() {
        const auto now = amounts(payment);
        return read(gateway, payment).status == Status::refunded ? now.refunded : now.captured + now.voided;
    }
    psp::Sweep found(psp::Answer answer) const {
        const auto& call = psp.calls.back();
        psp::Sweep sweep;
        sweep.complete = true;
        sweep.found.emplace(psp::idempotency_key(call.operation, call.attempt), std::move(answer));
        return sweep;
    }

    PaymentId payment;
};

TEST_F(ModificationResolverTest, an_unclear_answer_is_settled_by_a_repeat_with_identical_content) {
    for (const auto kind : kKinds) {
        const auto key = next_key();
        left_open(kind, key);
        const auto before = psp.calls.size();
        ASSERT_TRUE(worker_settles(key)) << payments::to_string(kind);
        ASSERT_EQ(psp.calls.size(), before + 1);
        EXPECT_EQ(psp.calls[before].operation, psp.calls[before - 1].operation);
        EXPECT_EQ(psp.calls[before].attempt, 1);
        EXPECT_EQ(psp.calls[before].parameters, psp.calls[before - 1].parameters);
        EXPECT_EQ(psp.calls[before].amount, psp.calls[before - 1].amount);
        EXPECT_EQ(gateway.send(ask(kind, key, payment))->status, 200);
        EXPECT_EQ(done(), 100) << payments::to_string(kind);
        EXPECT_EQ(reserved(), 0);
    }
}

TEST_F(ModificationResolverTest, the_name_of_the_payments_own_object_proves_nothing_of_a_capture_or_a_release) {
    for (const auto kind : {OperationKind::capture, OperationKind::void_}) {
        const auto key = next_key();
        auto named = unclear();
        named.reference = "pi_named";
        left_open(kind, key, named);
        ASSERT_TRUE(worker_settles(key));
        EXPECT_TRUE(psp.read_calls.empty());
        EXPECT_EQ(done(), 100);
    }
}

TEST_F(ModificationResolverTest, a_fenced_look_up_that_finds_nothing_proves_it_and_releases_what_was_reserved) {
    for (const auto kind : kKinds) {
        const auto key = next_key();
        left_open(kind, key);
        psp.answers = {unclear(true)};
        ASSERT_TRUE(worker_settles(key)) << payments::to_string(kind);
        EXPECT_EQ(stored(gateway, key).result->outcome, Outcome::not_executed);
        EXPECT_EQ(reserved(), 0);
        EXPECT_EQ(gateway.send(ask(kind, key, payment))->status, 200);
        EXPECT_EQ(psp.calls.back().attempt, 2);
        EXPECT_EQ(done(), 100);
    }
}

TEST_F(ModificationResolverTest, an_object_that_cannot_be_read_keeps_nothing_else_open) {
    for (int i = 0; i < 3; ++i) left_open(OperationKind::capture, "k" + std::to_string(i));
    Database::shared().run(
        "update open_operations set execute_until = florin_now() - interval '3 h', send_until = florin_now() - "
        "interval '3 h'");
    const psp::Sweep unread{.found = {}, .evidence = "HTTP 404"};
    const psp::Sweep empty{.complete = true, .found = {}, .evidence = "read"};
    psp.sweeps = {empty, unread, empty};
    Resolver resolver(gateway.services, gateway.accounts.all.front());
    const auto open = [] { return Database::shared().run("select count(*)::text from open_operations"); };
    ASSERT_TRUE(eventually([&] {
        loop.wait_for(resolver.pass());
        loop.wait_for(resolver.finish());
        return psp.look_ups >= 3;
    }));
    EXPECT_EQ(open(), "1");
}

TEST_F(ModificationResolverTest, what_a_fenced_look_up_finds_counts) {
    left_open(OperationKind::refund, "k");
    const auto& call = psp.calls.back();
    psp.answers = {unclear(true)};
    psp.sweeps = {found(approved("re_" + psp::idempotency_key(call.operation, 1)))};
    ASSERT_TRUE(worker_settles("k"));
    EXPECT_EQ(stored(gateway, "k").result->http_status, 200);
    EXPECT_EQ(amounts(payment).refunded, 100);
}

TEST_F(ModificationResolverTest, what_the_psp_has_accepted_is_no_fence) {
    left_open(OperationKind::capture, "k", accepted("pi_x"));
    auto still = accepted("pi_x");
    still.replayed = true;
    psp.answers = {still};
    ASSERT_TRUE(worker_settles("k"));
    EXPECT_EQ(psp.look_ups, 0U);
    EXPECT_EQ(stored(gateway, "k").result->http_status, 200);
}

TEST_F(ModificationResolverTest, an_accepted_refund_is_read_until_it_is_done_or_has_failed) {
    left_open(OperationKind::refund, "done", accepted("re_done" + to_string(merchant.id)));
    ASSERT_TRUE(worker_settles("done"));
    EXPECT_EQ(psp.read_calls.back(), "re_done" + to_string(merchant.id));
    EXPECT_EQ(amounts(payment).refunded, 100);

    const auto reference = "re_failed" + to_string(merchant.id);
    left_open(OperationKind::refund, "failed", accepted(reference));
    psp.reads = {declined(reference, "refund_failed")};
    ASSERT_TRUE(worker_settles("failed"));
    EXPECT_EQ(stored(gateway, "failed").result->http_status, 422);
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100}));
    EXPECT_EQ(debits(gateway, payment, "refund"), 0);
}

// Rule 16: 15 minutes for what takes money, the safe age for what gives it back.
TEST_F(ModificationResolverTest, a_capture_is_repeated_for_minutes_and_a_refund_for_hours) {
    left_open(OperationKind::capture, "capture");
    const auto after_capture = psp.calls.size();
    shift_database_clock("20 minutes");
    gateway.start_worker();
    ASSERT_TRUE(loop.until([&] { return psp.look_ups > 0; }));
    gateway.stop_worker();
    EXPECT_EQ(psp.calls.size(), after_capture);
    EXPECT_FALSE(stored(gateway, "capture").result);
    shift_database_clock("0");

    for (const auto kind : {OperationKind::void_, OperationKind::refund}) {
        const auto key = next_key();
        left_open(kind, key);
        const auto calls = psp.calls.size();
        shift_database_clock("19 hours");
        ASSERT_TRUE(worker_settles(key));
        EXPECT_EQ(psp.calls.size(), calls + 1);
        EXPECT_EQ(stored(gateway, key).result->http_status, 200);
        shift_database_clock("0");
    }
}

TEST_F(ModificationResolverTest, past_the_time_fence_absence_proves_it_without_a_repeat) {
    for (const auto kind : kKinds) {
        const auto key = next_key();
        left_open(kind, key);
        const auto calls = psp.calls.size();
        shift_database_clock("24 hours");
        ASSERT_TRUE(worker_settles(key));
        EXPECT_EQ(psp.calls.size(), calls);
        EXPECT_EQ(stored(gateway, key).result->outcome, Outcome::not_executed);
        EXPECT_EQ(reserved(), 0);
        shift_database_clock("0");
    }
}

TEST_F(ModificationResolverTest, overlapping_refunds_that_settle_together_all_settle) {
    payment = sold(100);
    for (int i = 0; i < 10; ++i) psp.answers.push_back(unclear());
    for (int i = 0; i < 10; ++i) {
        ASSERT_EQ(gateway.send(refund("k" + std::to_string(i), payment, 10))->status, 202);
    }
    EXPECT_EQ(amounts(payment).refunding, 100);
    end_leases();
    gateway.start_worker();
    EXPECT_TRUE(eventually([&] { return amounts(payment).refunded == 100; }));
    gateway.stop_worker();
    EXPECT_EQ(amounts(payment).refunding, 0);
    EXPECT_EQ(debits(gateway, payment, "refund"), 100);
}

}  // namespace
}  // namespace florin::flow
