// What the worker comes back to: open operations of a payment, authorizations that expire, successes that are watched.
#include <gmock/gmock.h>

#include "base/hash.hpp"
#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::OperationKind;
using payments::Payment;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Milliseconds kHour{3'600'000};

class WorkerTest : public StoreTest {
protected:
    void set_held(PaymentId payment, const std::string& set) {
        query("update held_authorizations set " + set + " where payment_id = '" + to_string(payment.uuid()) + "'");
    }
    void set_watch(OperationId operation, const std::string& set) {
        query("update watched_operations set " + set + " where operation_id = '" + to_string(operation.uuid()) + "'");
    }
    bool is_held(PaymentId payment) {
        return count("select count(*) from held_authorizations where payment_id = '" + to_string(payment.uuid()) +
                     "'") == 1;
    }
    std::vector<PaymentId> take_expired(Store& store, int limit = 100) {
        std::vector<PaymentId> ids;
        for (const Payment& payment : wait(store.take_expired(kAccount, kHour, limit, soon()))) {
            if (payment.merchant == merchant_) ids.push_back(payment.id);
        }
        return ids;
    }
    std::optional<Watched> watched(OperationId operation) {
        for (Watched& one : wait(store().take_watched(kAccount, kHour, 1000, soon()))) {
            if (one.attempt.operation == operation) return std::move(one);
        }
        return std::nullopt;
    }
    Operation watched_refund() {
        const Operation refund = open_modification(captured_payment(1000), OperationKind::refund, 400);
        Settlement settlement = approved(refund);
        settlement.watch = Watch{Milliseconds(60'000), Milliseconds(2 * kHour)};
        EXPECT_EQ(settle(settlement), SettlementResult::won);
        return after(refund, settlement);
    }
};

TEST_F(WorkerTest, the_open_operations_of_a_payment_are_named_with_their_leases) {
    const Payment payment = authorized_payment(1000);
    EXPECT_THAT(wait(store().open_of(payment.id, soon())), IsEmpty());
    const Operation first = open_modification(payment, OperationKind::capture, 300);
    const Operation second = open_modification(first.payment, OperationKind::capture, 300);
    query("update open_operations set lease_until = now() where operation_id = '" +
          to_string(second.attempt.operation.uuid()) + "'");
    const auto open = wait(store().open_of(payment.id, soon()));
    ASSERT_THAT(open, SizeIs(2));
    EXPECT_EQ(open[0].operation, first.attempt.operation);
    EXPECT_EQ(open[0].kind, OperationKind::capture);
    EXPECT_FALSE(open[0].lease_expired || open[0].is_due);
    EXPECT_TRUE(open[1].lease_expired);
    EXPECT_FALSE(open[1].is_due);
}

TEST_F(WorkerTest, an_authorization_is_held_until_nothing_of_it_is_left) {
    const Payment payment = authorized_payment(1000);
    EXPECT_TRUE(is_held(payment.id));
    const Operation part = open_modification(payment, OperationKind::capture, 300);
    EXPECT_EQ(settle(approved(part)), SettlementResult::won);
    EXPECT_TRUE(is_held(payment.id));
    const Operation rest = open_modification(stored(payment.id), OperationKind::void_);
    EXPECT_EQ(settle(approved(rest)), SettlementResult::won);
    EXPECT_FALSE(is_held(payment.id));
    EXPECT_FALSE(is_held(captured_payment().id));
}

TEST_F(WorkerTest, what_has_expired_is_taken_by_one_worker_and_again_after_its_pause) {
    const Payment payment = authorized_payment();
    const Payment later = authorized_payment();
    EXPECT_THAT(take_expired(store()), IsEmpty());
    set_held(payment.id, "capture_before = now() - interval '1 s', next_look = now() - interval '1 s'");
    auto other = another_store();
    const auto here = take_expired(store());
    const auto there = take_expired(*other);
    EXPECT_EQ(here, std::vector{payment.id});
    EXPECT_THAT(there, IsEmpty());
    set_held(payment.id, "next_look = now()");
    EXPECT_EQ(take_expired(*other), std::vector{payment.id});
    EXPECT_THAT(wait(store().take_expired({"stripe", "another account", false}, kHour, 100, soon())), IsEmpty());
}

TEST_F(WorkerTest, the_next_look_at_a_hold_is_moved_while_it_is_held) {
    const Payment payment = authorized_payment();
    set_held(payment.id, "capture_before = now() - interval '1 s', next_look = now() - interval '1 s'");
    wait(store().move_hold(payment.id, kHour, soon()));
    EXPECT_THAT(take_expired(store()), IsEmpty());
    wait(store().move_hold(payment.id, Milliseconds(0), soon()));
    EXPECT_EQ(take_expired(store()), std::vector{payment.id});
    wait(store().move_hold(captured_payment().id, kHour, soon()));
}

// An account of live mode may have the same name.
TEST_F(WorkerTest, what_is_of_test_mode_is_not_taken_for_live) {
    const ledger::PspAccount live{kAccount.psp, kAccount.name, true};
    const Payment payment = authorized_payment();
    set_held(payment.id, "capture_before = now() - interval '1 s', next_look = now() - interval '1 s'");
    const Operation refund = watched_refund();
    set_watch(refund.attempt.operation, "next_look = now()");
    const Operation sale = open_sale();
    query("update open_operations set lease_until = now(), next_try = now()");
    EXPECT_THAT(wait(store().take_expired(live, kHour, 100, soon())), IsEmpty());
    EXPECT_THAT(wait(store().take_watched(live, kHour, 100, soon())), IsEmpty());
    EXPECT_THAT(wait(take_due(store(), live)), IsEmpty());
    EXPECT_THAT(take_expired(store()), SizeIs(1));
    EXPECT_TRUE(watched(refund.attempt.operation));
    EXPECT_FALSE(wait(take_due(store(), kAccount)).empty());
}

// The alert of an account that is configured no more looks here: a table that is left out loses its work in silence.
TEST_F(WorkerTest, what_is_due_is_counted_by_its_account_whichever_table_it_waits_in) {
    const std::vector<std::pair<std::string, std::string>> tables = {
        {"held_authorizations", "$1, 'stripe', $2, now() + $3, now(), null, $1"},
        {"open_operations",
         "$1, $1, 1, 'sale', 'stripe', $2, 1, now(), now(), now(), 0, now() + $3, '', null, null, false"},
        {"open_psp_events",
         "$1::text, 'stripe', $2, false, $1, 'x', 0, now(), now() + $3, now(), 0, 0, 0, false, false, ''"},
        {"standing_late_charges", "$1, $1, 'stripe', $2, now(), now() + $3"},
        {"watched_attempts", "$1, 1, $1, 'stripe', $2, now(), now(), now(), now() + $3"},
        {"watched_operations", "$1, 1, $1, 'stripe', $2, 're_1', now(), now(), now() + $3"},
    };
    std::vector<std::string> names;
    for (const auto& [table, values] : tables) names.push_back(table);
    names.insert(std::ranges::find(names, "standing_late_charges"), "relay_cursors");  // of no account, as the last one
    names.push_back("webhook_queues");
    EXPECT_EQ(wait(store().queues(soon())), names);

    const ledger::PspAccount lost{"stripe", "lost-" + random_token(8), false};
    const auto due = [&]() -> std::int64_t {
        for (const DueRow& row : wait(store().due_by_account(soon()))) {
            if (row.account == lost) return row.count;
        }
        return 0;
    };
    const auto wait_in = [&](const std::string& table, std::string values, const std::string& until) {
        const auto id = "'" + to_string(OperationId::make(SystemClock().now(), Bucket{}, false).uuid()) + "'::uuid";
        for (const auto& [mark, value] : {std::pair<std::string, std::string>{"$1", id},
                                          {"$2", "'" + lost.name + "'"},
                                          {"$3", "interval '" + until + "'"}}) {
            for (auto at = values.find(mark); at != std::string::npos; at = values.find(mark, at + value.size()))
                values.replace(at, mark.size(), value);
        }
        query("insert into " + table + " values (" + values + ")");
    };
    std::int64_t before = 0;
    for (const auto& [table, values] : tables) {
        wait_in(table, values, "1 h");
        EXPECT_EQ(due(), before) << table << ": nothing has come up yet";
        wait_in(table, values, "-1 s");
        EXPECT_EQ(due(), ++before) << table;
    }
    for (const auto& [table, values] : tables)
        query("delete from " + table + " where psp_account = '" + lost.name + "'");
}

TEST_F(WorkerTest, what_expires_soon_is_listed_first_and_summed_by_currency) {
    const auto usd = [&] {
        const auto sums = wait(store().overview(std::chrono::hours(24), soon())).expiring.at_risk;
        return sums.empty() ? 0 : sums.front().second;
    };
    const std::int64_t before = usd();
    const Payment payment = authorized_payment(1000);
    EXPECT_EQ(usd(), before) << "a week is left";
    set_held(payment.id, "capture_before = now() + interval '1 minute'");
    const Operation part = open_modification(payment, OperationKind::capture, 300);
    EXPECT_EQ(settle(approved(part)), SettlementResult::won);
    EXPECT_EQ(usd(), before + 700);
    std::vector<PaymentId> listed;
    for (const ExpiringRow& row : wait(store().expiring(kHour, 100, soon()))) {
        listed.push_back(row.payment);
        if (row.payment == payment.id) EXPECT_EQ(row.held, 700);
    }
    EXPECT_THAT(listed, Contains(payment.id));
    EXPECT_THAT(wait(store().expiring(8 * 24 * kHour, 1, soon())), SizeIs(1));
}

TEST_F(WorkerTest, a_watched_success_is_looked_at_until_its_watch_ends) {
    const Operation refund = watched_refund();
    EXPECT_FALSE(watched(refund.attempt.operation)) << "its first look comes in a minute";
    set_watch(refund.attempt.operation, "next_look = now()");
    const auto first = watched(refund.attempt.operation);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->psp_reference, "re_" + to_string(refund.attempt.operation.uuid()));
    EXPECT_EQ(first->attempt.kind, OperationKind::refund);
    EXPECT_EQ(first->attempt.parameters, refund.attempt.parameters);
    EXPECT_EQ(first->payment.version, refund.payment.version);
    EXPECT_FALSE(first->is_last);
    EXPECT_FALSE(watched(refund.attempt.operation)) << "somebody looks at it";

    wait(store().move_watch(refund.attempt.operation, Milliseconds(0), soon()));
    set_watch(refund.attempt.operation, "until = now(), succeeded_at = succeeded_at - interval '1 h'");
    const auto last = watched(refund.attempt.operation);
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->is_last);
    EXPECT_GE(last->age, kHour);
    wait(store().move_watch(refund.attempt.operation, std::nullopt, soon()));
    EXPECT_EQ(count("select count(*) from watched_operations where operation_id = '" +
                    to_string(refund.attempt.operation.uuid()) + "'"),
              0);
}

TEST_F(WorkerTest, an_open_capture_is_taken_with_its_parameters) {
    const Operation capture = open_modification(authorized_payment(), OperationKind::capture);
    query("update open_operations set lease_until = now() where operation_id = '" +
          to_string(capture.attempt.operation.uuid()) + "'");
    const auto taken = wait(store().take(capture.attempt.operation, kAges, kDurations, soon()));
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->attempt.parameters, capture.attempt.parameters);
    EXPECT_EQ(taken->payment.amounts, capture.payment.amounts);
    EXPECT_EQ(taken->generation, 2);
}

}  // namespace
}  // namespace florin::store::test
