#include "psp/stripe/event_source.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "psp/stripe/event_fixture.hpp"
#include "psp/stripe/intent_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;

const WallTime kNow{std::chrono::seconds(1'700'000'000)};

std::string header(std::string_view secret, std::string_view body, std::int64_t time = 1'700'000'000) {
    return fmt::format("t={},v1={}", time, to_hex(hmac_sha256(secret, fmt::format("{}.{}", time, body))));
}

StripeEvents two_modes() {
    return StripeEvents({{"main", false, {Secret("whsec_test")}},
                         {"shop", true, {Secret("whsec_live_old"), Secret("whsec_live_new")}}});
}

std::string verdict(const StripeEvents& source, std::string_view header, std::string_view body) {
    const auto delivery = source.read(header, body, kNow);
    if (delivery) return delivery->account + " " + delivery->event.id;
    const auto why = delivery.error().why;
    return fmt::format("{}{}", to_string(why), is_authentic(why) ? ", authentic" : "");
}

TEST(StripeEvents, the_secret_that_signed_says_whose_event_it_is) {
    const auto source = two_modes();
    const auto test = event("charge.updated", "{}", "evt_1");
    const auto live = with(test, R"("livemode":false)", R"("livemode":true)");
    EXPECT_EQ(verdict(source, header("whsec_test", test), test), "main evt_1");
    EXPECT_EQ(verdict(source, header("whsec_live_old", live), live), "shop evt_1");
    EXPECT_EQ(verdict(source, header("whsec_live_new", live), live), "shop evt_1");
}

TEST(StripeEvents, an_event_of_the_other_mode_is_refused) {
    const auto source = two_modes();
    const auto test = event("charge.updated", "{}", "evt_1");
    const auto live = with(test, R"("livemode":false)", R"("livemode":true)");
    EXPECT_EQ(verdict(source, header("whsec_live_old", test), test), "mode, authentic");
    EXPECT_EQ(verdict(source, header("whsec_test", live), live), "mode, authentic");
}

TEST(StripeEvents, nothing_is_read_of_what_nobody_signed) {
    const auto source = two_modes();
    const auto body = event("charge.updated", "{}", "evt_1");
    EXPECT_EQ(verdict(source, "", body), "no_header");
    EXPECT_EQ(verdict(source, header("whsec_other", body), body), "wrong");
    EXPECT_EQ(verdict(source, header("whsec_other", "{"), "{"), "wrong");
    EXPECT_EQ(verdict(StripeEvents({}), header("", body), body), "no_secret");
    EXPECT_EQ(verdict(StripeEvents({{"main", false, {}}}), header("", body), body), "no_secret");
}

TEST(StripeEvents, what_is_signed_and_no_event_or_too_old_is_told_apart) {
    const auto source = two_modes();
    const auto body = event("charge.updated", "{}", "evt_1");
    EXPECT_EQ(verdict(source, header("whsec_test", body, 1'699'999'000), body), "stale, authentic");
    EXPECT_EQ(verdict(source, header("whsec_test", "<html>"), "<html>"), "unreadable, authentic");
}

}  // namespace
}  // namespace florin::psp::stripe
