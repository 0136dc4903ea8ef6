#include "psp/stripe/our_names.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace florin::psp::stripe {
namespace {

OurNames names_in(std::string_view json) {
    return our_names(boost::json::parse({json.data(), json.size()}).as_object());
}

TEST(OurNames, are_read_back_as_they_were_written) {
    const auto names = names_in(R"({"metadata":{"florin_payment":"pay_01920000-0000-7000-8000-000000000001",)"
                                R"("florin_operation":"op_01920000-0000-7000-8000-000000000002",)"
                                R"("florin_attempt":"12","order":"7"}})");
    EXPECT_EQ(names.payment, PaymentId::parse("pay_01920000-0000-7000-8000-000000000001"));
    EXPECT_EQ(names.operation, OperationId::parse("op_01920000-0000-7000-8000-000000000002"));
    EXPECT_EQ(names.attempt, 12);
}

TEST(OurNames, what_is_not_exactly_ours_is_empty) {
    for (const char* object :
         {"{}", R"({"metadata":null})", R"({"metadata":{}})", R"({"metadata":"florin_payment"})"}) {
        const auto names = names_in(object);
        EXPECT_FALSE(names.payment || names.operation || names.attempt) << object;
    }
    const auto foreign = names_in(R"({"metadata":{"florin_payment":"op_01920000-0000-7000-8000-000000000002",)"
                                  R"("florin_operation":7}})");
    EXPECT_FALSE(foreign.payment || foreign.operation);
    for (const char* attempt : {"", "0", "-1", "1 ", "+1", "1.0", "x", "32768"}) {
        const auto text = std::string(R"({"metadata":{"florin_attempt":")") + attempt + "\"}}";
        EXPECT_FALSE(names_in(text).attempt) << attempt;
    }
}

}  // namespace
}  // namespace florin::psp::stripe
