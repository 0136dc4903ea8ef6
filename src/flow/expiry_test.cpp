#include "flow/expiry.hpp"

#include <gmock/gmock.h>

#include "flow/modification_fixture.hpp"

namespace florin::flow {
namespace {

using testing::HasSubstr;

class ExpiryTest : public ModificationTest {
protected:
    void work_until(const std::function<bool()>& condition) {
        gateway.start_worker();
        EXPECT_TRUE(eventually(condition));
        gateway.stop_worker();
    }
    // As many looks as the worker takes in some passes, whatever they do.
    void work_for_some_passes() {
        for (int i = 0; i < 3; ++i) {
            DutyLoop expiry(gateway.services, gateway.accounts.all.front(), kExpiry);
            loop.wait_for(expiry.pass());
            loop.wait_for(expiry.finish());
        }
    }
    static int seconds_to_the_next_look(PaymentId payment) {
        return std::stoi(
            Database::shared().run("select extract(epoch from next_look - florin_now())::int::text from "
                                   "held_authorizations where payment_id = '" +
                                   to_string(payment.uuid()) + "'"));
    }
    std::size_t expiries() const {
        return static_cast<std::size_t>(
            std::ranges::count(psp.calls, OperationKind::expire, [](const psp::Call& call) { return call.kind; }));
    }
};

TEST_F(ExpiryTest, what_is_held_past_capture_before_is_released_at_the_psp_and_in_the_books) {
    const auto payment = authorized(100);
    shift_database_clock("8 days");
    work_until([&] { return read(gateway, payment).status == Status::expired; });
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .expired = 100}));
    EXPECT_EQ(debits(gateway, payment, "release"), 100);
    EXPECT_EQ(expiries(), 1U);
    EXPECT_EQ(psp.calls.back().payment_reference, read(gateway, payment).psp_reference);
    const auto audit = loop.wait_for(gateway.store.audit_of(payment, Deadline::after(kPatience)));
    EXPECT_EQ(audit.back().actor, kExpiryActor);
    EXPECT_EQ(audit.back().to, "expired");
    const auto refused = gateway.send(capture("too-late", payment));
    EXPECT_EQ(refused->status, 422);
    EXPECT_THAT(refused->body, HasSubstr("expired"));
    work_for_some_passes();
    EXPECT_EQ(expiries(), 1U);
}

TEST_F(ExpiryTest, before_that_nothing_is_done) {
    const auto payment = authorized(100);
    work_for_some_passes();
    EXPECT_EQ(expiries(), 0U);
    EXPECT_EQ(read(gateway, payment).status, Status::authorized);
}

TEST_F(ExpiryTest, only_the_rest_of_several_captures_expires) {
    const auto payment = authorized(100, true);
    ASSERT_EQ(gateway.send(capture("k", payment, 30))->status, 200);
    shift_database_clock("8 days");
    work_until([&] { return amounts(payment).expired == 70; });
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 30, .expired = 70}));
    EXPECT_EQ(read(gateway, payment).status, Status::partially_captured);
}

TEST_F(ExpiryTest, what_was_captured_voided_or_never_held_is_left_alone) {
    ASSERT_EQ(gateway.send(capture("a", authorized()))->status, 200);
    ASSERT_EQ(gateway.send(release("b", authorized()))->status, 200);
    sold();
    shift_database_clock("8 days");
    work_for_some_passes();
    EXPECT_EQ(expiries(), 0U);
}

TEST_F(ExpiryTest, what_the_psp_says_was_captured_alerts_and_is_not_asked_for_again) {
    const auto payment = authorized(100);
    shift_database_clock("8 days");
    psp.answers = {refused_by_state("already_captured")};
    work_for_some_passes();
    ASSERT_TRUE(loop.until([&] { return expiries() == 1; }));
    EXPECT_THAT(metrics(), HasSubstr("release_refused"));
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100}));
    shift_database_clock("9 days");
    work_for_some_passes();
    EXPECT_EQ(expiries(), 1U);
    EXPECT_EQ(read(gateway, payment).status, Status::authorized);
}

TEST_F(ExpiryTest, what_could_not_be_asked_is_asked_again_at_the_next_look) {
    const auto payment = authorized(100);
    shift_database_clock("8 days");
    psp.answers = {refused_unsent()};
    work_for_some_passes();
    EXPECT_EQ(expiries(), 1U);
    EXPECT_EQ(read(gateway, payment).status, Status::authorized);
    shift_database_clock("8 days 15 minutes");
    work_for_some_passes();
    EXPECT_EQ(read(gateway, payment).status, Status::expired);
}

// The lease is 25 s. A worker that has looked comes again after ten minutes.
TEST_F(ExpiryTest, what_a_worker_took_before_it_died_is_taken_again_when_its_lease_has_run_out) {
    const auto payment = authorized(100);
    shift_database_clock("8 days");
    psp.hold_next();
    psp.answers = {refused_unsent()};
    DutyLoop dying(gateway.services, gateway.accounts.all.front(), kExpiry);
    loop.wait_for(dying.pass());
    ASSERT_TRUE(loop.until([&] { return expiries() == 1; }));
    EXPECT_LE(seconds_to_the_next_look(payment), 25);
    psp.release();
    loop.wait_for(dying.finish());
    EXPECT_GT(seconds_to_the_next_look(payment), 500);
}

TEST_F(ExpiryTest, an_open_capture_comes_first) {
    const auto payment = authorized(100);
    psp.answers = {unclear()};
    ASSERT_EQ(gateway.send(capture("k", payment))->status, 202);
    shift_database_clock("8 days");
    work_for_some_passes();
    EXPECT_EQ(expiries(), 0U);
    psp.sweeps = {psp::Sweep{
        .complete = true,
        .found = {{psp::idempotency_key(psp.calls.back().operation, 1), approved(*psp.calls.back().payment_reference)}},
        .evidence = "script"}};
    end_leases();
    ASSERT_TRUE(worker_settles("k"));
    EXPECT_EQ(read(gateway, payment).status, Status::captured);
    shift_database_clock("9 days");
    work_for_some_passes();
    EXPECT_EQ(expiries(), 0U);
}

TEST_F(ExpiryTest, two_workers_expire_it_once) {
    const auto payment = authorized(100);
    Gateway other(loop, psp, quick_options());
    shift_database_clock("8 days");
    other.start_worker();
    work_until([&] { return read(gateway, payment).status == Status::expired; });
    other.stop_worker();
    EXPECT_EQ(expiries(), 1U);
    EXPECT_EQ(debits(gateway, payment, "release"), 100);
}

TEST_F(ExpiryTest, an_unclear_answer_is_left_to_the_resolver) {
    const auto payment = authorized(100);
    shift_database_clock("8 days");
    psp.answers = {unclear()};
    work_for_some_passes();
    EXPECT_EQ(amounts(payment).voiding, 100);
    end_leases();
    work_until([&] { return read(gateway, payment).status == Status::expired; });
    EXPECT_EQ(expiries(), 2U);
    EXPECT_EQ(psp.calls[1].operation, psp.calls[2].operation);
}

TEST_F(ExpiryTest, the_amount_that_expires_within_a_day_is_a_metric) {
    authorized(100);
    shift_database_clock("6 days 12 hours");
    work_until([&] {
        return metrics().find(R"(florin_amount_expiring_minor_units{currency="EUR"} 100)") != std::string::npos;
    });
}

}  // namespace
}  // namespace florin::flow
