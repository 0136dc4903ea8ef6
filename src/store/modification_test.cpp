// How captures, voids, refunds and expiries settle: amounts, journals, references, and what a refusal gives back.
#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::Amounts;
using payments::OperationKind;
using payments::Outcome;
using payments::Payment;
using payments::Status;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ModificationTest : public StoreTest {
protected:
    std::vector<std::string> journals_of(OperationId operation, PaymentId payment) {
        std::vector<std::string> kinds;
        for (const LedgerRow& row : wait(store().ledger_of(payment, soon()))) {
            if (row.operation == operation && (kinds.empty() || kinds.back() != row.kind)) kinds.push_back(row.kind);
        }
        return kinds;
    }
    Payment settled(const Operation& operation) {
        EXPECT_EQ(settle(approved(operation)), SettlementResult::won);
        return stored(operation.payment.id);
    }
};

TEST_F(ModificationTest, a_payment_walks_from_authorization_to_refund_and_the_books_follow) {
    Payment payment = authorized_payment(1000);
    EXPECT_EQ(payment.status, Status::authorized);
    EXPECT_TRUE(stored(payment.id).multiple_captures);
    EXPECT_EQ(stored(payment.id).capture_before, payment.capture_before);

    const Operation first = open_modification(payment, OperationKind::capture, 300);
    payment = settled(first);
    EXPECT_EQ(payment.amounts, (Amounts{.authorized = 1000, .captured = 300}));
    EXPECT_THAT(journals_of(first.attempt.operation, payment.id), ElementsAre("capture", "release"));

    const Operation release = open_modification(payment, OperationKind::void_);
    payment = settled(release);
    EXPECT_EQ(payment.amounts, (Amounts{.authorized = 1000, .captured = 300, .voided = 700}));
    EXPECT_THAT(journals_of(release.attempt.operation, payment.id), ElementsAre("release"));

    const Operation refund = open_modification(payment, OperationKind::refund, 100);
    payment = settled(refund);
    EXPECT_EQ(payment.amounts, (Amounts{.authorized = 1000, .captured = 300, .refunded = 100, .voided = 700}));
    EXPECT_EQ(payment.status, Status::partially_refunded);
    EXPECT_THAT(journals_of(refund.attempt.operation, payment.id), ElementsAre("refund"));
    EXPECT_EQ(payments::document(payment), payments::document(stored(payment.id)));
    expect_exact_books();
}

TEST_F(ModificationTest, an_expiry_releases_what_is_held) {
    const Operation expiry = open_modification(authorized_payment(1000), OperationKind::expire);
    const Payment payment = settled(expiry);
    EXPECT_EQ(payment.amounts, (Amounts{.authorized = 1000, .expired = 1000}));
    EXPECT_EQ(payment.status, Status::expired);
}

TEST_F(ModificationTest, what_was_refused_or_not_executed_gives_its_reservation_back) {
    for (const OperationKind kind : {OperationKind::capture, OperationKind::void_}) {
        for (const bool is_declined : {true, false}) {
            const Payment before = authorized_payment(1000);
            const Operation operation = open_modification(before, kind);
            EXPECT_NE(stored(before.id).amounts, before.amounts);
            const Settlement settlement = is_declined ? declined(operation) : not_executed(operation);
            EXPECT_EQ(settle(settlement), SettlementResult::won);
            const auto read = wait(store().find_by_key(merchant_, false, operation.key, soon()));
            EXPECT_EQ(read->payment.amounts, before.amounts);
            EXPECT_EQ(read->payment.version, before.version + 2);
            EXPECT_EQ(read->payment.status, Status::authorized);
            EXPECT_EQ(read->result->http_status, is_declined ? 422 : 503);
            EXPECT_THAT(journals_of(operation.attempt.operation, before.id), IsEmpty());
        }
    }
    expect_exact_books();
}

TEST_F(ModificationTest, an_operation_that_was_not_executed_reserves_again) {
    const Operation capture = open_modification(authorized_payment(1000), OperationKind::capture, 600);
    const Settlement failed = not_executed(capture);
    ASSERT_EQ(settle(failed), SettlementResult::won);
    const NextAttempt next = next_attempt(after(capture, failed));
    std::vector<Task<NextAttemptResult>> tasks;
    for (int i = 0; i < 5; ++i) tasks.push_back(store().commit(next_attempt(after(capture, failed)), soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& result) { return won(result); }), 1);
    const auto read = wait(store().find_by_key(merchant_, false, capture.key, soon()));
    EXPECT_EQ(read->attempt.number, 2);
    EXPECT_EQ(read->payment.amounts, next.payment.amounts);
    EXPECT_EQ(read->payment.psp_reference, capture.payment.psp_reference);
    EXPECT_EQ(read->attempt.parameters, capture.attempt.parameters);
    EXPECT_THAT(wait(store().audit_of(capture.payment.id, soon())), SizeIs(2)) << "the status did not change";
    EXPECT_EQ(settle(approved({read->payment, read->attempt, capture.key})), SettlementResult::won);
    expect_exact_books();
}

TEST_F(ModificationTest, a_late_success_is_adopted_with_its_reservation) {
    const Operation capture = open_modification(authorized_payment(1000), OperationKind::capture, 600);
    const Settlement failed = not_executed(capture);
    ASSERT_EQ(settle(failed), SettlementResult::won);
    Operation late = capture;
    ++late.attempt.number;
    late.payment = next_attempt(after(capture, failed)).payment;
    Settlement adopted = approved(late);
    // One commit reserves and settles.
    adopted.expected_version = failed.step.payment.version;
    adopted.step.payment.version = failed.step.payment.version + 1;
    EXPECT_EQ(wait(store().commit(Adoption{adopted, 1}, soon())), SettlementResult::won);
    EXPECT_EQ(wait(store().commit(Adoption{adopted, 1}, soon())), SettlementResult::lost);
    EXPECT_EQ(stored(capture.payment.id).amounts, (Amounts{.authorized = 1000, .captured = 600}));
    EXPECT_EQ(wait(store().find_by_key(merchant_, false, capture.key, soon()))->attempt.parameters,
              capture.attempt.parameters);
    expect_exact_books();
}

TEST_F(ModificationTest, overlapping_captures_settle_one_after_the_other) {
    const Payment payment = authorized_payment(1000);
    const Operation first = open_modification(payment, OperationKind::capture, 300);
    const Operation second = open_modification(first.payment, OperationKind::capture, 200);
    EXPECT_EQ(settle(approved(first)), SettlementResult::lost) << "the second reservation moved the version";
    EXPECT_EQ(settle(approved({second.payment, first.attempt, first.key})), SettlementResult::won);
    EXPECT_EQ(settle(approved({stored(payment.id), second.attempt, second.key})), SettlementResult::won);
    EXPECT_EQ(stored(payment.id).amounts, (Amounts{.authorized = 1000, .captured = 500}));
    EXPECT_EQ(settle(approved({second.payment, second.attempt, second.key})), SettlementResult::lost);
    expect_exact_books();
}

TEST_F(ModificationTest, a_refund_is_known_by_its_own_reference_and_never_by_that_of_the_payment) {
    const Operation refund = open_modification(captured_payment(), OperationKind::refund);
    EXPECT_EQ(settle(unknown(refund)), SettlementResult::won);
    const auto reference = [&] { return wait(store().operations_of(refund.payment.id, soon())).back().psp_reference; };
    EXPECT_EQ(reference(), std::nullopt);
    payments::Judgement judgement;
    judgement.outcome = Outcome::accepted;
    judgement.psp_reference = "re_" + to_string(refund.attempt.operation);
    EXPECT_EQ(settle(judged(refund, judgement)), SettlementResult::won);
    EXPECT_EQ(reference(), judgement.psp_reference);
    EXPECT_EQ(settle(approved(refund, judgement.psp_reference)), SettlementResult::won);
    EXPECT_EQ(reference(), judgement.psp_reference);
    EXPECT_EQ(stored(refund.payment.id).psp_reference, refund.payment.psp_reference);
}

}  // namespace
}  // namespace florin::store::test
