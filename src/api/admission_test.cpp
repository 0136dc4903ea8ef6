// Admission before a queue that is worked off at a fixed rate, on a virtual clock.
#include "api/admission.hpp"

#include <gtest/gtest.h>

#include <map>

namespace florin::api {
namespace {

using Moment = Admission::Moment;
using Seconds = std::chrono::duration<double>;
using enum RequestClass;

constexpr std::chrono::milliseconds kTick{20};
constexpr int kServedPerTick = 10;  // 500 requests per second

// What is offered, as a multiple of what can be served.
struct Load {
    double reads = 0, payments = 0, modifications = 0;
};

struct Seen {
    std::map<RequestClass, int> offered, admitted;
    int served = 0, ticks = 0;
    std::vector<double> waited{};  // seconds, of each that was served

    double goodput() const { return static_cast<double>(served) / (kServedPerTick * ticks); }
    double admitted_share(RequestClass type) { return static_cast<double>(admitted[type]) / offered[type]; }
    double percentile(double share) {
        std::ranges::sort(waited);
        return waited[static_cast<std::size_t>(share * static_cast<double>(waited.size() - 1))];
    }
};

class Queue {
public:
    Seen run(std::chrono::milliseconds duration, Load load) {
        Seen seen;
        for (const auto end = now_ + duration; now_ < end; now_ += kTick, ++seen.ticks) {
            admission.observe(queue_.empty() ? std::chrono::nanoseconds(0) : now_ - queue_.front(), now_);
            offer(seen, modification, load.modifications);
            offer(seen, payment, load.payments);
            offer(seen, read, load.reads);
            for (int i = 0; i < kServedPerTick && !queue_.empty() && !is_stalled; ++i) {
                seen.waited.push_back(Seconds(now_ - queue_.front()).count());
                queue_.pop_front();
                ++seen.served;
            }
        }
        return seen;
    }
    // Until every class goes on again as if nothing had been.
    std::chrono::nanoseconds recover(Load load) {
        const auto begun = now_;
        while (admission.share(read) < 1 || admission.share(payment) < 1 || admission.share(modification) < 1)
            run(std::chrono::seconds(1), load);
        return now_ - begun;
    }

    Admission admission;
    bool is_stalled = false;

private:
    void offer(Seen& seen, RequestClass type, double load) {
        for (due_[type] += load * kServedPerTick; due_[type] >= 1; due_[type] -= 1) {
            ++seen.offered[type];
            if (admission.refuse(type)) continue;
            ++seen.admitted[type];
            queue_.push_back(now_);
        }
    }

    Moment now_{};
    std::deque<Moment> queue_;
    std::map<RequestClass, double> due_;
};

TEST(AdmissionTest, half_a_load_is_never_refused) {
    Queue queue;
    auto seen = queue.run(std::chrono::seconds(60), {.reads = 0.2, .payments = 0.25, .modifications = 0.05});
    EXPECT_EQ(seen.admitted, seen.offered);
}

TEST(AdmissionTest, at_twice_the_capacity_nine_tenths_of_it_are_put_to_use) {
    Queue queue;
    auto seen = queue.run(std::chrono::seconds(60), {.payments = 2});
    EXPECT_GT(seen.goodput(), 0.9);
    EXPECT_LT(seen.percentile(1), 2.0);
    EXPECT_LT(seen.percentile(0.5), 0.8);
}

TEST(AdmissionTest, at_five_times_the_capacity_four_fifths_of_it_are_put_to_use) {
    Queue queue;
    auto first = queue.run(std::chrono::seconds(10), {.payments = 5});
    EXPECT_GT(first.goodput(), 0.8);
    EXPECT_LT(first.percentile(1), 6.0);
    auto later = queue.run(std::chrono::seconds(300), {.payments = 5});
    EXPECT_GT(later.goodput(), 0.9);
    EXPECT_LT(later.percentile(0.99), 2.0);
    EXPECT_LT(later.percentile(0.5), 1.0);
}

TEST(AdmissionTest, reads_give_way_first_and_modifications_last) {
    Queue queue;
    queue.run(std::chrono::seconds(10), {.reads = 1, .payments = 2, .modifications = 0.1});
    auto seen = queue.run(std::chrono::seconds(60), {.reads = 1, .payments = 2, .modifications = 0.1});
    EXPECT_LT(seen.admitted_share(read), 0.02);
    EXPECT_NEAR(seen.admitted_share(payment), 0.45, 0.1);
    EXPECT_EQ(seen.admitted_share(modification), 1);
}

TEST(AdmissionTest, where_giving_up_reads_is_enough_nothing_else_is_refused) {
    constexpr Load kLoad{.reads = 2, .payments = 0.5, .modifications = 0.1};
    Queue queue;
    EXPECT_GT(queue.run(std::chrono::seconds(10), kLoad).admitted_share(payment), 0.7) << "while the shares are found";
    auto seen = queue.run(std::chrono::seconds(60), kLoad);
    EXPECT_EQ(seen.admitted_share(payment), 1);
    EXPECT_EQ(seen.admitted_share(modification), 1);
    EXPECT_NEAR(seen.admitted_share(read), 0.2, 0.1);
    EXPECT_GT(seen.goodput(), 0.9);
}

TEST(AdmissionTest, modifications_alone_are_shed_too_before_they_wait_for_ever) {
    Queue queue;
    auto seen = queue.run(std::chrono::seconds(120), {.modifications = 2});
    EXPECT_GT(seen.goodput(), 0.9);
    EXPECT_LT(seen.percentile(0.5), 8.0);
}

TEST(AdmissionTest, ten_seconds_after_an_overload_all_is_as_before) {
    for (const double load : {1.5, 5.0, 20.0}) {
        Queue queue;
        queue.run(std::chrono::seconds(60), {.reads = 1, .payments = load, .modifications = 0.1});
        EXPECT_LT(queue.recover({.payments = 0.3}), std::chrono::seconds(10)) << load;
    }
}

TEST(AdmissionTest, the_shares_do_not_flap) {
    Queue queue;
    queue.run(std::chrono::seconds(20), {.payments = 3});
    for (int i = 0; i < 600; ++i) {
        queue.run(std::chrono::milliseconds(100), {.payments = 3});
        ASSERT_NEAR(queue.admission.share(payment), 0.333, 0.1);
    }
}

TEST(AdmissionTest, what_stands_still_lets_modifications_in_for_seconds) {
    Queue queue;
    queue.is_stalled = true;
    auto seen = queue.run(std::chrono::seconds(4), {.reads = 0.2, .payments = 0.2, .modifications = 0.05});
    EXPECT_EQ(seen.admitted_share(modification), 1);
    EXPECT_EQ(queue.admission.share(modification), 1);
    EXPECT_LT(queue.admission.share(payment), 0.05);
    EXPECT_LT(queue.admission.share(read), 0.01);
}

TEST(AdmissionTest, one_long_pause_is_no_queue) {
    Admission admission;
    Moment now{};
    for (int i = 0; i < 100; ++i) admission.observe(std::chrono::nanoseconds(0), now += kTick);
    admission.observe(std::chrono::seconds(3), now += std::chrono::seconds(3));
    EXPECT_FALSE(admission.refuse(read));
    EXPECT_EQ(admission.share(read), 1);
    admission.observe(std::chrono::nanoseconds(0), now += kTick);
    EXPECT_EQ(admission.share(read), 1);
}

TEST(AdmissionTest, a_refusal_says_when_to_come_back_and_not_all_at_once) {
    Admission admission;
    Moment now{};
    for (int i = 0; i < 100; ++i) admission.observe(std::chrono::seconds(3), now += kTick);
    std::map<int, int> waits;
    for (int i = 0; i < 1000; ++i) {
        const auto refusal = admission.refuse(payment);
        if (!refusal) continue;
        EXPECT_EQ(refusal->error, Error::overloaded);
        ++waits[refusal->retry_after_s];
    }
    EXPECT_EQ(waits.size(), 4U);
    EXPECT_EQ(waits.begin()->first, 1);
    EXPECT_EQ(waits.rbegin()->first, 4);
}

TEST(AdmissionTest, each_route_has_its_class) {
    std::map<std::string_view, std::optional<RequestClass>> classes;
    for (const Route& route : routes()) classes[route.name] = class_of(route);
    for (const auto* name : {"list_payments", "read_payment", "list_refunds", "read_balance"})
        EXPECT_EQ(classes.at(name), read);
    EXPECT_EQ(classes.at("create_payment"), payment);
    for (const auto* name : {"capture_payment", "void_payment", "refund_payment"})
        EXPECT_EQ(classes.at(name), modification);
    for (const auto* name : {"healthz", "readyz", "metrics"}) EXPECT_EQ(classes.at(name), std::nullopt);
    for (const Route& route : routes())
        if (route.access == Access::admin) EXPECT_EQ(class_of(route), std::nullopt) << route.name;
}

}  // namespace
}  // namespace florin::api
