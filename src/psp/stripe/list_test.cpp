// What a deep check is told of Stripe's lists.
#include "psp/stripe/adapter_fixture.hpp"
#include "psp/stripe/operation_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;

class List : public Adapter {
protected:
    std::expected<ListedPage, std::string> list(ListQuery::Of of, std::string after = {}) {
        return run(psp_->list({.of = of,
                               .from = WallTime(Milliseconds(1'700'000'000'000)),
                               .to = WallTime(Milliseconds(1'700'000'100'000)),
                               .after = std::move(after)},
                              in_time()));
    }
    Listed one(ListQuery::Of of, const std::string& item) {
        answers({canned(200, fixture::list(item, false))});
        auto page = list(of);
        EXPECT_TRUE(page && page->objects.size() == 1U);
        return page && !page->objects.empty() ? page->objects.front() : Listed{};
    }
};

constexpr auto kPayments = ListQuery::Of::payments;
constexpr auto kRefundsList = ListQuery::Of::refunds;

TEST_F(List, a_page_says_where_the_next_begins) {
    answers({canned(200, fixture::list(foreign("pi_9") + "," + succeeded(), true)),
             canned(200, fixture::list(foreign("pi_7"), false))});
    EXPECT_EQ(list(kPayments)->next, "pi_1");
    EXPECT_EQ(list(kPayments, "pi_1")->next, "");
    EXPECT_TRUE(requested(0, "GET /v1/payment_intents?created[gte]=1700000000&created[lte]=1700000101&limit=100 "));
    EXPECT_NE(request(1).find("&starting_after=pi_1 "), std::string::npos);
}

TEST_F(List, an_intent_says_whose_it_is_and_what_it_took) {
    const auto listed = one(kPayments, succeeded());
    EXPECT_EQ(listed.reference, "pi_1");
    EXPECT_EQ(to_string(*listed.payment), "pay_01920000-0000-7000-8000-000000000001");
    EXPECT_EQ(to_string(*listed.operation), "op_01920000-0000-7000-8000-000000000002");
    EXPECT_EQ(listed.attempt, 1);
    EXPECT_EQ(listed.amount, 1000);
    EXPECT_EQ(listed.moved, 1000);
    EXPECT_EQ(listed.held, 0);
    EXPECT_FALSE(listed.is_open);
    EXPECT_EQ(listed.unreadable, "");
}

TEST_F(List, captures_name_themselves) {
    const auto marked = with(succeeded(), R"("metadata":{)",
                             R"("metadata":{"op_01920000-0000-7000-8000-000000000009":"1:600","order":"7",)");
    const auto listed = one(kPayments, marked);
    ASSERT_EQ(listed.captures.size(), 1U);
    EXPECT_EQ(listed.captures[0].amount, 600);
    EXPECT_EQ(to_string(listed.captures[0].operation), "op_01920000-0000-7000-8000-000000000009");
}

TEST_F(List, amounts_are_in_our_minor_units) {
    const auto in_isk = with(succeeded(), R"("currency":"usd")", R"("currency":"isk")");
    EXPECT_EQ(one(kPayments, in_isk).moved, 10);
}

TEST_F(List, what_is_not_ours_and_what_cannot_be_read_is_told_all_the_same) {
    const auto elsewhere = one(kPayments, foreign("pi_9"));
    EXPECT_FALSE(elsewhere.operation);
    EXPECT_EQ(elsewhere.moved, 1000);
    EXPECT_EQ(one(kPayments, with(succeeded(), R"("currency":"usd")", R"("currency":"btc")")).unreadable, "currency");
    EXPECT_EQ(one(kPayments, with(succeeded(), R"("amount_received":1000,)", "")).unreadable, "amount_received");
    EXPECT_TRUE(one(kPayments, unpaid("requires_action")).is_open);
}

TEST_F(List, a_refund_that_failed_gave_nothing_back) {
    const auto listed = one(kRefundsList, refunded());
    EXPECT_EQ(listed.reference, "re_1");
    EXPECT_EQ(listed.payment_reference, "pi_1");
    EXPECT_EQ(listed.moved, listed.amount);
    EXPECT_GT(listed.amount, 0);
    const auto failed = one(kRefundsList, with(refunded(), R"("status":"succeeded")", R"("status":"failed")"));
    EXPECT_EQ(failed.moved, 0);
}

TEST_F(List, a_page_that_cannot_be_read_says_why) {
    for (const auto& wrong :
         {canned(500, "{}"), canned(200, "<html>"), std::string(), canned(200, fixture::list("", true))}) {
        answers({wrong});
        const auto page = list(kPayments);
        EXPECT_FALSE(page);
        EXPECT_FALSE(page || page.error().empty());
    }
}

}  // namespace
}  // namespace florin::psp::stripe
