// Somebody else settles or takes the operation between a person's taking and the commit of that person's word.
#include <gmock/gmock.h>

#include "flow/operation_plan.hpp"
#include "flow/operator_fixture.hpp"
#include "flow/settle.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

class OvertakenWordTest : public OperatorFixture {
protected:
    // A forced approval, whose look at the PSP ends after `meanwhile`.
    Checked<Resolution> approve_while(const std::function<void()>& meanwhile) {
        const auto operation = left_open("k");
        psp.reads = {unclear()};
        psp.hold_next();
        std::optional<Checked<Resolution>> ended;
        boost::asio::co_spawn(
            loop.io,
            keep(resolve_by_operator(gateway.services, administration, operation, word(Outcome::approved, true), person,
                                     Deadline::after(kPatience)),
                 ended),
            [](std::exception_ptr) {});
        EXPECT_TRUE(loop.until([&] { return !psp.read_calls.empty(); }));
        meanwhile();
        psp.release();
        if (!loop.until([&] { return ended.has_value(); })) throw std::runtime_error("no end");
        return std::move(*ended);
    }
    // What an event's look brings: a fact, without the lease.
    void somebody_reads(const psp::Answer& answer) {
        auto open = stored(gateway, "k");
        auto verdict = verdict_of(std::move(open.payment), std::move(open.attempt), answer, false);
        verdict.generation = 0;
        verdict.actor = "system:test";
        loop.wait_for(settle(gateway.services, std::move(verdict), Deadline::after(kPatience)));
    }
    std::string real() const { return "pi_real_" + to_string(merchant.id.uuid()); }
    void expect_ended_as(const Checked<Resolution>& resolution, std::string_view outcome) {
        ASSERT_FALSE(resolution);
        EXPECT_THAT(resolution.error().detail, testing::HasSubstr("it is " + std::string(outcome)));
        EXPECT_EQ(operations().size(), 1U) << "nothing is adopted and nothing is undone";
        EXPECT_EQ(psp.calls.size(), 1U);
    }

private:
    static Task<void> keep(Task<Checked<Resolution>> task, std::optional<Checked<Resolution>>& result) {
        result.emplace(co_await std::move(task));
    }
};

TEST_F(OvertakenWordTest, it_undoes_nothing_after_a_decline) {
    expect_ended_as(approve_while([&] { somebody_reads(declined(real())); }), "declined");
    EXPECT_EQ(stored(gateway, "k").result->http_status, 402);
}

TEST_F(OvertakenWordTest, it_is_no_second_charge_beside_the_real_one) {
    expect_ended_as(approve_while([&] { somebody_reads(approved(real())); }), "approved");
    EXPECT_EQ(stored(gateway, "k").payment.psp_reference, real());
}

TEST_F(OvertakenWordTest, it_is_not_adopted_after_the_resolver_has_proven_that_nothing_was_executed) {
    const auto resolution = approve_while([&] {
        end_leases();
        shift_database_clock("2 hours");
        gateway.start_worker();
        EXPECT_TRUE(eventually_settled(gateway, "k"));
        gateway.stop_worker();
        shift_database_clock("0");
    });
    expect_ended_as(resolution, "not_executed");
    EXPECT_EQ(stored(gateway, "k").attempt.number, 1);
}

TEST_F(OvertakenWordTest, it_is_told_that_somebody_else_has_the_operation) {
    const auto resolution = approve_while([&] {
        end_leases();
        const auto& rules = psp.rules();
        EXPECT_TRUE(loop.wait_for(gateway.store.take(
            stored(gateway, "k").attempt.operation, ages_of(rules),
            durations_of(gateway.services.options, payments::OperationKind::sale, rules), Deadline::after(kPatience))));
    });
    ASSERT_FALSE(resolution);
    EXPECT_EQ(resolution.error().error, Error::conflict);
    EXPECT_FALSE(stored(gateway, "k").result);
}

}  // namespace
}  // namespace florin::flow
