#include "flow/policies.hpp"

#include <gmock/gmock.h>

#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

class PoliciesTest : public FlowTest {
protected:
    Gateway gateway{loop, psp, quick_options()};
    store::Administration administration{loop.io.get_executor(), Database::shared().application(), Secret()};

    void wants(store::BeforeExpiry action, int hours_ahead = 24) {
        store::MerchantChange change;
        change.before_expiry = store::ExpiryPolicy{.action = action, .hours_ahead = hours_ahead};
        store::Author author{.actor = "cli:tests"};
        ASSERT_TRUE(loop.wait_for(administration.update_merchant(merchant.id, std::move(change), std::move(author),
                                                                 Deadline::after(kPatience))));
    }
    PaymentId held(const std::string& key, const std::string& ends_in) {
        EXPECT_EQ(gateway.send(hold(key))->status, 200);
        const auto payment = stored(gateway, key).payment.id;
        Database::shared().run("update held_authorizations set capture_before = florin_now() + interval '" + ends_in +
                               "' where payment_id = '" + to_string(payment.uuid()) + "'");
        return payment;
    }
    bool becomes(PaymentId payment, const std::function<bool(const payments::Payment&)>& condition) {
        gateway.start_worker();
        const auto limit = Deadline::after(kPatience);
        bool is_so = false;
        while (!is_so && !limit.passed()) {
            is_so = condition(read(gateway, payment));
            loop.wait_for(pause(loop.io.get_executor(), Milliseconds{20}));
        }
        gateway.stop_worker();
        return is_so;
    }
    bool becomes(PaymentId payment, payments::Status status) {
        return becomes(payment, [status](const payments::Payment& now) { return now.status == status; });
    }
    bool is_looked_at(PaymentId payment) {
        gateway.start_worker();
        const auto limit = Deadline::after(kPatience);
        const auto looked = [&] {
            return Database::shared().run(
                       "select (policy_look is not null)::text from held_authorizations where "
                       "payment_id = '" +
                       to_string(payment.uuid()) + "'") == "true";
        };
        while (!looked() && !limit.passed()) loop.wait_for(pause(loop.io.get_executor(), Milliseconds{20}));
        const bool is_so = looked();
        gateway.stop_worker();
        return is_so;
    }
};

TEST_F(PoliciesTest, what_is_about_to_expire_is_captured_by_florin_itself) {
    wants(store::BeforeExpiry::capture);
    const auto payment = held("k", "23 hours");
    ASSERT_TRUE(becomes(payment, payments::Status::captured));
    const auto rows = loop.wait_for(gateway.store.operations_of(payment, Deadline::after(kPatience)));
    EXPECT_EQ(rows.back().attempt.actor, "system:policy");
    EXPECT_EQ(rows.back().attempt.kind, payments::OperationKind::capture);
    EXPECT_GT(debits(gateway, payment, "capture"), 0);
}

TEST_F(PoliciesTest, what_is_about_to_expire_is_voided_where_the_merchant_wants_that) {
    wants(store::BeforeExpiry::void_);
    EXPECT_TRUE(becomes(held("k", "23 hours"), payments::Status::voided));
}

TEST_F(PoliciesTest, only_the_rest_of_a_part_capture_is_released) {
    wants(store::BeforeExpiry::void_);
    ASSERT_EQ(gateway.send(hold("k", 1000, true))->status, 200);
    const auto payment = stored(gateway, "k").payment.id;
    auto part = modify(gateway, "c", payment, {.kind = payments::OperationKind::capture, .amount = 400});
    ASSERT_EQ(gateway.send(std::move(part))->status, 200);
    ASSERT_EQ(read(gateway, payment).amounts.held(), 600);
    Database::shared().run("update held_authorizations set capture_before = florin_now() + interval '1 hour'");
    EXPECT_TRUE(becomes(payment, [](const payments::Payment& now) { return now.amounts.voided == 600; }));
}

TEST_F(PoliciesTest, what_has_more_time_left_or_no_policy_stays_as_it_is) {
    const auto free = held("free", "1 hour");
    const auto other = new_merchant("Other");
    wants(store::BeforeExpiry::capture, 12);
    const auto later = held("later", "13 hours");
    const auto due = held("due", "11 hours");
    const auto to_other = " set merchant_id = '" + to_string(other.id.uuid()) + "' where ";
    Database::shared().run("update payments" + to_other + "id = '" + to_string(free.uuid()) + "'");
    Database::shared().run("update held_authorizations" + to_other + "payment_id = '" + to_string(free.uuid()) + "'");
    ASSERT_TRUE(becomes(due, payments::Status::captured));
    EXPECT_EQ(read(gateway, later).status, payments::Status::authorized);
    EXPECT_EQ(Database::shared().run("select status from payments where id = '" + to_string(free.uuid()) + "'"),
              "authorized");
}

TEST_F(PoliciesTest, a_refused_capture_is_not_asked_for_again) {
    wants(store::BeforeExpiry::capture);
    const auto payment = held("k", "2 hours");
    psp.answers = {refused_by_state("already_captured")};
    ASSERT_TRUE(is_looked_at(payment));
    const auto asked = psp.calls.size();
    ASSERT_EQ(asked, 2U);
    Database::shared().run("update held_authorizations set policy_look = null");
    ASSERT_TRUE(is_looked_at(payment));
    EXPECT_EQ(psp.calls.size(), asked);
}

TEST_F(PoliciesTest, an_unclear_capture_is_settled_by_the_resolver_like_any_other) {
    wants(store::BeforeExpiry::capture);
    const auto payment = held("k", "2 hours");
    psp.answers = {unclear()};
    ASSERT_TRUE(is_looked_at(payment));
    end_leases();
    EXPECT_TRUE(becomes(payment, payments::Status::captured));
}

}  // namespace
}  // namespace florin::flow
