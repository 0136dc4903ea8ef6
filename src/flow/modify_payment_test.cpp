#include <gmock/gmock.h>

#include "flow/modification_fixture.hpp"

namespace florin::flow {
namespace {

using testing::HasSubstr;

class ModifyPaymentTest : public ModificationTest {};

TEST_F(ModifyPaymentTest, what_is_stored_is_answered_byte_for_byte_whatever_came_after_it) {
    const auto create = gateway.send(hold("create"));
    const auto payment = stored(gateway, "create").payment.id;
    const auto refused = gateway.send(refund("too-early", payment, 10));
    const auto captured = gateway.send(capture("capture", payment, 600));
    const auto refunded = gateway.send(refund("refund", payment, 100));
    ASSERT_TRUE(create && refused && captured && refunded);
    EXPECT_EQ(refused->status, 422);
    const auto calls = psp.calls.size();
    EXPECT_EQ(gateway.send(hold("create"))->body, create->body);
    EXPECT_EQ(gateway.send(refund("too-early", payment, 10))->body, refused->body);
    EXPECT_EQ(gateway.send(capture("capture", payment, 600))->body, captured->body);
    const auto again = gateway.send(refund("refund", payment, 100));
    EXPECT_EQ(again->body, refunded->body);
    EXPECT_EQ(again->status, 200);
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(psp.calls.size(), calls);
}

TEST_F(ModifyPaymentTest, a_part_capture_that_is_final_releases_the_rest_in_the_same_commits) {
    const auto payment = authorized(100);
    psp.hold_next();
    const auto pending = gateway.begin(capture("k", payment, 60));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 2; }));
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .capturing = 60, .voiding = 40}));
    EXPECT_TRUE(psp.calls.back().parameters.final);
    psp.release();
    ASSERT_TRUE(loop.until([&] { return pending->is_done(); }));
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 60, .voided = 40}));
    EXPECT_EQ(debits(gateway, payment, "authorization"), 100);
    EXPECT_EQ(debits(gateway, payment, "release"), 100);
    EXPECT_EQ(debits(gateway, payment, "capture"), 60);
}

TEST_F(ModifyPaymentTest, several_captures_are_taken_where_they_are_granted_and_a_void_takes_the_rest) {
    const auto payment = authorized(100, true);
    EXPECT_EQ(gateway.send(capture("a", payment, 30))->status, 200);
    EXPECT_EQ(gateway.send(capture("b", payment, 20))->status, 200);
    EXPECT_EQ(gateway.send(capture("too-much", payment, 51))->status, 422);
    EXPECT_EQ(gateway.send(release("rest", payment))->status, 200);
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 50, .voided = 50}));
    EXPECT_EQ(debits(gateway, payment, "release"), 100);
    EXPECT_EQ(psp.calls.size(), 4U);
}

TEST_F(ModifyPaymentTest, the_call_names_the_payment_at_the_psp_and_the_operation) {
    const auto payment = authorized();
    ASSERT_EQ(gateway.send(capture("k", payment))->status, 200);
    const auto& call = psp.calls.back();
    EXPECT_EQ(call.kind, OperationKind::capture);
    EXPECT_EQ(call.payment_reference, read(gateway, payment).psp_reference);
    EXPECT_EQ(call.payment_amount, Money(100, kEur));
    EXPECT_EQ(call.amount, Money(100, kEur));
    EXPECT_EQ(call.operation, stored(gateway, "k").attempt.operation);
    EXPECT_NE(call.operation, psp.calls.front().operation);
}

TEST_F(ModifyPaymentTest, a_refusal_by_settled_amounts_is_stored_and_never_reaches_the_psp) {
    const auto payment = authorized();
    const auto calls = psp.calls.size();
    const auto refused = gateway.send(refund("k", payment));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 422);
    EXPECT_FALSE(refused->replayed);
    EXPECT_THAT(refused->body, HasSubstr("operation_not_allowed"));
    ASSERT_EQ(gateway.send(capture("c", payment))->status, 200);
    const auto again = gateway.send(refund("k", payment));
    EXPECT_EQ(again->status, 422);
    EXPECT_EQ(again->body, refused->body);
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(psp.calls.size(), calls + 1);
    EXPECT_EQ(gateway.send(refund("new-key", payment))->status, 200);
}

TEST_F(ModifyPaymentTest, a_request_that_only_an_open_one_blocks_stores_nothing_and_its_key_works_later) {
    const auto payment = authorized();
    psp.answers = {declined("pi_x")};
    psp.hold_next();
    const auto first = gateway.begin(capture("first", payment));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 2; }));
    const auto blocked = gateway.send(release("k", payment));
    ASSERT_FALSE(blocked);
    EXPECT_EQ(blocked.error().error, Error::conflict);
    EXPECT_GT(blocked.error().retry_after_s, 0);
    EXPECT_FALSE(loop.wait_for(gateway.store.find_by_key(merchant.id, false, "k", Deadline::after(kPatience))));
    psp.release();
    ASSERT_TRUE(loop.until([&] { return first->is_done(); }));
    const auto later = gateway.send(release("k", payment));
    ASSERT_TRUE(later);
    EXPECT_EQ(later->status, 200) << later->body;
    EXPECT_EQ(amounts(payment).voided, 100);
}

TEST_F(ModifyPaymentTest, a_repeat_of_what_blocks_it_is_its_own_answer_and_no_409) {
    const auto payment = authorized();
    psp.hold_next();
    const auto first = gateway.begin(release("void", payment));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 2; }));
    Gateway other(loop, psp, quick_options());
    const auto repeat = other.begin(release("void", payment));
    psp.release();
    ASSERT_TRUE(loop.until([&] { return first->is_done() && repeat->is_done(); }));
    ASSERT_TRUE(repeat->answer && *repeat->answer);
    EXPECT_EQ((*repeat->answer)->body, (*first->answer)->body);
    EXPECT_EQ(psp.calls.size(), 2U);
}

TEST_F(ModifyPaymentTest, another_request_under_the_key_is_refused_and_the_field_named_where_there_is_one) {
    const auto payment = sold();
    ASSERT_EQ(gateway.send(refund("k", payment, 10))->status, 200);
    const auto other_amount = gateway.send(refund("k", payment, 20));
    ASSERT_FALSE(other_amount);
    EXPECT_EQ(other_amount.error().error, Error::idempotency_key_reused);
    EXPECT_EQ(other_amount.error().pointer, "/amount");
    const auto other_path = gateway.send(refund("k", sold(), 10));
    ASSERT_FALSE(other_path);
    EXPECT_EQ(other_path.error().pointer, "");
    const auto a_create = gateway.send(command("k", 10));
    ASSERT_FALSE(a_create);
    EXPECT_EQ(a_create.error().error, Error::idempotency_key_reused);
    EXPECT_EQ(amounts(payment).refunded, 10);
}

TEST_F(ModifyPaymentTest, another_request_than_the_one_that_was_refused_is_told_where_it_differs) {
    const auto held = authorized(100), paid = sold(100);
    const auto ask_for = [&](PaymentId payment, payments::ModificationRequest request) {
        request.amount = 1'000;
        return modify(gateway, "of " + to_string(payment), payment, std::move(request));
    };
    const auto final = [](bool is_final) {
        return payments::ModificationRequest{.kind = OperationKind::capture, .final = is_final};
    };
    const auto because = [](std::string reason) {
        return payments::ModificationRequest{.kind = OperationKind::refund, .reason = std::move(reason)};
    };
    ASSERT_EQ(gateway.send(ask_for(held, final(true)))->status, 422);
    ASSERT_EQ(gateway.send(ask_for(paid, because("one")))->status, 422);
    EXPECT_EQ(gateway.send(ask_for(held, final(false))).error().pointer, "/final");
    EXPECT_EQ(gateway.send(ask_for(paid, because("other"))).error().pointer, "/reason");
    EXPECT_EQ(gateway.send(ask_for(paid, because("one")))->status, 422);
    psp.calls.clear();
    auto amount = ask_for(held, final(true));
    std::get<Modification>(amount.request).request.amount = 999;
    amount.fingerprint = sha256("another");
    EXPECT_EQ(gateway.send(std::move(amount)).error().pointer, "/amount");
    EXPECT_TRUE(psp.calls.empty());
}

TEST_F(ModifyPaymentTest, after_not_executed_the_same_key_opens_the_next_attempt_and_reserves_again) {
    for (const auto kind : {OperationKind::capture, OperationKind::void_, OperationKind::refund}) {
        const auto payment = payment_for(kind);
        const auto key = next_key();
        psp.answers = {refused_unsent()};
        ASSERT_EQ(gateway.send(ask(kind, key, payment))->status, 503);
        psp.hold_next();
        const auto calls = psp.calls.size();
        const auto repeat = gateway.begin(ask(kind, key, payment));
        ASSERT_TRUE(loop.until([&] { return psp.calls.size() == calls + 1; }));
        const auto open = amounts(payment);
        EXPECT_EQ(open.capturing + open.voiding + open.refunding, 100);
        EXPECT_EQ(psp.calls.back().attempt, 2);
        EXPECT_EQ(psp.calls.back().operation, psp.calls[calls - 1].operation);
        psp.release();
        ASSERT_TRUE(loop.until([&] { return repeat->is_done(); }));
        EXPECT_EQ((*repeat->answer)->status, 200) << (*repeat->answer)->body;
        EXPECT_EQ(gateway.send(ask(kind, key, payment))->body, (*repeat->answer)->body);
    }
}

TEST_F(ModifyPaymentTest, a_repeat_after_not_executed_is_refused_for_ever_when_another_took_the_amount) {
    const auto payment = sold();
    psp.answers = {refused_unsent()};
    ASSERT_EQ(gateway.send(refund("k", payment, 60))->status, 503);
    ASSERT_EQ(gateway.send(refund("other", payment, 50))->status, 200);
    const auto refused = gateway.send(refund("k", payment, 60));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 422);
    const auto after = stored(gateway, "k");
    EXPECT_EQ(after.attempt.number, 2);
    EXPECT_EQ(after.result->outcome, Outcome::declined);
    EXPECT_EQ(after.result->body, refused->body);
    EXPECT_EQ(amounts(payment).refunded, 50);
    EXPECT_EQ(gateway.send(refund("k", payment, 60))->body, refused->body);
}

TEST_F(ModifyPaymentTest, of_many_repeats_that_are_refused_one_is_stored_and_all_answer_it) {
    const auto payment = sold();
    psp.answers = {refused_unsent()};
    ASSERT_EQ(gateway.send(refund("k", payment, 60))->status, 503);
    ASSERT_EQ(gateway.send(refund("other", payment, 50))->status, 200);
    Gateway second{loop, psp, quick_options()};
    std::vector<decltype(gateway.begin(refund("k", payment, 60)))> repeats;
    for (int i = 0; i < 10; ++i) repeats.push_back((i % 2 ? gateway : second).begin(refund("k", payment, 60)));
    for (auto& repeat : repeats) {
        ASSERT_TRUE(loop.until([&] { return repeat->is_done(); }));
        ASSERT_TRUE(*repeat->answer);
        EXPECT_EQ((*repeat->answer)->status, 422) << (*repeat->answer)->body;
        EXPECT_EQ((*repeat->answer)->body, (*repeats.front()->answer)->body);
    }
    EXPECT_EQ(stored(gateway, "k").attempt.number, 2);
}

TEST_F(ModifyPaymentTest, a_repeat_after_not_executed_waits_while_an_open_one_holds_the_amount) {
    const auto payment = sold();
    psp.answers = {refused_unsent(), unclear()};
    ASSERT_EQ(gateway.send(refund("k", payment, 60))->status, 503);
    ASSERT_EQ(gateway.send(refund("other", payment, 50))->status, 202);
    const auto blocked = gateway.send(refund("k", payment, 60));
    ASSERT_FALSE(blocked);
    EXPECT_EQ(blocked.error().error, Error::conflict);
    end_leases();
    psp.answers = {declined("re_" + to_string(payment))};
    EXPECT_EQ(gateway.send(refund("k", payment, 60))->status, 200);
    EXPECT_EQ(amounts(payment).refunded, 60);
}

TEST_F(ModifyPaymentTest, what_is_open_and_may_be_taken_is_settled_before_the_next_operation_is_answered) {
    const auto payment = sold();
    psp.answers = {unclear()};
    ASSERT_EQ(gateway.send(refund("open", payment, 60))->status, 202);
    const auto blocked = gateway.send(refund("k", payment, 60));
    ASSERT_FALSE(blocked);
    EXPECT_EQ(blocked.error().error, Error::conflict);
    end_leases();
    const auto after = gateway.send(refund("k", payment, 60));
    ASSERT_TRUE(after);
    EXPECT_EQ(after->status, 422) << after->body;  // the open one succeeded: only 40 are left
    EXPECT_EQ(gateway.send(refund("open", payment, 60))->status, 200);
    EXPECT_EQ(amounts(payment).refunded, 60);
}

TEST_F(ModifyPaymentTest, a_payment_whose_creation_is_open_is_settled_first_too) {
    psp.answers = {unclear()};
    ASSERT_EQ(gateway.send(hold("create", 100))->status, 202);
    const auto payment = stored(gateway, "create").payment.id;
    const auto blocked = gateway.send(capture("k", payment));
    ASSERT_FALSE(blocked);
    EXPECT_EQ(blocked.error().error, Error::conflict);
    end_leases();
    const auto captured = gateway.send(capture("k", payment));
    ASSERT_TRUE(captured);
    EXPECT_EQ(captured->status, 200) << captured->body;
}

TEST_F(ModifyPaymentTest, who_was_told_409_while_the_open_one_was_asked_for_finds_nothing_done_later) {
    const auto payment = sold();
    psp.answers = {unclear()};
    ASSERT_EQ(gateway.send(refund("open", payment, 60))->status, 202);
    end_leases();
    auto impatient = quick_options();
    impatient.answer_within = Milliseconds{2'000};
    Gateway other(loop, psp, impatient);
    psp.answers = {declined("re_" + to_string(payment))};
    psp.hold_next();
    const auto told = other.send(refund("k", payment, 60));
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().error, Error::conflict);
    psp.release();
    loop.wait_for(other.operations.drain(Deadline::after(kPatience)));
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100}));
    EXPECT_FALSE(loop.wait_for(gateway.store.find_by_key(merchant.id, false, "k", Deadline::after(kPatience))));
    EXPECT_EQ(gateway.send(refund("k", payment, 60))->status, 200);
}

TEST_F(ModifyPaymentTest, a_drain_waits_for_modifications_and_refuses_new_ones) {
    const auto payment = authorized();
    psp.hold_next();
    const auto first = gateway.begin(capture("k", payment));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 2; }));
    bool is_drained = false;
    boost::asio::co_spawn(loop.io, gateway.operations.drain(Deadline::after(kPatience)),
                          [&](std::exception_ptr) { is_drained = true; });
    std::optional<Checked<Answer>> refused;
    ASSERT_TRUE(loop.until([&] {
        refused = gateway.send(refund("later", payment));
        return !*refused && refused->error().error == Error::shutting_down;
    }));
    EXPECT_FALSE(is_drained);
    psp.release();
    ASSERT_TRUE(loop.until([&] { return is_drained && first->is_done(); }));
    EXPECT_EQ((*first->answer)->status, 200);
}

TEST_F(ModifyPaymentTest, operations_are_counted_by_kind) {
    const auto payment = authorized();
    ASSERT_EQ(gateway.send(capture("k", payment))->status, 200);
    EXPECT_THAT(metrics(), HasSubstr(R"(florin_operations_total{kind="authorize",outcome="approved",psp="stripe"} 1)"));
    EXPECT_THAT(metrics(), HasSubstr(R"(florin_operations_total{kind="capture",outcome="approved",psp="stripe"} 1)"));
}

TEST_F(ModifyPaymentTest, a_refused_release_alerts_for_it_contradicts_the_books) {
    const auto payment = authorized();
    psp.answers = {refused_by_state("already_captured")};
    ASSERT_EQ(gateway.send(release("k", payment))->status, 422);
    EXPECT_THAT(metrics(), HasSubstr("release_refused"));
    EXPECT_EQ(read(gateway, payment).status, Status::authorized);
}

}  // namespace
}  // namespace florin::flow
