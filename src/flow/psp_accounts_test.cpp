// A payment stays with the PSP account that it was made at, whatever is configured later.
#include <gmock/gmock.h>

#include "flow/expiry.hpp"
#include "flow/late_failures.hpp"
#include "flow/modification_fixture.hpp"
#include "flow/resolver.hpp"

namespace florin::flow {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

class PspAccountsTest : public ModificationTest {
protected:
    void configure(std::vector<PspAccount> accounts) { gateway.accounts.all = std::move(accounts); }
    void only_the_second_is_configured() { configure({account_at(second)}); }
    void both_are_configured() { configure({account_at(second), account_at(psp)}); }
    // What the payment's operations and their entries are on.
    std::vector<std::string> accounts_of(PaymentId payment) {
        std::vector<std::string> names;
        for (const auto& row : loop.wait_for(gateway.store.operations_of(payment, Deadline::after(kPatience)))) {
            names.push_back(row.attempt.psp_account);
        }
        for (const auto& row : loop.wait_for(gateway.store.ledger_of(payment, Deadline::after(kPatience)))) {
            if (row.account.starts_with("test:psp:"))
                names.push_back(row.account.substr(16, row.account.find(':', 16) - 16));
        }
        return names;
    }
    bool worker_until(const std::function<bool()>& holds) {
        gateway.start_worker();
        const bool held = eventually(holds);
        gateway.stop_worker();
        return held;
    }
    bool worker_alerts() {
        return worker_until(
            [&] { return metrics().find(R"({psp="stripe",why="account_lost"})") != std::string::npos; });
    }

    ScriptedPsp second{loop.io.get_executor(), "second"};
};

TEST_F(PspAccountsTest, a_payment_is_modified_at_its_own_account) {
    const auto held = authorized(100, true);
    const auto released = authorized(100);
    both_are_configured();
    ASSERT_EQ(gateway.send(capture("a", held, 60))->status, 200);
    ASSERT_EQ(gateway.send(refund("b", held, 20))->status, 200);
    ASSERT_EQ(gateway.send(release("c", released))->status, 200);
    EXPECT_THAT(second.calls, SizeIs(0));
    EXPECT_THAT(psp.calls, SizeIs(5));
    for (const auto payment : {held, released}) EXPECT_THAT(accounts_of(payment), Each("main"));
}

TEST_F(PspAccountsTest, a_new_payment_goes_to_the_first_account_of_its_mode_and_stays_there) {
    both_are_configured();
    const auto payment = sold();
    configure({account_at(psp), account_at(second)});
    ASSERT_EQ(gateway.send(refund("k", payment))->status, 200);
    EXPECT_THAT(psp.calls, SizeIs(0));
    EXPECT_THAT(accounts_of(payment), Each("second"));
}

TEST_F(PspAccountsTest, a_payment_that_begins_anew_elsewhere_belongs_there) {
    psp.answers = {refused_unsent()};
    ASSERT_EQ(gateway.send(command("k"))->status, 503);
    const auto payment = stored(gateway, "k").payment.id;
    EXPECT_EQ(read(gateway, payment).psp_account, "main");
    both_are_configured();
    ASSERT_EQ(gateway.send(command("k"))->status, 200);
    EXPECT_EQ(read(gateway, payment).psp_account, "second");
    ASSERT_EQ(gateway.send(refund("r", payment))->status, 200);
    EXPECT_THAT(psp.calls, SizeIs(1));
    EXPECT_THAT(second.calls, SizeIs(2));
}

TEST_F(PspAccountsTest, without_its_account_a_payment_is_not_modified_and_nothing_is_stored) {
    const auto held = authorized(), paid = sold();
    only_the_second_is_configured();
    for (const auto& command : {capture("a", held), release("b", held), refund("c", paid), refund("d", paid, 1'000)}) {
        const auto refused = gateway.send(command);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().error, Error::not_executed);
        EXPECT_THAT(refused.error().detail, HasSubstr("stripe:main"));
        EXPECT_TRUE(refused.error().retry_after_s);
    }
    EXPECT_THAT(second.calls, SizeIs(0));
    EXPECT_EQ(amounts(held), (payments::Amounts{.authorized = 100}));
    EXPECT_THAT(accounts_of(paid), SizeIs(3)) << "the sale and its two entries at the PSP";
    both_are_configured();
    EXPECT_EQ(gateway.send(capture("a", held))->status, 200) << "the key was not claimed";
}

TEST_F(PspAccountsTest, what_was_answered_is_answered_again_without_the_account) {
    const auto paid = sold();
    const auto answer = gateway.send(refund("k", paid, 40));
    only_the_second_is_configured();
    const auto again = gateway.send(refund("k", paid, 40));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->body, answer->body);
    EXPECT_TRUE(again->replayed);
}

TEST_F(PspAccountsTest, an_open_operation_of_a_lost_account_stays_open_and_alerts) {
    psp.answers = {unclear()};
    ASSERT_EQ(gateway.send(command("k"))->status, 202);
    end_leases();
    only_the_second_is_configured();
    EXPECT_TRUE(worker_alerts());
    EXPECT_FALSE(stored(gateway, "k").result);
    EXPECT_EQ(second.calls.size() + second.look_ups, 0U);
    both_are_configured();
    EXPECT_TRUE(worker_settles("k"));
    EXPECT_THAT(psp.calls, SizeIs(2));
}

TEST_F(PspAccountsTest, a_hold_of_a_lost_account_is_not_expired_and_alerts) {
    const auto payment = authorized();
    shift_database_clock("8 days");
    only_the_second_is_configured();
    EXPECT_TRUE(worker_alerts());
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100}));
    both_are_configured();
    EXPECT_TRUE(worker_until([&] { return read(gateway, payment).status == Status::expired; }));
    EXPECT_THAT(second.calls, SizeIs(0));
    EXPECT_THAT(accounts_of(payment), Each("main"));
}

TEST_F(PspAccountsTest, a_refund_of_a_lost_account_is_watched_on_and_alerts) {
    psp.table.refund_looks = {Milliseconds(60'000), Milliseconds(120'000)};
    const auto payment = sold();
    ASSERT_EQ(gateway.send(refund("k", payment))->status, 200);
    shift_database_clock("90 s");
    only_the_second_is_configured();
    EXPECT_TRUE(worker_alerts());
    psp.reads = {refused_by_state("refund_failed")};
    both_are_configured();
    EXPECT_TRUE(worker_until([&] { return amounts(payment).refunded == 0; }));
    EXPECT_THAT(second.read_calls, SizeIs(0));
    EXPECT_THAT(accounts_of(payment), Each("main"));
}

// The modes' accounts may have one name; a key of test mode sees nothing of live payments.
TEST_F(PspAccountsTest, an_account_takes_only_what_is_of_its_mode) {
    ScriptedPsp live(loop.io.get_executor());
    configure({account_at(psp), account_at(live, true)});
    live.table.refund_looks = {Milliseconds(1), Milliseconds(3'600'000)};
    const auto of_live = [](Command command) {
        command.credential.live = true;
        command.request_id =
            RequestId::make(SystemClock().now(), bucket_of(command.credential.merchant->id.uuid()), true);
        return command;
    };
    ASSERT_EQ(gateway.send(of_live(hold("held")))->status, 200);
    live.answers = {unclear()};
    ASSERT_EQ(gateway.send(of_live(command("open")))->status, 202);
    end_leases();
    shift_database_clock("8 days");
    const auto pass = [&](const PspAccount& account) {
        Resolver resolver(gateway.services, account);
        DutyLoop expiry(gateway.services, account, kExpiry);
        for (int i = 0; i < 2; ++i) {
            loop.wait_for(resolver.pass());
            loop.wait_for(expiry.pass());
            loop.wait_for(resolver.finish());
            loop.wait_for(expiry.finish());
        }
    };
    pass(gateway.accounts.all.front());
    EXPECT_EQ(psp.calls.size() + psp.look_ups, 0U);
    pass(gateway.accounts.all.back());
    EXPECT_EQ(live.look_ups, 1U) << "the time in which it may be sent has passed";
    EXPECT_THAT(live.calls, Contains(testing::Field(&psp::Call::kind, OperationKind::expire)));
}

}  // namespace
}  // namespace florin::flow
