// For tests: one authorized payment of 10.00 USD, the calls on it, and Stripe's objects as they would be.
#pragma once

#include <fmt/format.h>

#include <vector>

#include "psp/stripe/intent_fixture.hpp"

namespace florin::psp::stripe::fixture {

using payments::OperationKind;

inline OperationId operation_id(int number) {
    return *OperationId::parse(fmt::format("op_01920000-0000-7000-8000-0000000001{:02}", number));
}

inline Call authorize_call(bool multiple_captures = false) {
    auto call = sale_call();
    call.kind = OperationKind::authorize;
    call.parameters.multiple_captures = multiple_captures;
    return call;
}

inline Call modification_call(OperationKind kind, std::int64_t amount, int number = 1) {
    Call call{.kind = kind,
              .payment = sale_call().payment,
              .operation = operation_id(number),
              .attempt = 1,
              .encoder_version = 1,
              .amount = Money{amount, kUsd},
              .payment_reference = "pi_1",
              .payment_amount = Money{1000, kUsd}};
    return call;
}

// The last capture; what it leaves of the 10.00 is released.
inline Call capture_call(std::int64_t amount, int number = 1, std::int64_t captured_before = 0) {
    auto call = modification_call(OperationKind::capture, amount, number);
    call.parameters.final = true;
    call.parameters.releases = 1000 - captured_before - amount;
    return call;
}

inline Call open_capture_call(std::int64_t amount, int number = 1) {
    return modification_call(OperationKind::capture, amount, number);
}

inline Call void_call(std::int64_t amount = 1000) {
    return modification_call(OperationKind::void_, amount);
}

inline Call expire_call(std::int64_t amount = 1000) {
    return modification_call(OperationKind::expire, amount);
}

inline Call refund_call(std::int64_t amount = 400, int number = 1) {
    return modification_call(OperationKind::refund, amount, number);
}

// "<operation id>":"1:600"
inline std::string mark(int number, std::int64_t amount, int attempt = 1) {
    return fmt::format(R"("{}":"{}:{}")", to_string(operation_id(number)), attempt, amount);
}

// The authorized intent, of which `received` was captured under these marks.
struct IntentText {
    std::string status = "requires_capture";
    std::int64_t received = 0;
    std::vector<std::string> marks{};
    std::string cancellation_reason{};  // empty: null
    std::string card = R"({"brand":"visa","capture_before":1700500000,"multicapture":{"status":"available"}})";
    std::int64_t refunded = 0;

    std::string text() const {
        const std::int64_t capturable = status == "requires_capture" ? 1000 - received : 0;
        std::string metadata = R"("florin_payment":"pay_01920000-0000-7000-8000-000000000001",)"
                               R"("florin_operation":"op_01920000-0000-7000-8000-000000000002","florin_attempt":"1")";
        for (const auto& entry : marks) metadata += "," + entry;
        const auto reason = cancellation_reason.empty() ? "null" : '"' + cancellation_reason + '"';
        return fmt::format(
            R"({{"id":"pi_1","object":"payment_intent","amount":1000,"amount_capturable":{},"amount_received":{},)"
            R"("cancellation_reason":{},"capture_method":"manual","client_secret":"pi_1_secret_x",)"
            R"("created":1700000000,"currency":"usd","last_payment_error":null,"latest_charge":{{"id":"ch_1",)"
            R"("object":"charge","amount":1000,"amount_captured":{},"amount_refunded":{},"captured":{},)"
            R"("payment_intent":"pi_1","payment_method_details":{{"card":{},"type":"card"}},"status":"succeeded"}},)"
            R"("livemode":false,"metadata":{{{}}},"next_action":null,"status":"{}"}})",
            capturable, received, reason, received, refunded, received > 0, card, metadata, status);
    }
};

inline std::string held() {
    return IntentText{}.text();
}

// After one final capture of `amount`, the operation's own.
inline std::string captured(std::int64_t amount) {
    return IntentText{.status = "succeeded", .received = amount, .marks = {mark(1, amount)}}.text();
}

inline std::string released() {
    return IntentText{.status = "canceled", .cancellation_reason = "requested_by_customer"}.text();
}

inline std::string refunded(std::string_view status = "succeeded", int number = 1, std::int64_t amount = 400) {
    return fmt::format(R"({{"id":"re_{}","object":"refund","amount":{},"charge":"ch_1","created":1700000100,)"
                       R"("currency":"usd","failure_reason":null,"metadata":{{)"
                       R"("florin_payment":"pay_01920000-0000-7000-8000-000000000001","florin_operation":"{}",)"
                       R"("florin_attempt":"1"}},"payment_intent":"pi_1","reason":null,"status":"{}"}})",
                       number, amount, to_string(operation_id(number)), status);
}

inline std::string refund_failed_with(std::string_view reason) {
    return with(refunded("failed"), R"("failure_reason":null)", fmt::format(R"("failure_reason":"{}")", reason));
}

inline std::string invalid(std::string_view code, std::string_view param = {}) {
    std::string members = R"("type":"invalid_request_error","message":"No.")";
    if (!code.empty()) members += R"(,"code":")" + std::string(code) + '"';
    if (!param.empty()) members += R"(,"param":")" + std::string(param) + '"';
    return error_body(members);
}

// A refusal by state that names its intent, as Stripe's do.
inline std::string refused_with(std::string_view code, const std::string& intent) {
    return error_body(fmt::format(R"("type":"invalid_request_error","code":"{}","payment_intent":{})", code, intent));
}

// A wire answer and what it must become.
struct Row {
    const char* name;
    int status;
    std::string body;
    Answer::Kind kind;
    std::string code = {};  // of the decline
    bool alert = false;
    std::string reference = {};
};

inline void expect_answer(const Row& row, const Answer& answer) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(to_string(answer.kind), to_string(row.kind)) << answer.evidence;
    EXPECT_EQ(answer.decline ? answer.decline->code : "", row.code);
    EXPECT_EQ(answer.decline.has_value(), answer.kind == Answer::Kind::declined);
    EXPECT_EQ(answer.alert, row.alert) << answer.evidence;
    EXPECT_EQ(answer.reference.value_or(""), row.reference);
    EXPECT_EQ(answer.http_status, row.status);
    EXPECT_TRUE(answer.evidence.starts_with("HTTP ")) << answer.evidence;
}

}  // namespace florin::psp::stripe::fixture
