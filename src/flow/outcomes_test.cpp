// Each outcome of each kind of modification: its answer, its amounts, and what is booked.
#include <gmock/gmock.h>

#include "flow/modification_fixture.hpp"

namespace florin::flow {
namespace {

using testing::HasSubstr;

struct Row {
    OperationKind kind;
    psp::Answer answer;  // its reference is filled in by the test
    int http_status;
    std::string_view operation;  // how it stands
    Status status;
    payments::Amounts amounts;
    std::int64_t booked;  // by the journal of its kind
};

// A capture of 60, a void of 100, a refund of 40, each of a payment of 100.
std::vector<Row> rows() {
    using enum OperationKind;
    const auto yes = approved(""), works = accepted(""), no = declined(""), unsent = refused_unsent();
    const payments::Amounts held{.authorized = 100}, taken{.authorized = 100, .captured = 100};
    const payments::Amounts capturing{.authorized = 100, .capturing = 60, .voiding = 40};
    const payments::Amounts captured{.authorized = 100, .captured = 60, .voided = 40};
    const payments::Amounts voiding{.authorized = 100, .voiding = 100}, voided{.authorized = 100, .voided = 100};
    const payments::Amounts refunding{.authorized = 100, .captured = 100, .refunding = 40};
    const payments::Amounts refunded{.authorized = 100, .captured = 100, .refunded = 40};
    return {
        {capture, yes, 200, "succeeded", Status::partially_captured, captured, 60},
        {capture, no, 422, "declined", Status::authorized, held, 0},
        {capture, unsent, 503, "not_executed", Status::authorized, held, 0},
        {capture, works, 202, "pending", Status::authorized, capturing, 0},
        {capture, unclear(), 202, "pending", Status::authorized, capturing, 0},
        {void_, yes, 200, "succeeded", Status::voided, voided, 100},
        {void_, refused_by_state("already_captured"), 422, "declined", Status::authorized, held, 0},
        {void_, unsent, 503, "not_executed", Status::authorized, held, 0},
        {void_, works, 202, "pending", Status::authorized, voiding, 0},
        {void_, unclear(), 202, "pending", Status::authorized, voiding, 0},
        {refund, yes, 200, "succeeded", Status::partially_refunded, refunded, 40},
        {refund, no, 422, "declined", Status::captured, taken, 0},
        {refund, unsent, 503, "not_executed", Status::captured, taken, 0},
        {refund, works, 202, "pending", Status::captured, refunding, 0},
        {refund, unclear(), 202, "pending", Status::captured, refunding, 0},
    };
}

class OutcomesTest : public ModificationTest {
protected:
    Command command_of(const Row& row, const std::string& key, PaymentId payment) {
        if (row.kind == OperationKind::capture) return capture(key, payment, 60);
        if (row.kind == OperationKind::refund) return refund(key, payment, 40);
        return release(key, payment);
    }
    psp::Answer answer_of(const Row& row, PaymentId payment) {
        auto answer = row.answer;
        if (answer.reference) {
            const bool refunds = row.kind == OperationKind::refund;
            answer.reference = refunds ? "re_" + to_string(payment) : read(gateway, payment).psp_reference;
        }
        return answer;
    }
    static std::string_view journal_of(OperationKind kind) {
        return kind == OperationKind::void_ ? "release" : payments::to_string(kind);
    }
};

TEST_F(OutcomesTest, have_their_answer_amounts_and_journal) {
    for (const auto& row : rows()) {
        SCOPED_TRACE(std::string(payments::to_string(row.kind)) + " " + row.answer.evidence);
        const auto payment = payment_for(row.kind);
        const auto booked = debits(gateway, payment, journal_of(row.kind));
        const auto key = next_key();
        psp.answers = {answer_of(row, payment)};
        const auto answer = gateway.send(command_of(row, key, payment));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, row.http_status) << answer->body;
        EXPECT_THAT(answer->body, HasSubstr("\"status\":\"" + std::string(row.operation) + "\""));
        const auto after = read(gateway, payment);
        EXPECT_EQ(after.status, row.status) << payments::to_string(after.status);
        EXPECT_EQ(after.amounts, row.amounts);
        EXPECT_FALSE(after.failure_code);
        EXPECT_EQ(debits(gateway, payment, journal_of(row.kind)) - booked, row.booked);
        EXPECT_EQ(stored(gateway, key).result.has_value(), row.http_status != 202);
    }
}

TEST_F(OutcomesTest, a_final_answer_is_replayed_byte_for_byte_and_asks_the_psp_nothing) {
    for (const auto& row : rows()) {
        if (row.http_status != 200 && row.http_status != 422) continue;
        const auto payment = payment_for(row.kind);
        const auto key = next_key();
        psp.answers = {answer_of(row, payment)};
        const auto first = gateway.send(command_of(row, key, payment));
        const auto calls = psp.calls.size();
        const auto again = gateway.send(command_of(row, key, payment));
        ASSERT_TRUE(first && again);
        EXPECT_EQ(again->body, first->body);
        EXPECT_EQ(again->status, first->status);
        EXPECT_TRUE(again->replayed);
        EXPECT_EQ(psp.calls.size(), calls);
    }
}

TEST_F(OutcomesTest, of_an_authorization_are_those_of_a_sale) {
    psp.answers = {declined("pi_" + to_string(merchant.id)), refused_unsent(), unclear()};
    EXPECT_EQ(gateway.send(hold("declined"))->status, 402);
    EXPECT_EQ(gateway.send(hold("unsent"))->status, 503);
    EXPECT_EQ(gateway.send(hold("unclear"))->status, 202);
    const auto held = gateway.send(hold("unsent"));
    EXPECT_EQ(held->status, 200);
    const auto payment = stored(gateway, "unsent").payment;
    EXPECT_EQ(payment.status, Status::authorized);
    EXPECT_EQ(payment.amounts, (payments::Amounts{.authorized = 1000}));
    EXPECT_TRUE(payment.capture_before);
    EXPECT_EQ(debits(gateway, payment.id, "authorization"), 1000);
    EXPECT_EQ(debits(gateway, payment.id, "capture"), 0);
}

}  // namespace
}  // namespace florin::flow
