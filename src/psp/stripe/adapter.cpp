#include "psp/stripe/adapter.hpp"

#include "observe/log.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/heard.hpp"
#include "psp/stripe/rules.hpp"

namespace florin::psp::stripe {
namespace {

using SteadyClock = std::chrono::steady_clock;
using payments::OperationKind;

http::ClientOptions client_options(const StripeOptions& options) {
    http::ClientOptions client;
    client.connections = options.connections;
    client.answer_bytes = kAnswerBytes;
    client.ca_file = options.ca_file;
    return client;
}

// A label of few values; the evidence has the rest.
std::string_view alert_reason(const Answer& answer) {
    return answer.http_status == 401 || answer.http_status == 403 ? "credentials" : "contradiction";
}

// What no call can be made of, as evidence: another release's attempt, or one of ours that is not whole.
std::string_view unsendable(const Call& call) {
    // Other bytes under the same key would be refused as a mismatch.
    if (call.encoder_version != kEncoderVersion) return "this release does not have the attempt's encoder version";
    if (is_only_recorded(call.kind)) return "the operation is only recorded";
    if (creates_payment(call.kind)) return {};
    const bool whole = call.payment_reference && is_intent_id(*call.payment_reference) && call.payment_amount;
    return whole ? "" : "the call does not name its payment at the PSP";
}

}  // namespace

StripePsp::StripePsp(boost::asio::any_io_executor executor, StripeOptions options, observe::Metrics* metrics)
    : options_(std::move(options)),
      rules_(stripe_rules({.read_lag = options_.read_lag,
                           .refund_looks = options_.refund_looks,
                           .stores_errors = options_.stores_errors})),
      metrics_(metrics),
      client_(std::move(executor), options_.origin, client_options(options_)) {}

Task<Answer> StripePsp::execute(Call call, Deadline deadline) {
    const auto began = SteadyClock::now();
    const auto name = payments::to_string(call.kind);
    if (const auto why = unsendable(call); !why.empty()) {
        co_return record(name, call, began, not_sent(Answer::Kind::refused_unsent, std::string(why)));
    }
    Answer answer;
    switch (call.kind) {
        case OperationKind::sale:
        case OperationKind::authorize:
            answer = co_await create(call, deadline);
            break;
        case OperationKind::capture:
            answer = co_await capture(call, deadline);
            break;
        case OperationKind::void_:
        case OperationKind::expire:
            answer = co_await cancel(call, deadline);
            break;
        case OperationKind::refund:
            answer = co_await refund(call, deadline);
            break;
        case OperationKind::capture_failure:
        case OperationKind::refund_failure:
        case OperationKind::late_void:
        case OperationKind::late_refund:
        case OperationKind::late_suspense:
            break;
    }
    co_return record(name, call, began, std::move(answer));
}

Task<StripePsp::Wire> StripePsp::send(http::ClientRequest request, Deadline deadline) {
    Wire wire = co_await client_.send(std::move(request), deadline);
    tell(heard_of(wire, SystemClock().now()));
    co_return wire;
}

Task<Answer> StripePsp::post_call(std::string target, Body body, Call call, Deadline deadline) {
    if (!body) {
        auto answer = not_sent(Answer::Kind::declined, "refused before sending: " + body.error().code);
        answer.decline = std::move(body).error();
        co_return answer;
    }
    auto request = post(std::move(target), std::move(*body), idempotency_key(call.operation, call.attempt));
    const Wire wire = co_await send(std::move(request), deadline);
    // A refund answers with an object of its own; everything else with the payment's.
    const bool known = !creates_payment(call.kind) && call.kind != OperationKind::refund;
    const std::string_view reference = known ? std::string_view(*call.payment_reference) : std::string_view();
    co_return wire ? decode_call(*wire, expectation(call, reference)) : decode_failure(wire.error());
}

Answer not_sent(Answer::Kind kind, std::string evidence) {
    Answer answer;
    answer.kind = kind;
    answer.evidence = std::move(evidence);
    return answer;
}

http::ClientRequest StripePsp::get(std::string target) const {
    http::ClientRequest request;
    request.method = "GET";
    request.target = std::move(target);
    request.headers.emplace_back("Authorization", "Bearer " + std::string(options_.key.expose()));
    request.headers.emplace_back("Stripe-Version", std::string(kApiVersion));
    request.headers.emplace_back("Accept", "application/json");
    request.headers.emplace_back("User-Agent", "Florin/0.1");
    return request;
}

http::ClientRequest StripePsp::post(std::string target, std::string body, std::string idempotency_key) const {
    auto request = get(std::move(target));
    request.method = "POST";
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.headers.emplace_back("Idempotency-Key", std::move(idempotency_key));
    request.body = std::move(body);
    return request;
}

Expectation StripePsp::expectation(const Call& call, std::string_view reference) const {
    return {.call = call, .live = options_.live, .reference = reference};
}

Answer StripePsp::record(std::string_view name, const Call& call, SteadyClock::time_point began, Answer answer) {
    const auto took = SteadyClock::now() - began;
    if (metrics_ != nullptr) {
        metrics_->psp_call(rules_.name, name, to_string(answer.kind), took);
        if (answer.alert) metrics_->psp_alert(rules_.name, alert_reason(answer));
    }
    observe::log(observe::Level::info, "psp.call",
                 {{"psp", rules_.name},
                  {"account", options_.account},
                  {"call", name},
                  {"payment", to_string(call.payment)},
                  {"operation", to_string(call.operation)},
                  {"attempt", call.attempt},
                  {"result", to_string(answer.kind)},
                  {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}});
    if (!answer.alert && answer.kind != Answer::Kind::unclear) return answer;
    observe::log(answer.alert ? observe::Level::error : observe::Level::warning,
                 answer.alert ? "psp.alert" : "psp.unclear",
                 {{"psp", rules_.name},
                  {"account", options_.account},
                  {"call", name},
                  {"payment", to_string(call.payment)},
                  {"operation", to_string(call.operation)},
                  {"attempt", call.attempt},
                  {"evidence", answer.evidence}});
    return answer;
}

}  // namespace florin::psp::stripe
