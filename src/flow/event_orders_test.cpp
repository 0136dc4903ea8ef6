// W-04: all orders of a life's events give one end and one posting.
#include <gmock/gmock.h>

#include <numeric>

#include "flow/event_fixture.hpp"

namespace florin::flow {
namespace {

struct Told {
    std::string type;
    std::string object;
};
using Tale = std::vector<Told>;

class EventOrdersTest : public EventTest {
protected:
    // A life is played once for every order of its events; what the events find at the PSP is its end.
    struct Life {
        std::string name;
        std::function<void(std::vector<PaymentId>&, std::size_t count)> play;
        std::function<Tale(PaymentId)> tale;
        std::function<psp::Answer(const psp::Call&)> shows;
        Status status;
        payments::Amounts amounts;
        std::string journals;
    };

    static constexpr std::size_t kAtOnce = 60;  // each batch ends within a test's patience on the slowest machine

    std::vector<PaymentId> all(std::size_t count, const std::function<Command(std::size_t)>& command, int status) {
        std::vector<PaymentId> payments;
        for (std::size_t begin = 0; begin < count; begin += kAtOnce) {
            const auto end = std::min(begin + kAtOnce, count);
            std::vector<std::shared_ptr<Pending>> pending;
            for (auto i = begin; i < end; ++i) pending.push_back(gateway.begin(command(i)));
            const auto is_done = [](const auto& one) { return one->is_done(); };
            EXPECT_TRUE(loop.until([&] { return std::ranges::all_of(pending, is_done); }));
            for (const auto& one : pending) EXPECT_EQ((*one->answer)->status, status);
            for (auto i = begin; i < end; ++i) payments.push_back(stored(gateway, command(i).key).payment.id);
        }
        return payments;
    }
    void hear_all(const Tale& told) {
        std::size_t kept = 0, sent = 0;
        for (const auto& [type, object] : told) {
            auto& events = gateway.store.psp_events();
            boost::asio::co_spawn(loop.io, events.keep(received(type, object), Deadline::after(kPatience)),
                                  [&](std::exception_ptr failure, store::Kept) {
                                      EXPECT_FALSE(failure);
                                      ++kept;
                                  });
            const bool is_full = ++sent % kAtOnce == 0 || sent == told.size();
            if (is_full) ASSERT_TRUE(loop.until([&] { return kept == sent; }));
        }
    }
    static std::string key(const char* what, std::size_t number) { return what + std::to_string(number); }
    void answer_all(std::size_t count, const psp::Answer& answer) { psp.answers.assign(count, answer); }
    static void put_off_resolver() {
        Database::shared().run("update open_operations set next_try = florin_now() + interval '1 h'");
    }

    void expect_one_end(const Life& life) {
        SCOPED_TRACE(life.name);
        auto probe = std::vector<PaymentId>{};
        life.play(probe, 1);
        std::vector<std::size_t> order(life.tale(probe.front()).size());
        std::iota(order.begin(), order.end(), 0);
        std::vector<std::vector<std::size_t>> orders;
        do orders.push_back(order);
        while (std::ranges::next_permutation(order).found);

        merchant = new_merchant("Orders");
        std::vector<PaymentId> payments;
        life.play(payments, orders.size());
        std::vector<Tale> tales;
        for (const auto payment : payments) tales.push_back(life.tale(payment));
        psp.shows = life.shows;
        for (std::size_t step = 0; step < order.size(); ++step) {
            Tale told;
            for (std::size_t i = 0; i < payments.size(); ++i) told.push_back(tales[i][orders[i][step]]);
            hear_all(told);
            work_off();
        }
        for (std::size_t i = 0; i < payments.size(); ++i) {
            const auto after = read(gateway, payments[i]);
            EXPECT_EQ(after.status, life.status) << testing::PrintToString(orders[i]);
            EXPECT_EQ(after.amounts, life.amounts) << testing::PrintToString(orders[i]);
            EXPECT_EQ(journals(payments[i]), life.journals) << testing::PrintToString(orders[i]);
        }
        EXPECT_EQ(parked_events(), "0");
        psp.shows = nullptr;
    }

    // One command per payment, all at once.
    std::vector<PaymentId> sales(std::size_t count, const psp::Answer& answer, int status) {
        psp.answers.assign(count, answer);
        auto payments = all(count, [&](std::size_t i) { return command(key("sale-", i), 100); }, status);
        put_off_resolver();
        return payments;
    }
    std::vector<PaymentId> holds(std::size_t count, bool multiple_captures) {
        return all(count, [&](std::size_t i) { return hold(key("hold-", i), 100, multiple_captures); }, 200);
    }
    void ask_all(const std::vector<PaymentId>& payments, const char* what, payments::ModificationRequest request,
                 int status, const std::optional<psp::Answer>& answer = std::nullopt) {
        if (answer) psp.answers.assign(payments.size(), *answer);
        all(
            payments.size(), [&](std::size_t i) { return modify(gateway, key(what, i), payments[i], request); },
            status);
        put_off_resolver();
    }
};

TEST_F(EventOrdersTest, captures_a_refund_and_its_failure_end_alike_in_all_720_orders) {
    expect_one_end(
        {.name = "captured in parts, refunded, the refund failed",
         .play =
             [this](std::vector<PaymentId>& payments, std::size_t count) {
                 payments = holds(count, true);
                 ask_all(payments, "first-", {.kind = OperationKind::capture, .amount = 60}, 200);
                 ask_all(payments, "second-", {.kind = OperationKind::capture, .amount = 40}, 202, unclear());
                 ask_all(payments, "refund-", {.kind = OperationKind::refund, .amount = 30}, 200);
             },
         .tale =
             [this](PaymentId payment) {
                 const auto hold = creation_of(payment);
                 const auto refund = last_of(payment);
                 return Tale{{"payment_intent.amount_capturable_updated", intent(hold, status("requires_capture"))},
                             {"charge.captured", charge(hold, captured_charge(0))},
                             {"payment_intent.succeeded", intent(hold, status("succeeded"))},
                             {"charge.refunded", charge(hold, captured_charge(30))},
                             {"refund.created", refund_of(hold, refund, status("succeeded"))},
                             {"refund.failed", refund_of(hold, refund, status("failed"))}};
             },
         .shows =
             [](const psp::Call& call) {
                 return call.kind == OperationKind::refund ? declined("", "refund_failed") : approved("");
             },
         .status = Status::captured,
         .amounts = {.authorized = 100, .captured = 100},
         .journals = "1:2 2:1 3:2 4:1 6:1"});
}

TEST_F(EventOrdersTest, a_void_ends_alike_in_all_orders) {
    expect_one_end({.name = "authorized and voided",
                    .play =
                        [this](std::vector<PaymentId>& payments, std::size_t count) {
                            payments = holds(count, false);
                            ask_all(payments, "void-", {.kind = OperationKind::void_}, 202, unclear());
                        },
                    .tale =
                        [this](PaymentId payment) {
                            const auto hold = creation_of(payment);
                            return Tale{
                                {"payment_intent.created", intent(hold, status("requires_confirmation"))},
                                {"payment_intent.amount_capturable_updated", intent(hold, status("requires_capture"))},
                                {"charge.succeeded", charge(hold, R"("status":"succeeded","captured":false)")},
                                {"charge.refunded", charge(hold, R"("status":"succeeded","refunded":true)")},
                                {"payment_intent.canceled", intent(hold, status("canceled"))}};
                        },
                    .shows = [](const psp::Call&) { return approved(""); },
                    .status = Status::voided,
                    .amounts = {.authorized = 100, .voided = 100},
                    .journals = "2:1 3:1"});
}

TEST_F(EventOrdersTest, a_sale_with_a_payer_who_acts_ends_alike_in_all_orders) {
    expect_one_end({.name = "3-D Secure",
                    .play =
                        [this](std::vector<PaymentId>& payments, std::size_t count) {
                            psp.shows = nullptr;
                            payments = sales(count, unclear(), 202);
                        },
                    .tale =
                        [this](PaymentId payment) {
                            const auto sale = creation_of(payment);
                            return Tale{{"payment_intent.created", intent(sale, status("requires_confirmation"))},
                                        {"payment_intent.requires_action", intent(sale, status("requires_action"))},
                                        {"payment_intent.processing", intent(sale, status("processing"))},
                                        {"charge.succeeded", charge(sale, captured_charge(0))},
                                        {"payment_intent.succeeded", intent(sale, status("succeeded"))}};
                        },
                    .shows = [](const psp::Call&) { return approved(""); },
                    .status = Status::captured,
                    .amounts = {.authorized = 100, .captured = 100},
                    .journals = "1:1"});
}

TEST_F(EventOrdersTest, a_sale_that_is_declined_ends_alike_in_all_orders) {
    expect_one_end({.name = "declined",
                    .play = [this](std::vector<PaymentId>& payments,
                                   std::size_t count) { payments = sales(count, unclear(), 202); },
                    .tale =
                        [this](PaymentId payment) {
                            const auto sale = creation_of(payment);
                            const auto why = status("requires_payment_method") + R"(,"last_payment_error":{})";
                            return Tale{{"payment_intent.created", intent(sale, status("requires_confirmation"))},
                                        {"payment_intent.requires_action", intent(sale, status("requires_action"))},
                                        {"charge.failed", charge(sale, status("failed"))},
                                        {"payment_intent.payment_failed", intent(sale, why)}};
                        },
                    .shows = [](const psp::Call&) { return declined(""); },
                    .status = Status::failed,
                    .amounts = {},
                    .journals = ""});
}

// What was taken for not executed comes true: adopted once, whichever event is the first to tell.
TEST_F(EventOrdersTest, a_late_sale_is_adopted_once_in_all_orders) {
    expect_one_end({.name = "late",
                    .play = [this](std::vector<PaymentId>& payments,
                                   std::size_t count) { payments = sales(count, refused_unsent(), 503); },
                    .tale =
                        [this](PaymentId payment) {
                            const auto sale = creation_of(payment);
                            return Tale{{"payment_intent.processing", intent(sale, status("processing"))},
                                        {"charge.succeeded", charge(sale, captured_charge(0))},
                                        {"charge.updated", charge(sale, captured_charge(0))},
                                        {"payment_intent.succeeded", intent(sale, status("succeeded"))}};
                        },
                    .shows = [](const psp::Call&) { return approved(""); },
                    .status = Status::captured,
                    .amounts = {.authorized = 100, .captured = 100},
                    .journals = "1:1"});
}

}  // namespace
}  // namespace florin::flow
