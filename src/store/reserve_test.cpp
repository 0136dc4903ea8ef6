// Reservations: what they take, what they claim, and who wins when many ask at once.
#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::OperationKind;
using payments::Payment;

bool is_key_taken(const ReservationResult& result) {
    return std::holds_alternative<KeyTaken>(result);
}
bool has_moved(const ReservationResult& result) {
    return std::holds_alternative<VersionMoved>(result);
}

class ReserveTest : public StoreTest {
protected:
    ReservationResult commit(const std::optional<Reservation>& reservation) {
        return wait(store().commit(reservation.value(), soon()));
    }
    std::int64_t rows(const std::string& table, PaymentId payment) {
        return count("select count(*) from " + table + " where payment_id = '" + to_string(payment.uuid()) + "'");
    }
};

struct Tally {
    int won = 0;
    int moved = 0;
};

// Decides and tries again until it wins or the amounts are reserved by others.
Task<Tally> refund_until_decided(Store& store, Payment payment, std::int64_t amount) {
    Tally tally;
    for (;;) {
        auto wanted = reservation(payment, OperationKind::refund, amount);
        if (!wanted) co_return tally;
        const auto result = co_await store.commit(*std::move(wanted), soon());
        if (won(result)) {
            ++tally.won;
            co_return tally;
        }
        tally.moved += has_moved(result);
        const auto read = co_await store.find_payment(payment.merchant, false, payment.id, soon());
        payment = read.value();
    }
}

TEST_F(ReserveTest, a_reservation_is_read_back_with_its_parameters) {
    const Payment held = authorized_payment(1000);
    const auto wanted = reservation(held, OperationKind::capture, 400);
    ASSERT_TRUE(won(commit(wanted)));
    const auto read = wait(store().find_by_key(merchant_, false, wanted->key, soon()));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->fingerprint, wanted->fingerprint);
    EXPECT_EQ(read->attempt.kind, OperationKind::capture);
    EXPECT_EQ(read->attempt.amount, Money(400, kUsd));
    EXPECT_EQ(read->attempt.parameters, wanted->attempt.parameters);
    EXPECT_EQ(read->attempt.request, wanted->attempt.request);
    EXPECT_EQ(read->payment.amounts, wanted->payment.amounts);
    EXPECT_EQ(read->payment.version, held.version + 1);
    EXPECT_EQ(read->payment.updated_at, held.updated_at);
    EXPECT_EQ(read->payment.status, held.status);
    EXPECT_EQ(read->generation, 1);
    EXPECT_FALSE(read->result);
    const auto creation = wait(store().operations_of(held.id, soon())).front();
    EXPECT_TRUE(creation.attempt.parameters.multiple_captures);
}

TEST_F(ReserveTest, of_many_refunds_exactly_those_win_that_fit) {
    constexpr std::int64_t kAmount = 1000;
    auto other = another_store();
    const Payment payment = captured_payment(kAmount);
    std::vector<Task<Tally>> tasks;
    for (int i = 0; i < 64; ++i) {
        tasks.push_back(refund_until_decided(i % 2 ? store() : *other, payment, kAmount / 10));
    }
    int winners = 0;
    int moved = 0;
    for (const Tally& tally : wait_all(std::move(tasks))) {
        winners += tally.won;
        moved += tally.moved;
    }
    EXPECT_EQ(winners, 10);
    EXPECT_GE(moved, 54) << "who lost was told so";
    EXPECT_EQ(stored(payment.id).amounts.refunding, kAmount);
    EXPECT_EQ(stored(payment.id).version, payment.version + 10);
    // What belongs to the sale and the ten; nothing of the losers survives.
    EXPECT_EQ(rows("idempotency_keys", payment.id), 11);
    EXPECT_EQ(rows("operations", payment.id), 11);
    EXPECT_EQ(rows("open_operations", payment.id), 10);
}

TEST_F(ReserveTest, of_many_decided_on_one_version_one_wins_and_the_others_claim_nothing) {
    auto other = another_store();
    const Payment payment = captured_payment();
    std::vector<Reservation> wanted;
    std::vector<Task<ReservationResult>> tasks;
    for (int i = 0; i < 20; ++i) {
        wanted.push_back(reservation(payment, OperationKind::refund, 10).value());
        tasks.push_back((i % 2 ? store() : *other).commit(wanted.back(), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& result) { return won(result); }), 1);
    EXPECT_EQ(std::ranges::count_if(results, has_moved), 19);
    for (std::size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ(wait(store().find_by_key(merchant_, false, wanted[i].key, soon())).has_value(), won(results[i]));
    }
}

TEST_F(ReserveTest, a_taken_key_takes_no_reservation) {
    const Payment first = captured_payment();
    const Payment second = captured_payment();
    const auto wanted = reservation(first, OperationKind::refund, 100);
    ASSERT_TRUE(won(commit(wanted)));
    auto repeated = reservation(second, OperationKind::refund, 100);
    repeated->key = wanted->key;
    EXPECT_TRUE(is_key_taken(commit(repeated)));
    EXPECT_EQ(stored(second.id).amounts, second.amounts);
    EXPECT_EQ(stored(second.id).version, second.version);
    EXPECT_EQ(rows("operations", second.id), 1);
    EXPECT_EQ(rows("open_operations", second.id), 0);
}

TEST_F(ReserveTest, of_many_with_one_key_on_different_payments_one_wins) {
    auto other = another_store();
    std::vector<Task<ReservationResult>> tasks;
    std::string key;
    for (int i = 0; i < 40; ++i) {
        auto wanted = reservation(captured_payment(), OperationKind::refund).value();
        if (key.empty()) key = wanted.key;
        wanted.key = key;
        tasks.push_back((i % 2 ? store() : *other).commit(std::move(wanted), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& result) { return won(result); }), 1);
    EXPECT_EQ(std::ranges::count_if(results, is_key_taken), 39);
}

TEST_F(ReserveTest, without_a_key_nothing_is_claimed) {
    std::vector<Task<ReservationResult>> tasks;
    std::vector<PaymentId> ids;
    for (int i = 0; i < 3; ++i) {
        auto wanted = reservation(authorized_payment(), OperationKind::expire).value();
        wanted.key.clear();
        ids.push_back(wanted.payment.id);
        tasks.push_back(store().commit(std::move(wanted), soon()));
    }
    for (const auto& result : wait_all(std::move(tasks))) EXPECT_TRUE(won(result));
    for (const PaymentId& id : ids) {
        EXPECT_EQ(rows("idempotency_keys", id), 1);
        EXPECT_EQ(stored(id).amounts.voiding, 1000);
    }
}

TEST_F(ReserveTest, the_database_refuses_what_goes_beyond_the_captured_amount_and_the_batch_goes_on) {
    std::vector<Task<ReservationResult>> tasks;
    for (int i = 0; i < 12; ++i) {
        tasks.push_back(store().commit(reservation(captured_payment(), OperationKind::refund).value(), soon()));
    }
    const Payment payment = captured_payment(1000);
    auto beyond = reservation(payment, OperationKind::refund, 1000).value();
    beyond.payment.amounts.refunding = 1001;
    auto failing = [](Store& store, Reservation reservation) -> Task<ReservationResult> {
        try {
            co_await store.commit(std::move(reservation), soon());
        } catch (const postgres::SqlError& error) {
            EXPECT_EQ(error.sqlstate(), "23514");
            co_return KeyTaken{};
        }
        ADD_FAILURE() << "more than was captured was reserved";
        co_return KeyTaken{};
    };
    tasks.push_back(failing(store(), beyond));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& result) { return won(result); }), 12);
    EXPECT_EQ(stored(payment.id).amounts, payment.amounts);
    EXPECT_EQ(rows("idempotency_keys", payment.id), 1);
}

}  // namespace
}  // namespace florin::store::test
