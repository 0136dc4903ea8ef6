#include <boost/asio/bind_cancellation_slot.hpp>
#include <set>

#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

class CreatePaymentTest : public FlowTest {
protected:
    Gateway gateway{loop, psp, quick_options()};
};

TEST_F(CreatePaymentTest, an_approved_sale_is_booked_and_replayed_byte_for_byte) {
    const auto first = gateway.send(command("k"));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->status, 200);
    EXPECT_FALSE(first->replayed);
    EXPECT_NE(first->body.find(R"("status":"captured")"), std::string::npos) << first->body;

    const auto again = gateway.send(command("k"));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->status, 200);
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->body, first->body);
    EXPECT_EQ(psp.calls.size(), 1U);

    const auto payment = stored(gateway, "k").payment.id;
    const auto ledger = loop.wait_for(gateway.store.ledger_of(payment, Deadline::after(kPatience)));
    std::int64_t sum = 0;
    for (const auto& row : ledger) sum += row.amount;
    EXPECT_EQ(ledger.size(), 4U);
    EXPECT_EQ(sum, 0);
}

TEST_F(CreatePaymentTest, ids_carry_the_merchants_bucket_and_the_mode) {
    ASSERT_TRUE(gateway.send(command("k")));
    const auto found = stored(gateway, "k");
    for (const auto& id : {found.payment.id.uuid(), found.attempt.operation.uuid()}) {
        EXPECT_EQ(bucket_of(id).value, bucket_of(merchant.id.uuid()).value);
        EXPECT_FALSE(is_live(id));
    }
}

TEST_F(CreatePaymentTest, a_decline_is_a_402_for_ever) {
    psp.answers = {declined("pi_declined_1")};
    const auto first = gateway.send(command("k"));
    const auto again = gateway.send(command("k"));
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->status, 402);
    EXPECT_EQ(again->body, first->body);
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(CreatePaymentTest, a_refusal_before_any_byte_is_503_and_the_same_key_opens_the_next_attempt) {
    psp.answers = {refused_unsent(), refused_unsent()};
    for (int i = 0; i < 2; ++i) {
        const auto refused = gateway.send(command("k"));
        ASSERT_TRUE(refused);
        EXPECT_EQ(refused->status, 503);
        EXPECT_GT(refused->retry_after_s, 0);
    }
    const auto retried = gateway.send(command("k"));
    ASSERT_TRUE(retried);
    EXPECT_EQ(retried->status, 200);
    ASSERT_EQ(psp.calls.size(), 3U);
    EXPECT_EQ(psp.calls[2].attempt, 3);
    EXPECT_EQ(psp.calls[2].operation, psp.calls[0].operation);
    EXPECT_EQ(psp.calls[2].payment, psp.calls[0].payment);
}

TEST_F(CreatePaymentTest, repeats_at_once_after_a_503_open_one_attempt_and_all_get_its_answer) {
    psp.answers = {refused_unsent()};
    ASSERT_EQ(gateway.send(command("k"))->status, 503);
    Gateway other(loop, psp, quick_options());
    const auto one = gateway.begin(command("k"));
    const auto two = other.begin(command("k"));
    ASSERT_TRUE(loop.until([&] { return one->is_done() && two->is_done(); }));
    ASSERT_TRUE(one->answer && *one->answer && two->answer && *two->answer);
    EXPECT_EQ((*one->answer)->status, 200);
    EXPECT_EQ((*one->answer)->body, (*two->answer)->body);
    EXPECT_EQ(psp.calls.size(), 2U);
}

TEST_F(CreatePaymentTest, a_thousand_parallel_requests_with_one_key_are_one_call_and_one_answer) {
    psp.hold_next();
    std::vector<std::shared_ptr<Pending>> all;
    for (int i = 0; i < 1'000; ++i) all.push_back(gateway.begin(command("k")));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    psp.release();
    ASSERT_TRUE(loop.until([&] { return std::ranges::all_of(all, [](const auto& one) { return one->is_done(); }); }));
    std::set<std::string> bodies;
    for (const auto& one : all) {
        ASSERT_TRUE(one->answer && *one->answer);
        EXPECT_EQ((*one->answer)->status, 200);
        bodies.insert((*one->answer)->body);
    }
    EXPECT_EQ(bodies.size(), 1U);
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(CreatePaymentTest, another_request_under_the_key_is_refused_and_the_field_named) {
    psp.hold_next();
    const auto first = gateway.begin(command("k", 1000));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    const auto while_open = gateway.send(command("k", 2000));
    psp.release();
    ASSERT_TRUE(loop.until([&] { return first->is_done(); }));
    const auto after = gateway.send(command("k", 2000));
    for (const auto& refused : {while_open, after}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().error, Error::idempotency_key_reused);
        EXPECT_EQ(refused.error().pointer, "/amount");
    }
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(CreatePaymentTest, the_right_request_is_answered_also_while_a_wrong_one_asks_for_the_same_key) {
    const auto first = gateway.send(command("k", 1000));
    const auto wrong = gateway.begin(command("k", 2000));
    const auto right = gateway.begin(command("k", 1000));
    ASSERT_TRUE(loop.until([&] { return wrong->is_done() && right->is_done(); }));
    ASSERT_TRUE(wrong->answer && right->answer);
    EXPECT_FALSE(*wrong->answer);
    ASSERT_TRUE(*right->answer);
    EXPECT_EQ((*right->answer)->body, first->body);
}

TEST_F(CreatePaymentTest, the_same_key_of_the_other_merchant_is_another_payment) {
    const auto mine = gateway.send(command("k"));
    const auto me = merchant;
    merchant = new_merchant("Other");
    const auto theirs = gateway.send(command("k"));
    ASSERT_TRUE(mine && theirs);
    EXPECT_NE(mine->body, theirs->body);
    EXPECT_EQ(psp.calls.size(), 2U);
}

TEST_F(CreatePaymentTest, a_client_that_hangs_up_cancels_nothing) {
    psp.hold_next();
    boost::asio::cancellation_signal hang_up;
    bool is_gone = false;
    boost::asio::co_spawn(loop.io, gateway.operations.run(command("k")),
                          boost::asio::bind_cancellation_slot(
                              hang_up.slot(), [&](std::exception_ptr, Checked<Answer>) { is_gone = true; }));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    hang_up.emit(boost::asio::cancellation_type::terminal);
    ASSERT_TRUE(loop.until([&] { return is_gone; }));
    psp.release();
    ASSERT_TRUE(eventually_settled(gateway, "k"));
    EXPECT_EQ(stored(gateway, "k").result->http_status, 200);
}

TEST_F(CreatePaymentTest, another_process_waits_for_the_answer_and_gives_the_same_bytes) {
    Gateway other(loop, psp, quick_options());
    psp.hold_next();
    const auto first = gateway.begin(command("k"));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    const auto second = other.begin(command("k"));
    psp.release();
    ASSERT_TRUE(loop.until([&] { return first->is_done() && second->is_done(); }));
    ASSERT_TRUE(first->answer && *first->answer && second->answer && *second->answer);
    EXPECT_EQ((*first->answer)->body, (*second->answer)->body);
    EXPECT_TRUE((*second->answer)->replayed);
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(CreatePaymentTest, a_drained_process_refuses_new_work_after_its_tasks_have_ended) {
    psp.hold_next();
    const auto first = gateway.begin(command("k"));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    bool is_drained = false;
    boost::asio::co_spawn(loop.io, gateway.operations.drain(Deadline::after(kPatience)),
                          [&](std::exception_ptr) { is_drained = true; });
    std::optional<Checked<Answer>> refused;
    ASSERT_TRUE(loop.until([&] {
        refused = gateway.send(command("later"));
        return !*refused;
    }));
    EXPECT_EQ(refused->error().error, Error::shutting_down);
    EXPECT_FALSE(is_drained);
    psp.release();
    ASSERT_TRUE(loop.until([&] { return is_drained && first->is_done(); }));
    EXPECT_EQ((*first->answer)->status, 200);
}

TEST_F(CreatePaymentTest, a_mode_without_a_psp_account_is_refused_before_anything_is_claimed) {
    auto live = command("k");
    live.credential.live = true;
    const auto refused = gateway.send(std::move(live));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error, Error::not_executed);
}

TEST_F(CreatePaymentTest, what_is_stored_is_replayed_also_when_the_psp_account_is_no_longer_configured) {
    psp.answers = {refused_unsent()};
    const auto refused = gateway.send(command("refused"));
    const auto paid = gateway.send(command("paid"));
    gateway.accounts.all.clear();
    EXPECT_EQ(gateway.send(command("paid"))->body, paid->body);
    EXPECT_EQ(gateway.send(command("refused"))->body, refused->body);
    EXPECT_EQ(psp.calls.size(), 2U);
}

TEST_F(CreatePaymentTest, a_repeat_while_the_payer_must_act_reads_the_object_and_gives_the_address_at_once) {
    const auto must_act = action_required("pi_" + to_string(merchant.id), "https://bank.example/3ds");
    psp.answers = {must_act};
    psp.reads = {must_act, approved(*must_act.reference)};
    const auto first = gateway.send(command("k"));
    const auto patience = Deadline::after(quick_options().answer_within);
    const auto again = gateway.send(command("k"));
    ASSERT_TRUE(first && again);
    EXPECT_EQ(again->status, 202);
    EXPECT_EQ(again->body, first->body);
    EXPECT_FALSE(patience.passed());
    EXPECT_EQ(gateway.send(command("k"))->status, 200);
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(CreatePaymentTest, a_reference_that_another_operation_holds_settles_nothing_and_alerts) {
    const auto reference = "pi_" + to_string(merchant.id);
    psp.answers = {approved(reference), approved(reference)};
    ASSERT_EQ(gateway.send(command("first"))->status, 200);
    const auto second = gateway.send(command("second"));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->status, 202);
    EXPECT_FALSE(stored(gateway, "second").result);
    EXPECT_NE(gateway.metrics.render().find("reference_taken"), std::string::npos);
}

TEST_F(CreatePaymentTest, an_outcome_is_written_although_every_connection_was_lost_during_the_call) {
    psp.hold_next();
    const auto first = gateway.begin(command("k"));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    Database::shared().run(
        "select count(pg_terminate_backend(pid))::text from pg_stat_activity "
        "where usename = 'florin_app'");
    psp.release();
    ASSERT_TRUE(loop.until([&] { return first->is_done(); }));
    ASSERT_TRUE(first->answer && *first->answer);
    EXPECT_EQ((*first->answer)->status, 200);
}

}  // namespace
}  // namespace florin::flow
