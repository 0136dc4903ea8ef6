#include "psp/stripe/adapter.hpp"

#include "observe/log.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/rules.hpp"

namespace florin::psp::stripe {
namespace {

using SteadyClock = std::chrono::steady_clock;

http::ClientOptions client_options(const StripeOptions& options) {
    http::ClientOptions client;
    client.connections = options.connections;
    client.ca_file = options.ca_file;
    return client;
}

// A label of few values; the evidence has the rest.
std::string_view alert_reason(const Answer& answer) {
    return answer.http_status == 401 || answer.http_status == 403 ? "credentials" : "contradiction";
}

Answer not_sent(Answer::Kind kind, std::string evidence) {
    Answer answer;
    answer.kind = kind;
    answer.evidence = std::move(evidence);
    return answer;
}

}  // namespace

StripePsp::StripePsp(boost::asio::any_io_executor executor, StripeOptions options, observe::Metrics* metrics)
    : options_(std::move(options)),
      rules_(stripe_rules(options_.read_lag)),
      metrics_(metrics),
      client_(std::move(executor), options_.origin, client_options(options_)) {}

Task<Answer> StripePsp::sale(SaleCall call, Deadline deadline) {
    const auto began = SteadyClock::now();
    if (call.encoder_version != kEncoderVersion) {
        // Written by a newer release: other bytes under the same key would be refused as a mismatch.
        auto answer =
            not_sent(Answer::Kind::refused_unsent, "this release does not have the attempt's encoder version");
        co_return record("sale", call, began, std::move(answer));
    }
    auto body = encode_sale(call, options_.live);
    if (!body) {
        auto answer = not_sent(Answer::Kind::declined, "refused before sending: " + body.error().code);
        answer.decline = body.error();
        co_return record("sale", call, began, std::move(answer));
    }
    auto request = post(std::string(kIntents), std::move(*body), idempotency_key(call.operation, call.attempt));
    const Wire wire = co_await client_.send(std::move(request), deadline);
    auto answer = wire ? decode_sale(*wire, expectation(call)) : decode_failure(wire.error());
    co_return record("sale", call, began, std::move(answer));
}

Task<Answer> StripePsp::read(std::string reference, SaleCall call, Deadline deadline) {
    const auto began = SteadyClock::now();
    if (!is_intent_id(reference)) {
        co_return record("read", call, began, not_sent(Answer::Kind::unclear, "the reference is no intent id"));
    }
    auto request = get(read_target(reference));
    const Wire wire = co_await client_.send(std::move(request), deadline);
    auto answer = wire ? decode_object(*wire, expectation(call, reference)) : decode_failure(wire.error());
    // That a read could not be sent says nothing about the payment.
    if (!wire) answer.kind = Answer::Kind::unclear;
    co_return record("read", call, began, std::move(answer));
}

Task<Answer> StripePsp::abandon(std::string reference, SaleCall call, Deadline deadline) {
    const auto began = SteadyClock::now();
    if (!is_intent_id(reference)) {
        co_return record("abandon", call, began, not_sent(Answer::Kind::unclear, "the reference is no intent id"));
    }
    auto request = post(cancel_target(reference), std::string(kCancelBody),
                        idempotency_key(call.operation, call.attempt) + "-abandon");
    const Wire wire = co_await client_.send(std::move(request), deadline);
    auto answer = wire ? decode_object(*wire, expectation(call, reference)) : decode_failure(wire.error());
    if (!wire) answer.kind = Answer::Kind::unclear;
    answer = record("abandon", call, began, std::move(answer));
    // A stored answer may be older than the object, and a refusal ("it has succeeded") names no outcome: the object
    // does.
    const int status = answer.http_status;
    const bool ask_object = answer.replayed || status == 400 || status == 404 || status == 409;
    if (!ask_object) co_return answer;
    co_return co_await read(std::move(reference), std::move(call), deadline);
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

Expectation StripePsp::expectation(const SaleCall& call, std::string_view reference) const {
    return {.call = call, .live = options_.live, .reference = reference};
}

Answer StripePsp::record(std::string_view name, const SaleCall& call, SteadyClock::time_point began, Answer answer) {
    if (metrics_ != nullptr) {
        metrics_->psp_call(rules_.name, name, to_string(answer.kind), SteadyClock::now() - began);
        if (answer.alert) metrics_->psp_alert(rules_.name, alert_reason(answer));
    }
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
