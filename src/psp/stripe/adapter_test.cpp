#include "psp/stripe/adapter_fixture.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/encode.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

TEST_F(Adapter, a_sale_sends_its_form_with_key_version_and_idempotency_key) {
    answers({canned(200, succeeded())});
    const auto answer = sale();
    EXPECT_EQ(answer.kind, Kind::approved) << answer.evidence;
    EXPECT_EQ(answer.reference, "pi_1");
    const auto request = server_->requests().at(0);
    EXPECT_TRUE(request.starts_with("POST /v1/payment_intents HTTP/1.1\r\n")) << request;
    for (const auto* line : {"Authorization: Bearer sk_test_123\r\n", "Stripe-Version: 2026-06-24.dahlia\r\n",
                             "Idempotency-Key: op_01920000-0000-7000-8000-000000000002-1\r\n",
                             "Content-Type: application/x-www-form-urlencoded\r\n"}) {
        EXPECT_NE(request.find(line), std::string::npos) << line;
    }
    EXPECT_TRUE(request.ends_with("\r\n\r\n" + encode_creation(sale_call(), false).value())) << request;
}

TEST_F(Adapter, nobody_listening_is_refused_unsent) {
    const DeafPort deaf;
    make(deaf.number());
    EXPECT_EQ(sale().kind, Kind::refused_unsent);
}

TEST_F(Adapter, a_deadline_that_has_passed_sends_nothing) {
    answers({canned(200, succeeded())});
    EXPECT_EQ(run(psp_->execute(sale_call(), Deadline::after(Milliseconds(0)))).kind, Kind::refused_unsent);
    EXPECT_TRUE(server_->requests().empty());
}

TEST_F(Adapter, an_answer_that_breaks_off_is_unclear) {
    for (const auto& bytes : {std::string(), std::string("HTTP/1.1 200 OK\r\n"),
                              canned(200, succeeded()).substr(0, 300), std::string("garbage\r\n\r\n")}) {
        answers({bytes});
        const auto answer = sale();
        EXPECT_EQ(answer.kind, Kind::unclear) << answer.evidence;
        EXPECT_EQ(answer.http_status, 0);
    }
}

TEST_F(Adapter, silence_is_unclear_at_the_deadline) {
    answers({std::string(CannedServer::kHang)});
    const auto answer = run(psp_->execute(sale_call(), Deadline::after(Milliseconds(2'000))));
    EXPECT_EQ(answer.kind, Kind::unclear);
    EXPECT_TRUE(answer.evidence.starts_with("timeout")) << answer.evidence;
}

TEST_F(Adapter, an_answer_above_the_limit_is_unclear) {
    answers({canned(200, std::string(kAnswerBytes, ' ') + succeeded())});
    EXPECT_EQ(sale().kind, Kind::unclear);
}

TEST_F(Adapter, what_cannot_be_encoded_is_never_sent) {
    answers({canned(200, succeeded())});
    auto call = sale_call();
    call.amount = Money{5124, kKwd};
    const auto answer = run(psp_->execute(call, in_time()));
    EXPECT_EQ(answer.kind, Kind::declined);
    EXPECT_EQ(answer.decline->code, "invalid_amount");
    call = sale_call();
    call.encoder_version = 2;
    EXPECT_EQ(run(psp_->execute(call, in_time())).kind, Kind::refused_unsent);
    EXPECT_TRUE(server_->requests().empty());
}

TEST_F(Adapter, calls_and_alerts_are_counted) {
    answers({canned(200, with(succeeded(), R"("usd")", R"("eur")")),
             canned(401, error_body(R"("type":"invalid_request_error")"))});
    EXPECT_EQ(sale().kind, Kind::unclear);
    EXPECT_EQ(sale().kind, Kind::refused_before_execution);
    const auto text = metrics_.render();
    EXPECT_NE(text.find("florin_psp_alerts_total"), std::string::npos);
    EXPECT_NE(text.find("contradiction"), std::string::npos);
    EXPECT_NE(text.find("credentials"), std::string::npos);
    EXPECT_NE(text.find("refused_before_execution"), std::string::npos);
}

TEST_F(Adapter, read_asks_for_the_object) {
    answers({canned(200, succeeded())});
    EXPECT_EQ(run(psp_->read("pi_1", sale_call(), in_time())).kind, Kind::approved);
    EXPECT_TRUE(
        server_->requests().at(0).starts_with("GET /v1/payment_intents/pi_1?expand[]=latest_charge HTTP/1.1\r\n"));
    EXPECT_EQ(server_->requests().at(0).find("Idempotency-Key"), std::string::npos);
    EXPECT_EQ(run(psp_->read("pi_1/../x", sale_call(), in_time())).kind, Kind::unclear);
    EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_F(Adapter, a_read_that_reached_nobody_says_nothing_about_the_payment) {
    const DeafPort deaf;
    make(deaf.number());
    EXPECT_EQ(run(psp_->read("pi_1", sale_call(), in_time())).kind, Kind::unclear);
    EXPECT_EQ(run(psp_->abandon("pi_1", sale_call(), in_time())).kind, Kind::unclear);
}

TEST_F(Adapter, abandon_cancels_under_a_key_of_its_own) {
    answers({canned(200, with(unpaid("canceled"), R"("created")", R"("cancellation_reason":"abandoned","created")"))});
    const auto answer = run(psp_->abandon("pi_1", sale_call(), in_time()));
    EXPECT_EQ(answer.kind, Kind::declined) << answer.evidence;
    EXPECT_EQ(answer.decline->code, "canceled");
    const auto request = server_->requests().at(0);
    EXPECT_TRUE(request.starts_with("POST /v1/payment_intents/pi_1/cancel HTTP/1.1\r\n"));
    EXPECT_NE(request.find("Idempotency-Key: op_01920000-0000-7000-8000-000000000002-1-abandon\r\n"),
              std::string::npos);
    EXPECT_TRUE(request.ends_with("cancellation_reason=abandoned&expand[]=latest_charge"));
}

TEST_F(Adapter, abandon_answers_what_the_object_is_when_it_cannot_be_canceled) {
    answers({canned(400, error_body(R"("type":"invalid_request_error","code":"payment_intent_unexpected_state")")),
             canned(200, succeeded())});
    const auto answer = run(psp_->abandon("pi_1", sale_call(), in_time()));
    EXPECT_EQ(answer.kind, Kind::approved) << answer.evidence;
    EXPECT_TRUE(server_->requests().at(1).starts_with("GET /v1/payment_intents/pi_1?"));
}

}  // namespace
}  // namespace florin::psp::stripe
