#include "psp/stripe/adapter_fixture.hpp"
#include "psp/stripe/operation_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

class Operations : public Adapter {};

TEST_F(Operations, each_kind_sends_its_form_to_its_place_under_its_own_key) {
    struct Case {
        Call call;
        std::string success;
        const char* line;
        std::string body;
        const char* reference;
    };
    const Case cases[] = {
        {authorize_call(), held(), "POST /v1/payment_intents HTTP/1.1\r\n",
         encode_creation(authorize_call(), false).value(), "pi_1"},
        {capture_call(400), captured(400), "POST /v1/payment_intents/pi_1/capture HTTP/1.1\r\n",
         encode_capture(capture_call(400)).value(), "pi_1"},
        {void_call(), released(), "POST /v1/payment_intents/pi_1/cancel HTTP/1.1\r\n",
         encode_cancel(OperationKind::void_), "pi_1"},
        {expire_call(), released(), "POST /v1/payment_intents/pi_1/cancel HTTP/1.1\r\n",
         encode_cancel(OperationKind::expire), "pi_1"},
        {refund_call(), refunded(), "POST /v1/refunds HTTP/1.1\r\n", encode_refund(refund_call()).value(), "re_1"},
    };
    for (const auto& [call, success, line, body, reference] : cases) {
        SCOPED_TRACE(payments::to_string(call.kind));
        answers({canned(200, success)});
        const auto answer = execute(call);
        EXPECT_EQ(answer.kind, Kind::approved) << answer.evidence;
        EXPECT_EQ(answer.reference, reference);
        EXPECT_TRUE(requested(0, line)) << request(0);
        EXPECT_TRUE(request(0).ends_with("\r\n\r\n" + body)) << request(0);
        EXPECT_NE(request(0).find("Idempotency-Key: " + idempotency_key(call.operation, 1) + "\r\n"),
                  std::string::npos);
        EXPECT_EQ(server_->requests().size(), 1U);
    }
}

TEST_F(Operations, calls_are_counted_by_their_kind) {
    answers({canned(200, refunded()), canned(200, released())});
    execute(refund_call());
    execute(expire_call());
    const auto text = metrics_.render();
    EXPECT_NE(text.find("call=\"refund\""), std::string::npos) << text;
    EXPECT_NE(text.find("call=\"expire\""), std::string::npos);
}

TEST_F(Operations, what_is_not_whole_is_never_sent) {
    answers({canned(200, captured(1000))});
    auto nameless = capture_call(1000);
    nameless.payment_reference.reset();
    auto strange = capture_call(1000);
    strange.payment_reference = "pi_1/../x";
    auto measureless = void_call();
    measureless.payment_amount.reset();
    auto newer = refund_call();
    newer.encoder_version = 2;
    auto recorded = refund_call();
    recorded.kind = OperationKind::refund_failure;
    for (const auto& call : {nameless, strange, measureless, newer, recorded}) {
        EXPECT_EQ(execute(call).kind, Kind::refused_unsent);
    }
    auto inexact = refund_call();
    inexact.amount = Money{5124, kKwd};
    EXPECT_EQ(execute(inexact).decline->code, "invalid_amount");
    EXPECT_TRUE(server_->requests().empty());
}

// Rule 21: the object that is read back decides, whatever the call was answered with.
TEST_F(Operations, a_refusal_by_state_is_confirmed_by_the_object) {
    struct Case {
        const char* name;
        Call call;
        std::string refusal;
        std::vector<std::string> then;
        Kind kind;
        const char* code;
        bool confirmed;
    };
    const auto state = invalid("payment_intent_unexpected_state");
    const auto expired = IntentText{.status = "canceled", .cancellation_reason = "automatic"}.text();
    const auto all_refunded = IntentText{.status = "succeeded", .received = 1000, .refunded = 1000}.text();
    const Case cases[] = {
        {"captured by an earlier call", capture_call(1000), state, {captured(1000)}, Kind::approved, "", false},
        {"P-21",
         capture_call(1000),
         invalid("charge_expired_for_capture"),
         {expired},
         Kind::declined,
         "authorization_expired",
         true},
        {"P-21, not shown yet",
         capture_call(1000),
         invalid("charge_expired_for_capture"),
         {held()},
         Kind::declined,
         "authorization_expired",
         false},
        {"voided", capture_call(1000), state, {released()}, Kind::declined, "already_voided", true},
        {"captured by another",
         capture_call(400),
         state,
         {IntentText{.status = "succeeded", .received = 1000, .marks = {mark(5, 1000)}}.text()},
         Kind::declined,
         "already_captured",
         true},
        {"contradicted", capture_call(400), state, {captured(500)}, Kind::unclear, "", false},
        {"too much",
         capture_call(1000),
         invalid("amount_too_large", "amount_to_capture"),
         {held()},
         Kind::declined,
         "amount_not_available",
         false},
        {"released already", void_call(), state, {released()}, Kind::approved, "", false},
        {"released already, and the refusal says so",
         void_call(),
         refused_with("payment_intent_unexpected_state", released()),
         {released()},
         Kind::approved,
         "",
         false},
        {"a code that is not listed",
         void_call(),
         invalid("processing_error"),
         {released()},
         Kind::approved,
         "",
         false},
        {"a code that is not listed, and nothing happened",
         void_call(),
         invalid("processing_error"),
         {held()},
         Kind::unclear,
         "",
         false},
        {"captured there", void_call(), state, {captured(1000)}, Kind::declined, "already_captured", true},
        {"cannot be canceled", void_call(), state, {held()}, Kind::declined, "operation_refused", false},
        {"expired there", expire_call(), state, {expired}, Kind::approved, "", false},
        {"refunded by an earlier call",
         refund_call(),
         invalid("charge_already_refunded"),
         {list(refunded(), false)},
         Kind::approved,
         "",
         false},
        {"pending since an earlier call",
         refund_call(),
         invalid("charge_already_refunded"),
         {list(refunded("pending"), false)},
         Kind::accepted,
         "",
         false},
        {"all refunded",
         refund_call(),
         invalid("charge_already_refunded"),
         {list(refunded("succeeded", 2, 1000), false), all_refunded},
         Kind::declined,
         "already_refunded",
         true},
        {"enough left",
         refund_call(),
         invalid("charge_disputed"),
         {list("", false), captured(1000)},
         Kind::declined,
         "payment_disputed",
         false},
    };
    for (const auto& row : cases) {
        SCOPED_TRACE(row.name);
        std::vector<std::string> bytes = {canned(400, row.refusal)};
        for (const auto& body : row.then) bytes.push_back(canned(200, body));
        answers(std::move(bytes));
        const auto answer = execute(row.call);
        EXPECT_EQ(to_string(answer.kind), to_string(row.kind)) << answer.evidence;
        EXPECT_EQ(answer.decline ? answer.decline->code : "", row.code);
        EXPECT_EQ(answer.confirmed, row.confirmed);
        EXPECT_EQ(answer.http_status, 400);
        EXPECT_EQ(server_->requests().size(), 1 + row.then.size());
        // As the first and only call any refusal counts; as a repeat only what the object confirms.
        const auto repeat = judge(answer, false).outcome;
        if (row.kind == Kind::declined) {
            EXPECT_EQ(judge(answer, true).outcome, payments::Outcome::declined);
            EXPECT_EQ(repeat, row.confirmed ? payments::Outcome::declined : payments::Outcome::unknown);
        }
    }
}

TEST_F(Operations, an_object_that_cannot_be_read_back_leaves_the_refusal_as_it_was) {
    const auto refusal = canned(400, invalid("charge_already_captured"));
    for (const auto& bytes : {std::string(), canned(500, "{}"), canned(404, invalid("resource_missing", "intent")),
                              canned(401, invalid("")), canned(200, "<html>")}) {
        answers({refusal, bytes});
        const auto answer = execute(capture_call(1000));
        EXPECT_EQ(answer.kind, Kind::declined) << answer.evidence;
        EXPECT_EQ(answer.decline->code, "already_captured");
        EXPECT_FALSE(answer.confirmed);
    }
    const auto exhausted = IntentText{.status = "succeeded", .received = 1000, .refunded = 1000}.text();
    answers({canned(400, invalid("charge_already_refunded")), canned(200, list(refunded("succeeded", 2), true)),
             canned(500, "{}"), canned(200, exhausted)});
    const auto refund = execute(refund_call());
    EXPECT_EQ(refund.kind, Kind::declined);
    EXPECT_FALSE(refund.confirmed) << "a page was not read: ours may stand on it";
    EXPECT_EQ(server_->requests().size(), 3U);
}

TEST_F(Operations, a_refusal_from_the_psps_store_stays_marked_when_the_object_is_read_back) {
    auto replayed = canned(400, invalid("payment_intent_unexpected_state"));
    replayed.insert(replayed.find("\r\n") + 2, "Idempotent-Replayed: true\r\n");
    answers({replayed, canned(200, released())});
    const auto answer = execute(void_call());
    EXPECT_EQ(answer.kind, Kind::approved);
    EXPECT_TRUE(answer.replayed);
    answers({replayed, canned(200, released())});
    const auto capture = execute(capture_call(1000));
    EXPECT_TRUE(capture.replayed);
    EXPECT_EQ(judge(capture, true).outcome, payments::Outcome::declined);
}

TEST_F(Operations, read_asks_for_the_refund_by_its_own_name) {
    answers({canned(200, refund_failed_with("lost_or_stolen_card"))});
    const auto answer = read("re_1", refund_call());
    EXPECT_EQ(answer.kind, Kind::declined) << "P-20: a refund that fails late";
    EXPECT_EQ(answer.decline->code, "refund_failed");
    EXPECT_EQ(answer.decline->reason.find("stolen"), std::string::npos);
    EXPECT_TRUE(requested(0, "GET /v1/refunds/re_1 HTTP/1.1\r\n")) << request(0);
    EXPECT_EQ(request(0).find("Idempotency-Key"), std::string::npos);
    EXPECT_EQ(read("pi_1", refund_call()).kind, Kind::unclear);
    EXPECT_EQ(read("re_1", capture_call(1000)).kind, Kind::unclear);
    EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_F(Operations, read_asks_for_the_intent_of_a_capture_and_of_a_void) {
    answers({canned(200, captured(1000)), canned(200, released()), canned(200, held())});
    EXPECT_EQ(read("pi_1", capture_call(1000)).kind, Kind::approved);
    EXPECT_EQ(read("pi_1", void_call()).kind, Kind::approved);
    EXPECT_EQ(read("pi_1", void_call()).kind, Kind::unclear);
    EXPECT_TRUE(requested(1, "GET /v1/payment_intents/pi_1?expand[]=latest_charge HTTP/1.1\r\n"));
}

TEST_F(Operations, nobody_listening_is_refused_unsent_for_every_kind) {
    const DeafPort deaf;
    make(deaf.number());
    for (const auto& call : {authorize_call(), capture_call(1000), void_call(), expire_call(), refund_call()}) {
        EXPECT_EQ(execute(call).kind, Kind::refused_unsent);
    }
    EXPECT_FALSE(look_up({capture_call(1000)}).complete);
    EXPECT_FALSE(look_up({refund_call()}).complete);
    EXPECT_EQ(read("re_1", refund_call()).kind, Kind::unclear);
}

TEST_F(Operations, silence_is_unclear_at_the_deadline) {
    answers({std::string(CannedServer::kHang)});
    const auto answer = run(psp_->execute(capture_call(1000), Deadline::after(Milliseconds(2'000))));
    EXPECT_EQ(answer.kind, Kind::unclear) << answer.evidence;
    EXPECT_EQ(server_->requests().size(), 1U) << "a call without an answer is not read back";
}

}  // namespace
}  // namespace florin::psp::stripe
