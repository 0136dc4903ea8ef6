// Operations on one payment that arrive together, in two processes: one legal winner, or the legal sum.
#include "flow/modification_fixture.hpp"

namespace florin::flow {
namespace {

class RacesTest : public ModificationTest {
protected:
    Gateway other{loop, psp, quick_options()};

    using Answers = std::vector<std::shared_ptr<Pending>>;
    Gateway& one_of_two(std::size_t index) { return index % 2 == 0 ? gateway : other; }
    void wait_for(const Answers& answers) {
        ASSERT_TRUE(
            loop.until([&] { return std::ranges::all_of(answers, [](const auto& one) { return one->is_done(); }); }));
        for (const auto& one : answers) ASSERT_TRUE(one->answer);
    }
    static int status_of(const std::shared_ptr<Pending>& one) {
        if (*one->answer) return (*one->answer)->status;
        return one->answer->error().error == Error::conflict ? 409 : 0;
    }
    static long count(const Answers& answers, int status) {
        return std::ranges::count_if(answers, [&](const auto& one) { return status_of(one) == status; });
    }
    // Two commands at once; how often each of the two ended well.
    std::pair<int, int> race(Command first, Command second) {
        const Answers both{gateway.begin(std::move(first)), other.begin(std::move(second))};
        wait_for(both);
        for (const auto& one : both) {
            EXPECT_TRUE(status_of(one) == 200 || status_of(one) == 409 || status_of(one) == 422) << status_of(one);
        }
        return {status_of(both[0]) == 200, status_of(both[1]) == 200};
    }
    void expect_settled(PaymentId payment) {
        const auto now = amounts(payment);
        EXPECT_EQ(now.capturing + now.refunding + now.voiding, 0);
        EXPECT_TRUE(loop.wait_for(gateway.store.open_of(payment, Deadline::after(kPatience))).empty());
    }
};

TEST_F(RacesTest, of_64_refunds_of_10_on_100_ten_are_paid) {
    const auto payment = sold(100);
    Answers answers;
    for (std::size_t i = 0; i < 64; ++i) {
        answers.push_back(one_of_two(i).begin(refund("race-" + std::to_string(i), payment, 10)));
    }
    wait_for(answers);
    EXPECT_EQ(count(answers, 200), 10);
    EXPECT_EQ(count(answers, 200) + count(answers, 422) + count(answers, 409), 64);
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100, .refunded = 100}));
    EXPECT_EQ(read(gateway, payment).status, Status::refunded);
    EXPECT_EQ(debits(gateway, payment, "refund"), 100);
    EXPECT_EQ(psp.calls.size(), 11U);
    expect_settled(payment);
}

TEST_F(RacesTest, who_was_told_409_gets_the_final_answer_under_the_same_key) {
    const auto payment = sold(100);
    Answers answers;
    for (std::size_t i = 0; i < 20; ++i) {
        answers.push_back(one_of_two(i).begin(refund("race-" + std::to_string(i), payment, 10)));
    }
    wait_for(answers);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto again = gateway.send(refund("race-" + std::to_string(i), payment, 10));
        ASSERT_TRUE(again);
        EXPECT_EQ(again->status, status_of(answers[i]) == 200 ? 200 : 422);
    }
    EXPECT_EQ(amounts(payment).refunded, 100);
}

TEST_F(RacesTest, one_key_for_a_refund_is_one_refund_in_any_number_of_processes) {
    const auto payment = sold(100);
    Answers answers;
    for (std::size_t i = 0; i < 32; ++i) answers.push_back(one_of_two(i).begin(refund("k", payment, 60)));
    wait_for(answers);
    for (const auto& one : answers) {
        ASSERT_TRUE(*one->answer);
        EXPECT_EQ((*one->answer)->status, 200);
        EXPECT_EQ((*one->answer)->body, (*answers.front()->answer)->body);
    }
    EXPECT_EQ(amounts(payment).refunded, 60);
    EXPECT_EQ(psp.calls.size(), 2U);
}

TEST_F(RacesTest, of_two_captures_that_are_final_one_wins) {
    const auto payment = authorized(100);
    const auto won = race(capture("a", payment, 60), capture("b", payment, 60));
    EXPECT_EQ(won.first + won.second, 1);
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 60, .voided = 40}));
    EXPECT_EQ(debits(gateway, payment, "release"), 100);
    expect_settled(payment);
}

TEST_F(RacesTest, captures_overlap_within_what_is_held_where_several_are_granted) {
    const auto payment = authorized(100, true);
    const auto won = race(capture("a", payment, 40), capture("b", payment, 50));
    EXPECT_EQ(won, std::pair(1, 1));
    const auto beyond = race(capture("c", payment, 10), capture("d", payment, 10));
    EXPECT_EQ(beyond.first + beyond.second, 1);
    EXPECT_EQ(amounts(payment).captured, 100);
    expect_settled(payment);
}

TEST_F(RacesTest, of_a_capture_and_a_void_one_wins) {
    const auto payment = authorized(100);
    const auto won = race(capture("a", payment), release("b", payment));
    EXPECT_EQ(won.first + won.second, 1);
    const auto now = amounts(payment);
    EXPECT_EQ(now.captured, won.first * 100);
    EXPECT_EQ(now.voided, won.second * 100);
    expect_settled(payment);
}

TEST_F(RacesTest, a_void_of_the_rest_and_a_refund_do_not_disturb_each_others_amounts) {
    const auto payment = authorized(100, true);
    ASSERT_EQ(gateway.send(capture("capture", payment, 60))->status, 200);
    const auto won = race(release("a", payment), refund("b", payment, 20));
    EXPECT_GE(won.first + won.second, 1);
    const auto now = amounts(payment);
    EXPECT_EQ(now.voided, won.first * 40);
    EXPECT_EQ(now.refunded, won.second * 20);
    EXPECT_EQ(debits(gateway, payment, "release"), 60 + now.voided);
    expect_settled(payment);
}

}  // namespace
}  // namespace florin::flow
