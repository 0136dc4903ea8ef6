// The body of a capture, void or refund: what is taken is within limits and the same request when sent again, and what
// is stored of it is read back as it was.
#include "payments/modification.hpp"

#include "fuzz/property.hpp"

namespace florin::fuzz {
namespace {

using payments::ModificationRequest;
using payments::OperationKind;

constexpr std::string_view kPath = "/api/v1/payments/pay_01920000-0000-7000-8000-000000000001/capture";

std::string spelled_out(const ModificationRequest& request) {
    boost::json::object body;
    if (request.reason) body.emplace("reason", *request.reason);
    if (request.final) body.emplace("final", *request.final);
    if (request.currency) body.emplace("currency", request.currency->code());
    if (request.amount) body.emplace("amount", *request.amount);
    return json::canonical(body);
}

void must_fit(const ModificationRequest& request, OperationKind kind) {
    must(request.kind == kind, "the kind is the caller's");
    must(!request.amount || *request.amount >= 1, "an amount is positive");
    must(!request.final || kind == OperationKind::capture, "only a capture is final");
    must(!request.reason || kind == OperationKind::refund, "only a refund has a reason");
    must(kind != OperationKind::void_ || spelled_out(request) == "{}", "a void says nothing");
    must(!request.reason || !payments::contains_card_number(*request.reason), "a reason holds no card number");
}

void check_stored(const ModificationRequest& request) {
    const payments::Parameters parameters{.final = request.final.value_or(false), .reason = request.reason};
    const auto again = payments::parse_parameters(payments::to_json(parameters));
    must(again && *again == parameters, "what is stored of a request is read back");
    const payments::Attempt stored{.operation = {},
                                   .payment = {},
                                   .kind = request.kind,
                                   .amount = Money{request.amount.value_or(1), request.currency.value_or(kUsd)},
                                   .parameters = parameters,
                                   .psp = {},
                                   .psp_account = {},
                                   .actor = {},
                                   .request = {}};
    must(payments::differing_field(request, stored).empty(), "a request differs from itself in no field");
}

void check(const boost::json::value& body, OperationKind kind) {
    const auto request = payments::parse_modification(kind, body);
    if (!request) return must_be_showable(request.error());
    must_fit(*request, kind);
    const auto again = json::parse(spelled_out(*request));
    must(again.has_value(), "what is taken can be sent again");
    const auto repeated = payments::parse_modification(kind, *again);
    must(repeated.has_value(), "and is taken again");
    must(payments::fingerprint(kPath, *request) == payments::fingerprint(kPath, *repeated),
         "the same request has one fingerprint");
    check_stored(*request);
}

void check_parameters(std::string_view text) {
    const auto parameters = payments::parse_parameters(text);
    if (!parameters) return;
    must(parameters->releases >= 0, "nothing negative is released");
    const auto again = payments::parse_parameters(payments::to_json(*parameters));
    must(again && *again == *parameters, "parameters are read back as they were");
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    const auto text = fuzz::text_of(data, size);
    fuzz::check_parameters(text);
    const auto body = json::parse(text);
    if (!body) return 0;
    using payments::OperationKind;
    for (const auto kind : {OperationKind::capture, OperationKind::void_, OperationKind::refund})
        fuzz::check(*body, kind);
    return 0;
}
