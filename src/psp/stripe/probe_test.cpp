#include "psp/stripe/probe.hpp"

#include <gtest/gtest.h>

namespace florin::psp::stripe {
namespace {

TEST(HttpDate, is_read_in_the_one_form_that_is_sent) {
    EXPECT_EQ(format_time(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value()), "1994-11-06T08:49:37.000Z");
    for (const auto* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "1784542177"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
}

}  // namespace
}  // namespace florin::psp::stripe
