// For tests: events as Stripe sends them, about objects that a test writes.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace florin::psp::stripe::fixture {

inline std::string event(std::string_view type, std::string_view object, std::string_view id = "evt_1NG8Du2eZvKYlo2C") {
    return fmt::format(R"({{"id":"{}","object":"event","api_version":"2026-06-24.dahlia","created":1700000000,)"
                       R"("data":{{"object":{}}},"livemode":false,"pending_webhooks":1,)"
                       R"("request":{{"id":"req_1","idempotency_key":"op_1-1"}},"type":"{}"}})",
                       id, object, type);
}

inline std::string refund_object(std::string_view status) {
    return fmt::format(R"({{"id":"re_1","object":"refund","amount":400,"charge":"ch_1","currency":"usd",)"
                       R"("metadata":{{"florin_payment":"pay_01920000-0000-7000-8000-000000000001",)"
                       R"("florin_operation":"op_01920000-0000-7000-8000-000000000003","florin_attempt":"2"}},)"
                       R"("payment_intent":"pi_1","status":"{}"}})",
                       status);
}

inline std::string charge_object(std::string_view status, bool captured, bool refunded = false) {
    return fmt::format(
        R"({{"id":"ch_1","object":"charge","amount":1000,"captured":{},"currency":"usd","metadata":{{}},)"
        R"("payment_intent":"pi_1","refunded":{},"status":"{}"}})",
        captured, refunded, status);
}

}  // namespace florin::psp::stripe::fixture
