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
    using Connection = std::unique_ptr<postgres::Connection>;
    // A transaction of somebody else that stands in the way until finish().
    Connection in_the_way(const std::string& sql) {
        auto connection = loop.wait_for(postgres::Connection::open(
            loop.io.get_executor(), Database::shared().application(), Deadline::after(kPatience)));
        loop.wait_for(connection->run("begin; " + sql, Deadline::after(kPatience)));
        return connection;
    }
    Connection claiming(const std::string& key) {
        return in_the_way("insert into idempotency_keys select '" + to_string(merchant.id.uuid()) + "', false, '" +
                          key + "', gen_random_uuid(), gen_random_uuid(), '', florin_now()");
    }
    void finish(const Connection& other) { loop.wait_for(other->run("rollback", Deadline::after(kPatience))); }
    bool soon(const std::function<bool()>& holds) {
        const auto limit = Deadline::after(kPatience);
        while (!holds() && !limit.passed()) loop.wait_for(pause(loop.io.get_executor(), Milliseconds{20}));
        return holds();
    }
    void pass(Milliseconds time) {
        const auto end = Deadline::after(time);
        loop.until([&] { return end.passed(); });
    }
    static bool somebody_waits() {
        return Database::shared().run("select count(*)::text from pg_locks where not granted") != "0";
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

// Rules 17 and 19
TEST_F(ImpatientTest, while_nobody_knows_whether_the_intent_is_stored_no_202_leaves_and_nothing_is_sent) {
    Gateway impatient(loop, psp, answering_within(Milliseconds{2'000}));
    const auto other = claiming("k");
    const auto first = impatient.begin(command("k"));
    pass(Milliseconds{500});
    const auto second = impatient.begin(command("k"));  // hears how the task of the first one ends
    ASSERT_TRUE(loop.until([&] { return first->is_done() && second->is_done(); }));
    for (const auto& one : {first, second}) {
        ASSERT_TRUE(one->answer);
        ASSERT_FALSE(*one->answer);
        EXPECT_EQ(one->answer->error().error, Error::commit_unknown);
    }
    EXPECT_TRUE(psp.calls.empty());
    finish(other);
    const auto kept =
        "select count(*)::text from idempotency_keys where merchant_id = '" + to_string(merchant.id.uuid()) + "'";
    ASSERT_TRUE(soon([&] { return Database::shared().run(kept) == "1"; })) << "the statement that was given up goes on";
    end_leases();
    EXPECT_EQ(gateway.send(command("k"))->status, 200);
    EXPECT_EQ(psp.calls.size(), 1U);
}

// Rule 12: the deadline of the call is that of its intent.
TEST_F(ImpatientTest, what_is_committed_past_the_deadline_of_its_call_is_not_sent) {
    auto options = quick_options();
    options.psp_deadline = Milliseconds{500};
    Gateway slow(loop, psp, options);
    const auto other = claiming("k");
    const auto late = slow.begin(command("k"));
    ASSERT_TRUE(soon(somebody_waits));
    pass(options.psp_deadline);
    finish(other);
    ASSERT_TRUE(loop.until([&] { return late->is_done(); }));
    ASSERT_TRUE(late->answer && *late->answer);
    EXPECT_EQ((*late->answer)->status, 202);
    EXPECT_TRUE(psp.calls.empty());
}

// Rule 17
TEST_F(ImpatientTest, no_200_leaves_before_its_outcome_is_stored) {
    Gateway owner(loop, psp, answering_within(Milliseconds{4'000}));
    psp.hold_next();
    const auto first = owner.begin(command("k"));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    const auto other =
        in_the_way("select from payments where id = '" + to_string(psp.calls[0].payment.uuid()) + "' for update");
    psp.release();
    ASSERT_TRUE(loop.until([&] { return first->is_done(); }));
    ASSERT_TRUE(first->answer && *first->answer);
    EXPECT_EQ((*first->answer)->status, 202);
    finish(other);
    ASSERT_TRUE(eventually_settled(gateway, "k"));
    EXPECT_EQ(gateway.send(command("k"))->status, 200);
    EXPECT_EQ(psp.calls.size(), 1U);
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
