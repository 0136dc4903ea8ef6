#include "events/order.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace florin::events {
namespace {

using store::Link;
using store::LinkedEvent;

const WallTime kNow = *parse_time("2026-03-13T10:00:00.000Z");

PaymentId payment(int n) {
    Uuid id;
    id.bytes[15] = static_cast<std::uint8_t>(n);
    return PaymentId(id);
}

LinkedEvent event(int of, int sequence, int second, bool is_next = false) {
    LinkedEvent event{};
    event.payment = payment(of);
    event.merchant = MerchantId(make_uuid(kNow, Bucket{5}, false));
    event.sequence = sequence;
    event.at = kNow + std::chrono::seconds(second);
    event.is_next = is_next || sequence == 1;
    return event;
}

std::vector<std::pair<int, int>> names(const std::vector<LinkedEvent>& events) {
    std::vector<std::pair<int, int>> out;
    for (const auto& one : events) out.emplace_back(one.payment.uuid().bytes[15], one.sequence);
    return out;
}
using Names = std::vector<std::pair<int, int>>;

std::int64_t cursor(const Ordered& ordered, std::int16_t writer) {
    for (const auto& [of, link] : ordered.cursors) {
        if (of == writer) return link;
    }
    return 0;
}

TEST(Order, links_of_two_writers_are_told_by_the_time_of_their_commit) {
    const auto ordered = in_order({{0, 1, {event(1, 1, 1)}}, {0, 2, {event(2, 1, 3)}}, {1, 1, {event(3, 1, 2)}}});
    EXPECT_EQ(names(ordered.events), (Names{{1, 1}, {3, 1}, {2, 1}}));
    EXPECT_EQ(cursor(ordered, 0), 2);
    EXPECT_EQ(cursor(ordered, 1), 1);
}

TEST(Order, a_payments_sequence_outranks_a_clock_that_stepped_back) {
    const auto ordered = in_order({{0, 1, {event(1, 2, 1)}}, {1, 1, {event(1, 1, 9)}}});
    EXPECT_EQ(names(ordered.events), (Names{{1, 1}, {1, 2}}));
}

TEST(Order, a_link_waits_with_those_behind_it_for_what_was_not_read) {
    const auto ordered = in_order({{0, 4, {event(2, 1, 1), event(1, 3, 1)}},
                                   {0, 5, {event(3, 1, 2)}},
                                   {1, 7, {event(1, 2, 3, true)}},
                                   {2, 1, {event(5, 2, 0)}},
                                   {2, 2, {event(6, 1, 0)}}});
    EXPECT_EQ(names(ordered.events), (Names{{1, 2}, {2, 1}, {1, 3}, {3, 1}}));
    EXPECT_EQ(cursor(ordered, 2), 0) << "the first event of payment 5 is missing";
}

TEST(Order, a_link_without_events_moves_its_cursor) {
    const auto ordered = in_order({{3, 8, {}}, {3, 9, {}}});
    EXPECT_TRUE(ordered.events.empty());
    EXPECT_EQ(cursor(ordered, 3), 9);
}

// A history of commits by three writers, cut off for each writer anywhere: what is relayed pass by pass is all of it,
// and no event comes before the one before it.
RC_GTEST_PROP(Order, whatever_is_cut_off_nothing_is_missed_and_nothing_is_early, ()) {
    const auto commits = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange(1, 4)));
    std::map<int, int> counts;
    std::map<int, std::vector<Link>> history;
    for (const auto& [writer, of] : commits) {
        auto& links = history[writer];
        const auto at = *rc::gen::inRange(0, 100);  // no clock is trusted
        links.push_back({static_cast<std::int16_t>(writer),
                         static_cast<std::int64_t>(links.size()) + 1,
                         {event(of, ++counts[of], at)}});
    }
    std::map<int, int> told;
    std::map<int, std::size_t> cursors;
    for (std::size_t relayed = 0; relayed < commits.size();) {
        std::vector<Link> window;
        for (const auto& [writer, links] : history) {
            for (std::size_t i = cursors[writer]; i < links.size() && i < cursors[writer] + 2; ++i) {
                window.push_back(links[i]);
                auto& only = window.back().events.front();
                only.is_next = told[only.payment.uuid().bytes[15]] == only.sequence - 1;
            }
        }
        const auto ordered = in_order(std::move(window));
        RC_ASSERT(!ordered.events.empty());
        for (const auto& one : ordered.events) RC_ASSERT(++told[one.payment.uuid().bytes[15]] == one.sequence);
        for (const auto& [writer, link] : ordered.cursors) cursors[writer] = static_cast<std::size_t>(link);
        relayed += ordered.events.size();
    }
    RC_ASSERT(told == counts || commits.empty());
}

TEST(Numbered, ids_grow_whatever_the_clock_says_and_carry_bucket_mode_and_time) {
    IdOrder from = order_of(kNow + std::chrono::seconds(5));
    const auto now = kNow + std::chrono::seconds(9);
    const auto ids = numbered({event(1, 1, 1), event(2, 1, 9), event(3, 1, 999), event(4, 1, 2)}, from, now);
    EXPECT_EQ(time_of(ids[0].id.uuid()), kNow + std::chrono::seconds(5));
    EXPECT_EQ(time_of(ids[1].id.uuid()), kNow + std::chrono::seconds(9));
    for (std::size_t i = 1; i < ids.size(); ++i) EXPECT_LT(ids[i - 1].id, ids[i].id);
    EXPECT_EQ(bucket_of(ids[0].id.uuid()).value, 5);
    EXPECT_FALSE(is_live(ids[0].id.uuid()));
    EXPECT_EQ(from, order_of(kNow + std::chrono::seconds(9)) + 2);
}

}  // namespace
}  // namespace florin::events
