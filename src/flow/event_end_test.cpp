#include "flow/event_end.hpp"

#include <gmock/gmock.h>

namespace florin::flow {
namespace {

using testing::HasSubstr;

// "handled no_change", "again 2000 …", "parked …"
std::string text_of(const EventEnd& end) {
    if (const auto* handled = std::get_if<store::Handled>(&end)) return "handled " + handled->what;
    if (const auto* again = std::get_if<store::Again>(&end)) return "again " + std::to_string(again->next_try.count());
    return "parked " + std::get<store::Parked>(end).why;
}
std::string without_look(EventStep step, std::int32_t tries = 1, std::string contradiction = {}) {
    const auto end = end_without_look(
        {.decision = {.step = step, .why = "why"}, .amount_contradiction = std::move(contradiction), .tries = tries});
    return end ? text_of(*end) : "look";
}
std::string after_look(EventStep step, const EventLook& look, std::int32_t tries = 1, std::string contradiction = {}) {
    return text_of(end_after_look(
        {.decision = {.step = step, .why = "why"}, .amount_contradiction = std::move(contradiction), .tries = tries},
        look));
}

TEST(EventEnd, without_a_look_is_for_what_the_books_have) {
    EXPECT_EQ(without_look(EventStep::nothing), "handled no_change");
    EXPECT_EQ(without_look(EventStep::nothing, 1, "another amount"), "parked another amount");
    EXPECT_EQ(without_look(EventStep::look), "look");
    EXPECT_EQ(without_look(EventStep::look, 1, "another amount"), "look");
    EXPECT_EQ(without_look(EventStep::park), "parked why");
}

TEST(EventEnd, what_is_in_somebodys_hands_is_left_to_him_for_a_second_and_no_longer) {
    EXPECT_EQ(without_look(EventStep::wait, 1), "again 1000");
    EXPECT_EQ(without_look(EventStep::wait, 2), "look");
}

TEST(EventEnd, what_leads_to_no_payment_is_tried_for_half_a_minute) {
    std::int64_t waited = 0;
    for (std::int32_t tries = 1; tries <= 5; ++tries) {
        EXPECT_EQ(without_look(EventStep::unknown, tries), "again " + std::to_string(1000 << (tries - 1)));
        waited += 1000 << (tries - 1);
    }
    EXPECT_EQ(waited, 31'000);
    EXPECT_EQ(without_look(EventStep::unknown, 6), "parked why");
}

TEST(EventEnd, after_a_look_depends_on_what_the_books_have_then) {
    const EventLook settled{.done = kSettled, .evidence = "HTTP 200"};
    EXPECT_EQ(after_look(EventStep::nothing, settled), "handled settled");
    EXPECT_EQ(after_look(EventStep::nothing, {}), "handled no_change");
    // The hold stands until the expiry has been through the PSP.
    EXPECT_EQ(after_look(EventStep::look, {.done = kExpiryDue}), "handled expiry_due");
    // Found but not booked yet: whatever stood in the way goes away.
    EXPECT_EQ(after_look(EventStep::look, {.done = kLateSuccess}, 5), "again 16000");
    EXPECT_THAT(after_look(EventStep::look, {.done = kLateSuccess}, 16), HasSubstr("parked why"));
}

TEST(EventEnd, a_look_that_saw_nothing_clear_is_repeated_long_and_one_that_showed_nothing_only_past_the_read_lag) {
    const EventLook unclear{.is_clear = false, .evidence = "HTTP 404"};
    EXPECT_EQ(after_look(EventStep::look, unclear, 1), "again 1000");
    EXPECT_EQ(after_look(EventStep::look, unclear, 15), "again 3600000");
    EXPECT_EQ(after_look(EventStep::look, unclear, 16), "parked why: HTTP 404");
    EXPECT_EQ(after_look(EventStep::look, {}, 4), "again 8000");
    EXPECT_EQ(after_look(EventStep::look, {.has_read = true}, 5), "handled left_open");
    EXPECT_EQ(after_look(EventStep::look, {}, 5), "parked why");
}

TEST(EventEnd, a_contradiction_is_parked_unless_the_books_have_come_to_agree) {
    const EventLook look{.contradiction = "contradicts in amount", .evidence = "HTTP 200"};
    EXPECT_EQ(after_look(EventStep::look, look), "parked contradicts in amount");
    EXPECT_EQ(after_look(EventStep::nothing, look), "handled no_change");
    // Whatever was settled by what the PSP shows: that the event says otherwise is looked at.
    EXPECT_EQ(after_look(EventStep::nothing, {.done = kSettled, .evidence = "HTTP 200 succeeded"}, 1, "says 1 EUR"),
              "parked says 1 EUR; the object: HTTP 200 succeeded");
}

TEST(EventEnd, trouble_of_our_own_is_waited_out_for_hours_and_then_parked) {
    std::int64_t waited = 0;
    for (std::int32_t tries = 1; tries < 16; ++tries) {
        EXPECT_EQ(text_of(end_of_failure(tries, "boom")), "again " + std::to_string(pause_before_try(tries).count()));
        waited += pause_before_try(tries).count();
    }
    EXPECT_GT(waited, 3 * 3'600'000);
    EXPECT_EQ(text_of(end_of_failure(16, "boom")), "parked boom");
    EXPECT_EQ(pause_before_try(1'000'000), Milliseconds(3'600'000));
}

}  // namespace
}  // namespace florin::flow
