#include "api/problem.hpp"

#include "base/assert.hpp"
#include "payments/document.hpp"

namespace florin::api {
namespace {

// No key lets a webhook in: asking for one would send its sender the wrong way.
const char* challenge_of(Error error) {
    return error == Error::signature_invalid ? "Signature realm=\"florin\"" : "Bearer realm=\"florin\"";
}

}  // namespace

int status_of(Error error) {
    switch (error) {
        case Error::malformed_json:
        case Error::malformed_request:
        case Error::card_number_refused:
        case Error::unknown_field:
        case Error::missing_field:
        case Error::invalid_field:
        case Error::idempotency_key_missing:
        case Error::idempotency_key_invalid:
        case Error::event_refused:
        case Error::amount_out_of_range:
        case Error::currency_unknown:
            return 400;
        case Error::unauthenticated:
        case Error::signature_invalid:
            return 401;
        case Error::payment_declined:
            return 402;
        case Error::forbidden:
            return 403;
        case Error::not_found:
            return 404;
        case Error::method_not_allowed:
            return 405;
        case Error::conflict:
            return 409;
        case Error::payload_too_large:
            return 413;
        case Error::unsupported_media_type:
            return 415;
        case Error::idempotency_key_reused:
        case Error::currency_mismatch:
        case Error::operation_not_allowed:
        case Error::overflow:
        case Error::payment_refused:
            return 422;
        case Error::rate_limited:
            return 429;
        case Error::headers_too_large:
            return 431;
        case Error::internal:
            return 500;
        case Error::not_executed:
        case Error::commit_unknown:
        case Error::overloaded:
        case Error::shutting_down:
            return 503;
    }
    assertion_failed("an Error outside its enumeration", __FILE__, __LINE__);
}

Error error_of_status(int status) {
    if (status == 404) return Error::not_found;
    if (status == 413) return Error::payload_too_large;
    if (status == 431) return Error::headers_too_large;
    if (status == 503) return Error::overloaded;
    return status >= 500 ? Error::internal : Error::malformed_request;
}

http::Response problem_response(int status, const Refusal& refusal, RequestId request) {
    http::Response response{.status = status,
                            .body = payments::problem(status, refusal, request),
                            .content_type = kProblemType,
                            .headers = {}};
    if (refusal.retry_after_s > 0) response.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after_s));
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", challenge_of(refusal.error));
    return response;
}

}  // namespace florin::api
