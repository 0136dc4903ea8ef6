// The body of a sale or an authorization: what is taken is within limits, holds no card number, and is the same request
// in whatever form it is sent.
#include "payments/request.hpp"

#include "fuzz/property.hpp"

namespace florin::fuzz {
namespace {

using payments::CreateRequest;

constexpr std::string_view kPath = "/api/v1/payments";

// Every member spelled out, as another client would send the same request.
boost::json::object spelled_out(const CreateRequest& request) {
    boost::json::object metadata;
    for (const auto& [key, entry] : request.metadata) metadata.emplace(key, entry);
    boost::json::object body{
        {"metadata", std::move(metadata)},          {"capture", request.capture},
        {"payment_method", request.payment_method}, {"currency", request.amount.currency().code()},
        {"amount", request.amount.minor_units()},   {"multiple_captures", request.multiple_captures}};
    if (request.description) body.emplace("description", *request.description);
    if (request.return_url) body.emplace("return_url", *request.return_url);
    return body;
}

payments::Payment as_stored(const CreateRequest& request) {
    return {.id = {},
            .merchant = {},
            .amount = request.amount,
            .amounts = {},
            .payment_method = request.payment_method,
            .capture = request.capture,
            .description = request.description,
            .metadata = request.metadata,
            .return_url = request.return_url,
            .psp = {},
            .psp_reference = {},
            .failure_code = {},
            .failure_reason = {},
            .next_action = {},
            .capture_before = {},
            .created_at = {},
            .updated_at = {}};
}

void must_be_within_limits(const CreateRequest& request, bool live) {
    const auto amount = request.amount.minor_units();
    must(amount >= 1 && amount <= request.amount.currency().max_amount(), "the amount is within limits");
    must(Currency::parse(request.amount.currency().code()).has_value(), "the currency is known");
    must(!request.payment_method.empty() && request.payment_method.size() <= 64, "the method's name is short");
    must(!request.multiple_captures || !request.capture, "several captures need an authorization");
    must(request.metadata.size() <= 50, "metadata is bounded");
    const bool is_alias = !live && request.payment_method == "tok_4242424242424242";
    must(is_alias || !payments::contains_card_number(request.payment_method), "no card number is a method");
    for (const auto& text : {request.description.value_or(""), request.return_url.value_or("")})
        must(!payments::contains_card_number(text), "no text holds a card number");
    for (const auto& [key, entry] : request.metadata) {
        must(!key.empty() && key.size() <= 160 && entry.size() <= 2000, "metadata is short");
        must(!payments::contains_card_number(key) && !payments::contains_card_number(entry),
             "metadata holds no card number");
    }
}

void must_be_the_same(const CreateRequest& a, const CreateRequest& b) {
    must(payments::fingerprint(kPath, a) == payments::fingerprint(kPath, b), "the same request has one fingerprint");
    const payments::Parameters parameters{.multiple_captures = b.multiple_captures};
    must(payments::differing_field(a, as_stored(b), parameters).empty(), "the same request differs in no field");
}

void check(const boost::json::value& body, bool live) {
    const auto request = payments::parse_create_request(body, live);
    if (!request) return must_be_showable(request.error());
    must_be_within_limits(*request, live);
    const auto text = boost::json::value(spelled_out(*request));
    const auto again = json::parse(json::canonical(text));
    must(again.has_value(), "what is taken can be sent again");
    const auto repeated = payments::parse_create_request(*again, live);
    must(repeated.has_value(), "and is taken again");
    must_be_the_same(*request, *repeated);
    if (!live) return;
    const auto in_test = payments::parse_create_request(body, false);
    must(in_test.has_value(), "test mode takes what live mode takes");
    must_be_the_same(*request, *in_test);
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    const auto body = json::parse(fuzz::text_of(data, size));
    if (!body) return 0;
    for (const bool live : {true, false}) fuzz::check(*body, live);
    return 0;
}
