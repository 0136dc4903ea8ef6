// What the tests of the store share: one migrated cluster per test program, a loop, a started Store, and payments in
// words.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "payments/document.hpp"
#include "payments/modification.hpp"
#include "postgres/cluster.hpp"
#include "postgres/connection.hpp"
#include "store/store.hpp"

namespace florin::store::test {

using ConnectionPtr = std::unique_ptr<postgres::Connection>;

inline Deadline soon() {
    return Deadline::after(Milliseconds(20'000));
}
// The server's log.
std::string server_log();
// The role florin_app, the owner and the superuser of the migrated cluster of this program.
const postgres::ClusterUrls& urls();

// Durations of an open row: lease, call and execution windows long enough for a test.
inline constexpr Durations kDurations{Milliseconds(45'000), Milliseconds(30'000), Milliseconds(900'000)};
inline constexpr Store::Ages kAges{Milliseconds(72'000'000), Milliseconds(3'600'000), Milliseconds(10'000),
                                   Milliseconds(60'000), true};

// Where the fixture's payments are made.
inline const ledger::PspAccount kAccount{"stripe", "main", false};

// An operation and its payment as the operation left it.
struct Operation {
    payments::Payment payment;
    payments::Attempt attempt;
    std::string key;
};

class StoreTest : public ::testing::Test {
protected:
    ~StoreTest() override;
    template <class T>
    T wait(Task<T> task) {
        return std::move(wait_all(one(std::move(task))).front());
    }
    void wait(Task<void> task);
    template <class T>
    std::vector<T> wait_all(std::vector<Task<T>> tasks) {
        std::vector<std::optional<T>> values(tasks.size());
        std::size_t left = tasks.size();
        std::exception_ptr failure;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            spawn(loop_.get_executor(), keep(std::move(tasks[i]), values[i]), [&](std::exception_ptr thrown) {
                if (thrown) failure = thrown;
                --left;
            });
        }
        run_while(left);
        if (failure) std::rethrow_exception(failure);
        std::vector<T> out;
        for (auto& value : values) out.push_back(std::move(*value));
        return out;
    }

    // Started on first use.
    Store& store();
    std::unique_ptr<Store> another_store(StoreOptions options = {});
    ConnectionPtr connect(const std::string& url = urls().admin);
    postgres::Rows query(std::string sql, postgres::Params params = {});  // as the superuser
    std::int64_t count(std::string sql);                                  // of a query with one bigint
    // The SQLSTATE with which the statement is refused; empty when it is not.
    std::string refusal_of(std::string sql, const std::string& url);

    // balance_after, balances and hash chains, made again from the rows.
    void expect_exact_books();

    Operation new_sale(std::int64_t amount = 1000);
    Operation open_sale(std::int64_t amount = 1000);  // its intent is committed
    // Settled as approved; capturing again and again is granted.
    payments::Payment captured_payment(std::int64_t amount = 1000);
    payments::Payment authorized_payment(std::int64_t amount = 1000);
    payments::Payment stored(PaymentId id);
    // Its reservation is committed.
    Operation open_modification(const payments::Payment& payment, payments::OperationKind kind,
                                std::optional<std::int64_t> amount = std::nullopt);
    SettlementResult settle(const Settlement& settlement) { return wait(store().commit(settlement, soon())); }

    MerchantId merchant_ = MerchantId::make(SystemClock().now(), Bucket{77}, false);
    boost::asio::io_context loop_{1};

private:
    template <class T>
    static std::vector<Task<T>> one(Task<T> task) {
        std::vector<Task<T>> tasks;
        tasks.push_back(std::move(task));
        return tasks;
    }
    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& value) {
        value.emplace(co_await std::move(task));
    }
    void run_while(const std::size_t& left);

    std::unique_ptr<Store> store_;
    ConnectionPtr admin_;
};

// Finds what is due and takes it.
Task<std::vector<Taken>> take_due(Store& store, ledger::PspAccount account, int limit = 100);

Operation make_sale(MerchantId merchant, std::int64_t amount = 1000);
Operation make_authorization(MerchantId merchant, std::int64_t amount = 1000);
// A new attempt 1 of an operation on the payment.
payments::Attempt make_attempt(const payments::Payment& payment, payments::OperationKind kind, std::int64_t amount);
// A capture, void, refund or expiry, decided on the payment as it is given; empty where it is not allowed.
std::optional<Reservation> reservation(const payments::Payment& payment, payments::OperationKind kind,
                                       std::optional<std::int64_t> amount = std::nullopt);
// The refusal of a refund, stored under the key.
Record refusal(const payments::Payment& payment, std::string key);
// The PSP took back a capture or refund.
Record reversal(const payments::Payment& payment, const payments::Attempt& failed);
Intent intent_of(const Operation& sale);
Settlement judged(const Operation& sale, payments::Judgement judgement, std::int32_t generation = 1);
Settlement approved(const Operation& sale, std::optional<std::string> reference = std::nullopt);
Settlement declined(const Operation& sale);
Settlement not_executed(const Operation& sale, std::int32_t generation = 1);
Settlement unknown(const Operation& sale, std::int32_t generation = 1);
// Attempt n+1 of a sale that failed as not_executed.
NextAttempt next_attempt(const Operation& failed);
// The sale as a settlement of it leaves it.
Operation after(const Operation& sale, const Settlement& settlement);

inline bool won(const IntentResult& result) {
    return std::holds_alternative<IntentWon>(result);
}
inline bool won(const NextAttemptResult& result) {
    return std::holds_alternative<IntentWon>(result);
}
inline bool won(const ReservationResult& result) {
    return std::holds_alternative<IntentWon>(result);
}

}  // namespace florin::store::test
