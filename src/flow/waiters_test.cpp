// Sessions that cannot wait as long as the PSP takes.
#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

class ImpatientTest : public FlowTest {
protected:
    // Also what a commit may take, on a busy machine too.
    static FlowOptions answering_within(Milliseconds time) {
        auto options = quick_options();
        options.answer_within = time;
        return options;
    }
    Gateway gateway{loop, psp, quick_options()};
};

TEST_F(ImpatientTest, who_waits_gets_202_in_time_and_later_the_answer) {
    Gateway impatient(loop, psp, answering_within(Milliseconds{2'000}));
    psp.hold_next();
    const auto first = impatient.begin(command("k"));
    const auto second = impatient.begin(command("k"));
    ASSERT_TRUE(loop.until([&] { return first->is_done() && second->is_done(); }));
    for (const auto& one : {first, second}) {
        ASSERT_TRUE(one->answer && *one->answer);
        EXPECT_EQ((*one->answer)->status, 202);
        EXPECT_NE((*one->answer)->body.find(R"("status":"pending")"), std::string::npos);
        EXPECT_NE((*one->answer)->body.find(to_string(psp.calls[0].payment)), std::string::npos);
    }
    psp.release();
    ASSERT_TRUE(eventually_settled(gateway, "k"));
    EXPECT_EQ(gateway.send(command("k"))->status, 200);
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(ImpatientTest, before_a_202_leaves_the_stored_result_is_read_once_more) {
    Gateway owner(loop, psp, answering_within(Milliseconds{4'000}));
    psp.hold_next();
    const auto first = owner.begin(command("k"));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    end_leases();
    const auto adopted = gateway.send(command("k"));
    ASSERT_EQ(adopted->status, 200);
    ASSERT_TRUE(loop.until([&] { return first->is_done(); }));
    ASSERT_TRUE(first->answer && *first->answer);
    EXPECT_EQ((*first->answer)->status, 200);
    EXPECT_EQ((*first->answer)->body, adopted->body);
}

TEST_F(ImpatientTest, a_full_queue_is_503_and_claims_nothing) {
    store::StoreOptions no_room;
    no_room.queue = 0;
    Gateway full(loop, psp, quick_options(), no_room);
    const auto refused = full.send(command("k"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error, Error::overloaded);
    EXPECT_GT(refused.error().retry_after_s, 0);
    EXPECT_TRUE(psp.calls.empty());
    EXPECT_EQ(gateway.send(command("k"))->status, 200);
}

}  // namespace
}  // namespace florin::flow
