// For tests: one sale and Stripe's answers to it, to be altered member by member.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/client.hpp"
#include "psp/psp.hpp"
#include "psp/stripe/intent.hpp"

namespace florin::psp::stripe::fixture {

inline Call sale_call() {
    Call call{.payment = *PaymentId::parse("pay_01920000-0000-7000-8000-000000000001"),
              .operation = *OperationId::parse("op_01920000-0000-7000-8000-000000000002"),
              .attempt = 1,
              .encoder_version = 1,
              .amount = Money{1000, kUsd},
              .payment_method = "pm_card_visa",
              .description = {},
              .return_url = {}};
    return call;
}

inline const std::string& succeeded() {
    static const std::string body =
        R"({"id":"pi_1","object":"payment_intent","amount":1000,"amount_capturable":0,"amount_received":1000,)"
        R"("client_secret":"pi_1_secret_x","created":1700000000,"currency":"usd","last_payment_error":null,)"
        R"("latest_charge":{"id":"ch_1","object":"charge","amount":1000,"captured":true,"payment_intent":"pi_1",)"
        R"("status":"succeeded","outcome":{"risk_score":1.5}},"livemode":false,"metadata":{)"
        R"("florin_payment":"pay_01920000-0000-7000-8000-000000000001",)"
        R"("florin_operation":"op_01920000-0000-7000-8000-000000000002","florin_attempt":"1"},)"
        R"("next_action":null,"status":"succeeded"})";
    return body;
}

// The text with one part changed; the part must be there.
inline std::string with(std::string text, std::string_view part, std::string_view instead) {
    const auto at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return at == std::string::npos ? text : text.replace(at, part.size(), instead);
}

// The same intent before any money moved.
inline std::string unpaid(std::string_view status) {
    auto body = with(succeeded(), R"("status":"succeeded"})", R"("status":")" + std::string(status) + R"("})");
    body = with(body, R"("amount_received":1000)", R"("amount_received":0)");
    const auto charge = body.find(R"("latest_charge":)");
    return body.replace(charge, body.find(R"("livemode")") - charge, R"("latest_charge":null,)");
}

inline std::string failed_with(std::string_view error) {
    return with(unpaid("requires_payment_method"), R"("last_payment_error":null)",
                R"("last_payment_error":)" + std::string(error));
}

inline std::string next_action(std::string_view url) {
    return with(unpaid("requires_action"), R"("next_action":null)",
                R"("next_action":{"type":"redirect_to_url","redirect_to_url":{"url":")" + std::string(url) + R"("}})");
}

inline std::string error_body(std::string_view members) {
    return R"({"error":{)" + std::string(members) + "}}";
}

inline std::string card_error(std::string_view codes, const std::string& intent) {
    return error_body(R"("type":"card_error",)" + std::string(codes) + R"(,"payment_intent":)" + intent);
}

inline http::ClientAnswer wire(int status, std::string body, bool replayed = false) {
    http::ClientAnswer answer{.status = status, .headers = {{"content-type", "application/json"}}, .body = {}};
    answer.body = std::move(body);
    if (replayed) answer.headers.emplace_back("idempotent-replayed", "true");
    return answer;
}

}  // namespace florin::psp::stripe::fixture
