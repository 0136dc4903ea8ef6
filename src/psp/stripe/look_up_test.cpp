#include "psp/stripe/adapter_fixture.hpp"
#include "psp/stripe/operation_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

class LookUp : public Adapter {};

TEST_F(LookUp, a_look_up_reads_every_page_and_picks_its_attempts) {
    answers({canned(200, list(foreign("pi_9") + "," + foreign("pi_8"), true)),
             canned(200, list(foreign("pi_7") + "," + succeeded(), false))});
    auto other = sale_call();
    other.attempt = 2;
    const auto sweep = look_up({sale_call(), other});
    EXPECT_TRUE(sweep.complete) << sweep.evidence;
    EXPECT_EQ(sweep.requests, 2);
    ASSERT_EQ(sweep.found.size(), 1U);
    EXPECT_EQ(sweep.found.at("op_01920000-0000-7000-8000-000000000002-1").kind, Kind::approved);
    // Wider than asked by the clock error, because `created` is on Stripe's clock.
    EXPECT_TRUE(server_->requests().at(0).starts_with(
        "GET /v1/payment_intents?created[gte]=1699999995&created[lte]=1700000106&limit=50"
        "&expand[]=data.latest_charge HTTP/1.1"));
    EXPECT_NE(server_->requests().at(1).find("&starting_after=pi_8 HTTP/1.1"), std::string::npos);
}

TEST_F(LookUp, a_look_up_that_misses_a_page_is_not_complete) {
    const auto first = canned(200, list(succeeded(), true));
    for (const auto& second :
         {canned(500, "{}"), canned(200, list("", true)), canned(200, "<html>"), std::string(), first,
          canned(429, error_body(R"("type":"invalid_request_error","code":"rate_limit")"))}) {
        answers({first, second});
        const auto sweep = look_up({sale_call()});
        EXPECT_FALSE(sweep.complete);
        EXPECT_EQ(sweep.requests, 2);
        EXPECT_EQ(sweep.found.size(), 1U);
        EXPECT_FALSE(sweep.evidence.empty());
    }
}

TEST_F(LookUp, a_list_that_does_not_move_on_ends_the_look_up) {
    answers({canned(200, list(succeeded(), true)), canned(200, list(succeeded(), true)),
             canned(200, list(succeeded(), false))});
    const auto sweep = look_up({sale_call()});
    EXPECT_FALSE(sweep.complete);
    EXPECT_EQ(sweep.evidence, "the list does not move on");
}

TEST_F(LookUp, a_look_up_that_was_cut_off_goes_on_where_it_ended) {
    answers({canned(200, list(succeeded() + "," + foreign("pi_8"), true)), canned(500, "{}"),
             canned(200, list(foreign("pi_7"), true)), canned(200, list(foreign("pi_6"), false))});
    const auto begun = look_up({sale_call()});
    EXPECT_FALSE(begun.complete);
    EXPECT_EQ(begun.next, "pi_8");
    const auto whole = look_up({sale_call()}, begun);
    EXPECT_TRUE(whole.complete) << whole.evidence;
    EXPECT_EQ(whole.evidence, "the last 2 pages read");
    EXPECT_EQ(whole.requests, 2);
    EXPECT_EQ(whole.next, "");
    EXPECT_EQ(whole.found.size(), 1U) << "what it found before";
    EXPECT_NE(server_->requests().at(2).find("&starting_after=pi_8 HTTP/1.1"), std::string::npos);
}

TEST_F(LookUp, two_objects_under_one_key_are_believed_neither) {
    answers({canned(200, list(succeeded() + "," + of_id(succeeded(), "pi_2"), false))});
    const auto sweep = look_up({sale_call()});
    const auto& answer = sweep.found.at("op_01920000-0000-7000-8000-000000000002-1");
    EXPECT_EQ(answer.kind, Kind::unclear);
    EXPECT_TRUE(answer.alert);
    EXPECT_EQ(answer.evidence, "listed twice: pi_1 and pi_2");
}

TEST_F(LookUp, one_object_seen_on_two_pages_counts_once) {
    answers({canned(200, list(succeeded() + "," + foreign("pi_8"), true)), canned(200, list(succeeded(), false))});
    EXPECT_EQ(look_up({sale_call()}).found.at("op_01920000-0000-7000-8000-000000000002-1").kind, Kind::approved);
}

// P-19: three captures, the second lost. Each is found by its own mark, in one read of their payment.
TEST_F(LookUp, captures_are_looked_up_each_by_its_own_reference) {
    const auto first = open_capture_call(200, 1);
    const auto second = open_capture_call(300, 2);
    const auto third = open_capture_call(400, 3);
    answers({canned(200, IntentText{.received = 600, .marks = {mark(1, 200), mark(3, 400)}}.text()),
             canned(200, IntentText{.received = 900, .marks = {mark(1, 200), mark(2, 300), mark(3, 400)}}.text())});
    const auto key = [](const Call& call) { return idempotency_key(call.operation, call.attempt); };
    const auto without = look_up({first, second, third});
    EXPECT_TRUE(without.complete) << without.evidence;
    ASSERT_EQ(without.found.size(), 2U);
    EXPECT_EQ(without.found.at(key(first)).kind, Kind::approved);
    EXPECT_EQ(without.found.at(key(third)).kind, Kind::approved);
    EXPECT_EQ(server_->requests().size(), 1U);
    const auto with_it = look_up({first, second, third});
    ASSERT_EQ(with_it.found.size(), 3U);
    EXPECT_EQ(with_it.found.at(key(second)).kind, Kind::approved);
    EXPECT_EQ(with_it.found.at(key(second)).reference, "pi_1");
}

TEST_F(LookUp, a_look_up_is_not_fooled_by_captures_that_no_mark_explains) {
    answers({canned(200, IntentText{.received = 500, .marks = {mark(1, 200)}}.text())});
    const auto sweep = look_up({open_capture_call(200, 1), open_capture_call(300, 2)});
    EXPECT_TRUE(sweep.complete);
    ASSERT_EQ(sweep.found.size(), 2U) << "neither found nor absent";
    for (const auto& [key, answer] : sweep.found) {
        EXPECT_EQ(answer.kind, Kind::unclear) << key;
        EXPECT_TRUE(answer.alert);
    }
}

TEST_F(LookUp, a_void_is_found_when_nothing_is_held_and_absent_while_something_is) {
    answers(
        {canned(200, held()), canned(200, released()), canned(500, "{}"), canned(404, invalid("resource_missing"))});
    const auto open = look_up({void_call()});
    EXPECT_TRUE(open.complete);
    EXPECT_TRUE(open.found.empty());
    EXPECT_EQ(look_up({void_call()}).found.size(), 1U);
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(look_up({void_call()}).complete);
}

TEST_F(LookUp, the_refunds_of_one_payment_are_listed_by_it) {
    answers({canned(200, list(refunded("succeeded", 9), true)), canned(200, list(refunded("pending", 2), false))});
    const auto sweep = look_up({refund_call(400, 1), refund_call(400, 2)});
    EXPECT_TRUE(sweep.complete) << sweep.evidence;
    ASSERT_EQ(sweep.found.size(), 1U);
    EXPECT_EQ(sweep.found.begin()->second.reference, "re_2");
    EXPECT_EQ(sweep.found.begin()->second.kind, Kind::accepted);
    EXPECT_TRUE(requested(0, "GET /v1/refunds?payment_intent=pi_1&limit=100 HTTP/1.1\r\n")) << request(0);
    EXPECT_TRUE(requested(1, "GET /v1/refunds?payment_intent=pi_1&limit=100&starting_after=re_9 HTTP/1.1\r\n"));
}

TEST_F(LookUp, the_refunds_of_several_payments_are_listed_by_their_time) {
    auto other = refund_call(400, 2);
    other.payment_reference = "pi_2";
    answers({canned(200, list(refunded(), false))});
    const auto sweep = look_up({refund_call(), other});
    EXPECT_TRUE(sweep.complete);
    EXPECT_EQ(sweep.found.size(), 1U);
    EXPECT_TRUE(requested(0, "GET /v1/refunds?created[gte]=1699999995&created[lte]=1700000106&limit=100 HTTP/1.1\r\n"))
        << request(0);
}

TEST_F(LookUp, two_refunds_under_one_key_are_believed_neither) {
    answers({canned(200, list(refunded() + "," + with(refunded(), "re_1", "re_2"), false))});
    const auto answer = look_up({refund_call()}).found.begin()->second;
    EXPECT_EQ(answer.kind, Kind::unclear);
    EXPECT_TRUE(answer.alert);
}

TEST_F(LookUp, a_listed_authorization_shows_the_end_of_its_hold) {
    answers({canned(200, list(held(), false))});
    const auto listed = look_up({authorize_call(true)}).found.begin()->second;
    EXPECT_EQ(listed.kind, Kind::approved) << listed.evidence;
    EXPECT_TRUE(listed.multiple_captures);
    EXPECT_EQ(listed.capture_before, WallTime(std::chrono::seconds(1'700'500'000)));
    EXPECT_EQ(server_->requests().size(), 1U);
}

// All the metadata that Stripe takes, in an intent and again in its charge.
std::string largest(const std::string& id) {
    std::string members = R"("metadata":{)";
    for (int i = 0; i < 50; ++i) {
        members += fmt::format(R"({}"{:040}":"{}")", i == 0 ? "" : ",", i, std::string(500, 'x'));
    }
    members += "},";
    auto intent = foreign(id);
    const auto metadata = intent.find(R"("metadata")");
    intent.replace(metadata, intent.find("},", metadata) + 2 - metadata, members);
    return with(intent, R"("object":"charge",)", R"("object":"charge",)" + members);
}

TEST_F(LookUp, a_page_of_the_largest_objects_is_read) {
    std::string page;
    for (int i = 1; i < kIntentsOfPage; ++i) page += largest(fmt::format("pi_9{}", i)) + ",";
    answers({canned(200, list(page + succeeded(), false))});
    ASSERT_GT(page.size(), 2U * 1024 * 1024);
    const auto sweep = look_up({sale_call()});
    EXPECT_TRUE(sweep.complete) << sweep.evidence;
    EXPECT_EQ(sweep.found.size(), 1U);
}

TEST_F(LookUp, a_look_up_of_many_kinds_is_complete_only_when_each_is) {
    const std::vector<Call> calls = {sale_call(), refund_call(400, 2), capture_call(1000)};
    const auto sale = canned(200, list(succeeded(), false));
    const auto refund = canned(200, list(refunded("succeeded", 2), false));
    const auto capture = canned(200, captured(1000));
    const auto broken = canned(500, "{}");
    answers({sale, refund, capture});
    const auto sweep = look_up(calls);
    EXPECT_TRUE(sweep.complete) << sweep.evidence;
    EXPECT_EQ(sweep.found.size(), 3U);
    for (const auto& bytes : {std::vector{broken, refund, capture}, {sale, broken, capture}, {sale, refund, broken}}) {
        answers(bytes);
        const auto part = look_up(calls);
        EXPECT_FALSE(part.complete);
        EXPECT_EQ(part.found.size(), 2U) << part.evidence;
    }
}

}  // namespace
}  // namespace florin::psp::stripe
