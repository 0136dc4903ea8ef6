// Rule 26: what stays unknown is parked at the slowest step, and parked is not deaf.
#include <gmock/gmock.h>

#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

class ParkingTest : public FlowTest {
protected:
    static constexpr int kAllSteps = 80;  // quick, minutely and growing ones

    Gateway gateway{loop, psp, quick_options()};

    void left_open(const std::string& key) {
        psp.answers = {unclear()};
        const auto answer = gateway.send(command(key));
        ASSERT_TRUE(answer && answer->status == 202);
        end_leases();
    }
    static void after_all_steps(int tries = kAllSteps) {
        Database::shared().run("update open_operations set tries = " + std::to_string(tries));
    }
    static std::string open(const std::string& column) {
        return Database::shared().run("select (" + column + ")::text from open_operations");
    }
    void looks(std::size_t times) {
        const auto before = psp.look_ups;
        gateway.start_worker();
        EXPECT_TRUE(loop.until([&] { return psp.look_ups >= before + times; }));
        gateway.stop_worker();
    }
    // Looks at it past execute_until, where nothing is sent, until it is parked.
    void parked(const std::string& key) {
        left_open(key);
        shift_database_clock("20 minutes");
        after_all_steps();
        looks(1);
        ASSERT_EQ(open("parked"), "true");
    }
};

TEST_F(ParkingTest, what_stays_unknown_at_the_slowest_step_is_parked_and_looked_at_hourly) {
    parked("k");
    EXPECT_EQ(open("next_try between florin_now() + interval '50 min' and florin_now() + interval '60 min'"), "true");
    EXPECT_FALSE(stored(gateway, "k").result);
}

TEST_F(ParkingTest, before_the_slowest_step_nothing_is_parked) {
    left_open("k");
    shift_database_clock("20 minutes");
    after_all_steps(60);
    looks(1);
    EXPECT_EQ(open("parked"), "false");
}

TEST_F(ParkingTest, what_is_parked_is_settled_by_its_next_look) {
    parked("k");
    end_leases();
    shift_database_clock("3 hours");
    gateway.start_worker();
    EXPECT_TRUE(eventually_settled(gateway, "k"));
    gateway.stop_worker();
    EXPECT_EQ(stored(gateway, "k").result->outcome, payments::Outcome::not_executed);
}

TEST_F(ParkingTest, nothing_is_sent_for_what_is_parked) {
    left_open("k");
    Database::shared().run("update open_operations set parked = true");
    looks(1);
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(ParkingTest, what_waits_for_its_payer_is_never_parked) {
    psp.answers = {action_required("pi_3ds_9", "https://bank.example/3ds")};
    ASSERT_EQ(gateway.send(command("k"))->status, 202);
    end_leases();
    after_all_steps();
    psp.reads = {action_required("pi_3ds_9", "https://bank.example/3ds")};
    gateway.start_worker();
    EXPECT_TRUE(loop.until([&] { return !psp.read_calls.empty() && open("lease_until <= florin_now()") == "true"; }));
    gateway.stop_worker();
    EXPECT_EQ(open("parked"), "false");
}

TEST_F(ParkingTest, news_from_who_lost_the_lease_takes_it_out_and_makes_it_due) {
    FlowOptions impatient = quick_options();
    impatient.answer_within = Milliseconds{2'000};
    Gateway owner{loop, psp, impatient};
    psp.answers = {unclear()};
    psp.hold_next();
    ASSERT_EQ(owner.send(command("k"))->status, 202);
    end_leases();
    shift_database_clock("20 minutes");
    after_all_steps();
    looks(1);
    ASSERT_EQ(open("parked"), "true");
    psp.release();
    loop.wait_for(owner.operations.drain(Deadline::after(kPatience)));
    EXPECT_EQ(open("parked"), "false");
    EXPECT_EQ(open("next_try <= florin_now()"), "true");
}

}  // namespace
}  // namespace florin::flow
