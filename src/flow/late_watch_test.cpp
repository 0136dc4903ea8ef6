// Rule 25: what nothing but time proved not executed is looked at until the PSP's longest settlement time.
#include "flow/late_watch.hpp"

#include <gmock/gmock.h>

#include "flow/late_fixture.hpp"

namespace florin::flow {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(LateLooks, they_grow_and_the_last_one_is_at_the_longest_settlement_time) {
    EXPECT_THAT(late_looks(14 * 24h), ElementsAre(10min, 1h, 6h, 24h, 72h, 7 * 24h, 14 * 24h));
    EXPECT_THAT(late_looks(2h), ElementsAre(10min, 1h, 2h));
    EXPECT_THAT(late_looks(Milliseconds{0}), IsEmpty());
}

class LateWatchTest : public LateFixture {
protected:
    LateWatchTest() { psp.table.longest_settlement = 14 * 24h; }
    // No answer came, and past the time fence the list showed nothing.
    void closed_by_time() {
        psp.answers = {unclear()};
        ASSERT_EQ(owner.send(command("k"))->status, 202);
        end_leases();
        shift_database_clock("24 hours");
        ASSERT_TRUE(worker_settles("k"));
        payment = stored(gateway, "k").payment.id;
        object = "pi_" + to_string(stored(gateway, "k").attempt.operation) + "-1";
    }
    // The same of a refund of 40 on 100.
    void refund_closed_by_time() {
        payment = sold(100);
        psp.answers = {unclear()};
        ASSERT_EQ(owner.send(refund("r", payment, 40))->status, 202);
        end_leases();
        shift_database_clock("24 hours");
        ASSERT_TRUE(worker_settles("r"));
    }
    // From the next look on.
    void list_shows_the_charge() {
        psp.sweeps = {{.complete = true, .found = {{object.substr(3), approved(object)}}, .evidence = "script"}};
    }
    static std::string watched() { return Database::shared().run("select count(*)::text from watched_attempts"); }

    static std::string soon_looked_at() {
        return Database::shared().run(
            "select count(*)::text from watched_attempts where next_look < florin_now() + interval '11 minutes'");
    }

    PaymentId payment;
    std::string object;
};

TEST_F(LateWatchTest, a_charge_that_shows_an_hour_after_the_fence_is_adopted) {
    closed_by_time();
    EXPECT_EQ(watched(), "1");
    shift_database_clock("25 hours");
    list_shows_the_charge();
    ASSERT_TRUE(worker_reaches([&] { return read(gateway, payment).status == Status::captured; }));
    EXPECT_EQ(stored(gateway, "k").attempt.number, 2);
    EXPECT_EQ(gateway.send(command("k"))->status, 200);
    ASSERT_TRUE(worker_reaches([&] { return watched() == "0"; }));
}

TEST_F(LateWatchTest, what_shows_beside_a_newer_attempt_is_given_back) {
    closed_by_time();
    shift_database_clock("0");
    ASSERT_EQ(gateway.send(command("k"))->status, 200);
    shift_database_clock("25 hours");
    list_shows_the_charge();
    ASSERT_TRUE(worker_reaches([&] { return !late_lines(payment).empty(); }));
    EXPECT_EQ(answers(payment).size(), 1U);
}

// The PSP's object keeps the metadata of the attempt that made it.
TEST_F(LateWatchTest, a_refund_that_was_adopted_is_looked_at_again_as_it_was_sent) {
    psp.table.refund_looks = {1h};
    refund_closed_by_time();
    const auto sent = psp::idempotency_key(stored(gateway, "r").attempt.operation, 1);
    psp.sweeps = {{.complete = true, .found = {{sent, approved("re_late")}}, .evidence = "script"}};
    shift_database_clock("25 hours");
    ASSERT_TRUE(worker_reaches([&] { return amounts(payment).refunded == 40; }));
    ASSERT_EQ(stored(gateway, "r").attempt.number, 2);
    psp.reads = {declined("re_late", "refund_failed")};
    shift_database_clock("27 hours");
    ASSERT_TRUE(worker_reaches([&] { return amounts(payment).refunded == 0; }));
    EXPECT_EQ(psp.last_read->attempt, 1);
}

TEST_F(LateWatchTest, it_ends_after_the_last_look) {
    closed_by_time();
    const auto looked = psp.look_ups;
    shift_database_clock("400 hours");
    ASSERT_TRUE(worker_reaches([&] { return watched() == "0"; }));
    EXPECT_EQ(psp.look_ups, looked + 1);
    EXPECT_EQ(read(gateway, payment).status, Status::failed);
}

TEST_F(LateWatchTest, a_sweep_that_was_cut_short_is_repeated_soon) {
    closed_by_time();
    shift_database_clock("50 hours");
    psp.sweeps = {{.complete = false, .found = {}, .evidence = "script"}};
    const auto looked = psp.look_ups;
    ASSERT_TRUE(worker_reaches([&] { return psp.look_ups > looked; }));
    ASSERT_TRUE(eventually([&] { return soon_looked_at() == "1"; }));
}

TEST_F(LateWatchTest, what_something_open_stands_in_the_way_of_is_looked_at_again_soon_also_after_the_last_look) {
    gateway.services.options.late_waits = Milliseconds{50};
    refund_closed_by_time();
    psp.answers = {unclear()};
    ASSERT_EQ(owner.send(refund("other", payment, 80))->status, 202);
    Database::shared().run("update open_operations set next_try = florin_now() + interval '30 days'");
    const auto sent = psp::idempotency_key(stored(gateway, "r").attempt.operation, 1);
    psp.sweeps = {
        {.complete = true, .found = {{sent, approved("re_" + to_string(merchant.id))}}, .evidence = "script"}};
    const auto looked = psp.look_ups;
    shift_database_clock("400 hours");
    ASSERT_TRUE(worker_reaches([&] { return psp.look_ups > looked; }));
    EXPECT_EQ(amounts(payment).refunded, 0);
    EXPECT_EQ(soon_looked_at(), "1");
}

TEST_F(LateWatchTest, captures_are_read_one_by_one_and_what_was_read_is_done_with) {
    for (const char* key : {"c1", "c2", "c3"}) {
        const auto held = authorized();
        psp.answers = {unclear()};
        ASSERT_EQ(owner.send(capture(key, held))->status, 202);
    }
    end_leases();
    shift_database_clock("24 hours");
    ASSERT_TRUE(worker_reaches([&] { return watched() == "3"; }));
    shift_database_clock("50 hours");
    const psp::Sweep read{.complete = true, .found = {}, .evidence = "script"};
    psp.sweeps = {read, {.complete = false, .found = {}, .evidence = "script"}, read};
    const auto looked = psp.look_ups;
    ASSERT_TRUE(worker_reaches([&] { return psp.look_ups == looked + 3; }));
    EXPECT_EQ(soon_looked_at(), "1");
    EXPECT_EQ(watched(), "3");
}

TEST_F(LateWatchTest, a_proof_by_fence_is_not_watched) {
    psp.answers = {unclear()};
    ASSERT_EQ(owner.send(command("k"))->status, 202);
    end_leases();
    psp.answers = {unclear(true)};  // from the PSP's store
    ASSERT_TRUE(worker_settles("k"));
    ASSERT_EQ(stored(gateway, "k").result->outcome, Outcome::not_executed);
    EXPECT_EQ(watched(), "0");
}

}  // namespace
}  // namespace florin::flow
