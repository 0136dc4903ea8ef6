#include "webhooks/event_types.hpp"

#include <gmock/gmock.h>

#include "payments/event.hpp"
#include "store/notice.hpp"

namespace florin::webhooks {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(EventTypes, all_that_an_event_can_be_is_known) {
    for (const auto& row : payments::kEvents) {
        EXPECT_TRUE(parse_event_types({std::string(payments::to_string(row.approved))}));
        EXPECT_TRUE(parse_event_types({std::string(payments::to_string(row.failed))}));
    }
    for (const auto type : known_event_types()) {
        EXPECT_TRUE(payments::parse_event_type(type) || store::parse_notice_type(type)) << type;
    }
    EXPECT_TRUE(parse_event_types({"payment.pending", "payment.requires_action"}));
    EXPECT_TRUE(parse_event_types({"webhook_endpoint.disabled", "webhook_endpoint.test"}));
}

TEST(EventTypes, none_is_every_type_and_the_order_stays) {
    EXPECT_EQ(parse_event_types({}), std::vector<std::string>{});
    const std::vector<std::string> words{"refund.failed", "payment.captured"};
    EXPECT_EQ(parse_event_types(words), words);
}

TEST(EventTypes, each_word_that_is_no_type_is_named_with_what_was_meant) {
    const auto refused = parse_event_types({"payment.captued", "payment.failed", "refund.suceeded", "*"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error, Error::invalid_field);
    EXPECT_EQ(refused.error().pointer, "/types");
    EXPECT_THAT(refused.error().detail, HasSubstr("\"payment.captued\" (did you mean payment.captured?)"));
    EXPECT_THAT(refused.error().detail, HasSubstr("\"refund.suceeded\" (did you mean refund.succeeded?), \"*\"."));
    EXPECT_THAT(refused.error().detail, HasSubstr("The types are payment.pending, "));
}

TEST(EventTypes, a_refusal_is_bounded_whatever_is_sent) {
    const auto refused = parse_event_types({std::string(60'000, 'x'), "a", "b", "c", "d"});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("a very long word, \"a\", \"b\", others."));
    EXPECT_THAT(refused.error().detail, Not(HasSubstr("xxx")));
}

TEST(EventTypes, a_type_stands_once) {
    const auto refused = parse_event_types({"payment.failed", "payment.voided", "payment.failed"});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("payment.failed twice"));
}

}  // namespace
}  // namespace florin::webhooks
