#include "flow/event_decision.hpp"

#include <gmock/gmock.h>

#include <array>

namespace florin::flow {
namespace {

using payments::OperationKind;
using payments::Outcome;
using payments::Status;
using psp::Says;
using testing::HasSubstr;

const ledger::PspAccount kAccount{.psp = "stripe", .name = "main", .live = false};
constexpr auto kAllSays = std::to_array(
    {Says::succeeded, Says::authorized, Says::failed, Says::canceled, Says::processing, Says::requires_action});

psp::Subject says(Says what, std::string object = "payment_intent") {
    psp::Subject subject{.object = std::move(object), .payment_reference = "pi_1", .reference = "pi_1"};
    if (subject.object == "refund") subject.reference = "re_1";
    subject.amount = Money{100, kEur};
    subject.says = what;
    return subject;
}

// A state of the books, by the payment's and the named attempt's members that matter.
store::KnownPayment some_payment(OperationKind kind, std::optional<Outcome> outcome) {
    store::KnownAttempt attempt{.operation = {},
                                .number = 1,
                                .kind = kind,
                                .amount = Money{100, kEur},
                                .account = kAccount,
                                .outcome = outcome};
    return {.id = {}, .amount = Money{100, kEur}, .psp_reference = "pi_1", .attempt = std::move(attempt)};
}
store::KnownPayment held(std::int64_t amount = 100) {
    auto known = some_payment(OperationKind::authorize, Outcome::approved);
    known.status = Status::authorized;
    known.held = amount;
    return known;
}
store::KnownPayment captured(std::int64_t amount = 100) {
    auto known = some_payment(OperationKind::authorize, Outcome::approved);
    known.status = Status::captured;
    known.captured = amount;
    return known;
}
store::KnownPayment voided() {
    auto known = some_payment(OperationKind::authorize, Outcome::approved);
    known.status = Status::voided;
    return known;
}
store::KnownPayment failed(Outcome outcome) {
    auto known = some_payment(OperationKind::sale, outcome);
    known.status = Status::failed;
    return known;
}
store::KnownPayment open(bool is_leased = false) {
    auto known = some_payment(OperationKind::sale, std::nullopt);
    known.attempt->is_leased = is_leased;
    return known;
}
store::KnownPayment waiting(Status status) {
    auto known = open();
    known.status = status;
    known.attempt->has_reference = true;
    return known;
}
store::KnownPayment with_open(store::KnownPayment known, bool is_leased = false) {
    known.has_open = true;
    known.has_leased = is_leased;
    return known;
}
store::KnownPayment doubtful(store::KnownPayment known) {
    known.has_doubtful = true;
    return known;
}
store::KnownPayment dealt_with(store::KnownPayment known) {
    known.attempt->is_dealt_with = true;
    return known;
}
store::KnownPayment reversed(store::KnownPayment known) {
    known.attempt->is_reversed = true;
    return known;
}
store::KnownPayment refund(std::optional<Outcome> outcome) {
    auto known = some_payment(OperationKind::refund, outcome);
    known.status = Status::captured;
    known.captured = 100;
    known.attempt->is_booked_object = outcome == Outcome::approved;
    return known;
}
store::KnownPayment another(store::KnownPayment known) {
    known.attempt->is_booked_object = false;
    return known;
}

struct Row {
    std::string_view name;
    store::KnownPayment known;
    // In the order of kAllSays: succeeded, authorized, failed, canceled, processing, requires_action.
    std::array<EventStep, kAllSays.size()> expected;
};
constexpr auto N = EventStep::nothing, L = EventStep::look, W = EventStep::wait;

void expect(const std::vector<Row>& rows, const std::string& object) {
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < kAllSays.size(); ++i) {
            EXPECT_EQ(decide(says(kAllSays[i], object), &row.known, kAccount).step, row.expected[i])
                << row.name << " hears of a " << object << " " << to_string(kAllSays[i]);
        }
    }
}

TEST(EventDecision, of_a_payments_object_is_a_table) {
    const std::vector<Row> rows{
        // state                                              succ auth fail canc proc action
        {"open and leased", open(true), {W, W, W, W, W, W}},
        {"open and free", open(), {L, L, L, L, L, L}},
        {"known to be worked on", waiting(Status::pending), {L, L, L, L, N, L}},
        {"known to wait for the payer", waiting(Status::requires_action), {L, L, L, L, L, N}},
        {"declined", failed(Outcome::declined), {L, L, N, N, N, N}},
        {"not executed", failed(Outcome::not_executed), {L, L, N, N, N, N}},
        {"declined, its late success compensated", dealt_with(failed(Outcome::declined)), {N, N, N, N, N, N}},
        {"held", held(), {L, N, L, L, N, N}},
        {"held, a capture was not executed", doubtful(held()), {L, L, L, L, N, N}},
        {"held, a capture is open", with_open(held()), {L, L, L, L, L, L}},
        {"held, a capture is at work", with_open(held(), true), {W, W, W, W, W, W}},
        {"captured", captured(), {N, N, L, N, N, N}},
        {"captured in part and held", held(40), {L, N, L, L, N, N}},
        {"captured after a capture was declined", doubtful(captured()), {N, N, L, N, N, N}},
        {"voided", voided(), {L, N, L, N, N, N}},
    };
    expect(rows, "payment_intent");
    expect(rows, "charge");
}

TEST(EventDecision, of_a_refund_is_a_table) {
    auto at_work = refund(std::nullopt);
    at_work.attempt->is_leased = true;
    auto waits = refund(std::nullopt);
    waits.attempt->has_reference = true;
    expect({{"open and leased", at_work, {W, W, W, W, W, W}},
            {"open and free", refund(std::nullopt), {L, L, L, L, L, L}},
            {"known to be worked on", waits, {L, L, L, L, N, L}},
            {"approved", refund(Outcome::approved), {N, N, L, L, N, N}},
            {"approved and taken back", reversed(refund(Outcome::approved)), {N, N, N, N, N, N}},
            {"approved as another object", another(refund(Outcome::approved)), {L, L, N, N, N, N}},
            {"and that is in suspense", dealt_with(another(refund(Outcome::approved))), {N, N, N, N, N, N}},
            {"declined", refund(Outcome::declined), {L, L, N, N, N, N}},
            {"not executed", refund(Outcome::not_executed), {L, L, N, N, N, N}},
            {"adopted or compensated", dealt_with(refund(Outcome::not_executed)), {N, N, N, N, N, N}},
            // What else is open on the payment is no matter of a refund.
            {"approved beside an open capture", with_open(refund(Outcome::approved)), {N, N, L, L, N, N}}},
           "refund");
}

TEST(EventDecision, a_refund_without_a_name_of_ours_may_be_what_the_psp_released) {
    const auto step = [](const store::KnownPayment& known, std::int64_t amount) {
        auto subject = says(Says::succeeded, "refund");
        subject.amount = Money{amount, kEur};
        auto unnamed = known;
        unnamed.attempt.reset();
        return decide(subject, &unnamed, kAccount).step;
    };
    auto released = captured(60);
    released.released = 40;
    EXPECT_EQ(step(released, 40), EventStep::nothing);
    EXPECT_EQ(step(released, 41), EventStep::park);
    EXPECT_EQ(step(captured(), 100), EventStep::park);
    EXPECT_EQ(step(captured(), 40), EventStep::park);
    EXPECT_EQ(step(held(), 100), EventStep::look);
    EXPECT_EQ(step(held(), 40), EventStep::park);
    EXPECT_EQ(step(with_open(held()), 40), EventStep::look);
    EXPECT_EQ(step(with_open(held(), true), 40), EventStep::wait);
    auto late = captured();
    late.is_late_object = true;
    EXPECT_EQ(step(late, 100), EventStep::nothing);
}

TEST(EventDecision, a_second_object_of_an_approved_attempt_is_looked_at_when_it_took_money) {
    auto known = captured();
    known.psp_reference = "pi_another";
    expect({{"captured by another object", known, {L, L, N, N, N, N}},
            {"and compensated", dealt_with(known), {N, N, N, N, N, N}}},
           "payment_intent");
}

TEST(EventDecision, what_leads_to_no_payment_is_unknown) {
    for (const auto what : kAllSays) {
        EXPECT_EQ(decide(says(what), nullptr, kAccount).step, EventStep::unknown);
        EXPECT_EQ(decide(says(what, "refund"), nullptr, kAccount).step, EventStep::unknown);
    }
}

TEST(EventDecision, what_names_others_than_it_is_about_is_parked) {
    const auto parked = [](const psp::Subject& subject, const store::KnownPayment& known) {
        const auto decision = decide(subject, &known, kAccount);
        EXPECT_EQ(decision.step, EventStep::park);
        return decision.why;
    };
    auto contradicted = captured();
    contradicted.is_contradicted = true;
    EXPECT_THAT(parked(says(Says::succeeded), contradicted), HasSubstr("belong to another payment"));
    auto elsewhere = captured();
    elsewhere.attempt->account.name = "second";
    EXPECT_THAT(parked(says(Says::succeeded), elsewhere), HasSubstr("second"));
    auto foreign = captured();
    foreign.attempt.reset();
    EXPECT_THAT(parked(says(Says::succeeded, "refund"), foreign), HasSubstr("not made here"));
    EXPECT_THAT(parked(says(Says::succeeded), foreign), HasSubstr("not the payment's"));
    EXPECT_THAT(parked(says(Says::succeeded, "refund"), captured()), HasSubstr("another kind"));
    EXPECT_THAT(parked(says(Says::succeeded), refund(Outcome::approved)), HasSubstr("another kind"));
}

TEST(EventAmount, is_compared_with_the_payment_or_the_refund) {
    EXPECT_EQ(amount_contradiction(says(Says::succeeded), captured()), "");
    auto more = says(Says::succeeded);
    more.amount = Money{101, kEur};
    EXPECT_EQ(amount_contradiction(more, captured()), "says 101 EUR, booked is 100 EUR");
    auto dollars = says(Says::succeeded);
    dollars.amount = Money{100, *Currency::parse("USD")};
    EXPECT_EQ(amount_contradiction(dollars, captured()), "says 100 USD, booked is 100 EUR");
    auto silent = says(Says::succeeded);
    silent.amount.reset();
    EXPECT_EQ(amount_contradiction(silent, captured()), "");
    // Of a refund its own amount counts, not the payment's.
    auto part = refund(Outcome::approved);
    part.attempt->amount = Money{40, kEur};
    EXPECT_EQ(amount_contradiction(says(Says::succeeded, "refund"), part), "says 100 EUR, booked is 40 EUR");
}

}  // namespace
}  // namespace florin::flow
