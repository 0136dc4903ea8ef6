#include "base/error.hpp"

#include "base/assert.hpp"

namespace florin {
namespace {

struct Words {
    std::string_view code;
    std::string_view title;
};

Words words_of(Error error) {
    switch (error) {
        case Error::malformed_json:
            return {"malformed_json", "The body is not JSON that Florin accepts"};
        case Error::malformed_request:
            return {"malformed_request", "The request is malformed"};
        case Error::unknown_field:
            return {"unknown_field", "The request has a field that does not exist"};
        case Error::missing_field:
            return {"missing_field", "A required field is missing"};
        case Error::invalid_field:
            return {"invalid_field", "A field has a value that is not allowed"};
        case Error::card_number_refused:
            return {"card_number_refused", "Card numbers are not accepted here"};
        case Error::idempotency_key_missing:
            return {"idempotency_key_missing", "The Idempotency-Key header is missing"};
        case Error::idempotency_key_invalid:
            return {"idempotency_key_invalid", "The Idempotency-Key header is invalid"};
        case Error::event_refused:
            return {"event_refused", "The event cannot be taken"};
        case Error::unauthenticated:
            return {"unauthenticated", "The API key is missing, wrong or revoked"};
        case Error::signature_invalid:
            return {"signature_invalid", "The signature is missing, wrong or too old"};
        case Error::forbidden:
            return {"forbidden", "The API key may not do this"};
        case Error::not_found:
            return {"not_found", "There is nothing here"};
        case Error::method_not_allowed:
            return {"method_not_allowed", "The method is not allowed here"};
        case Error::payload_too_large:
            return {"payload_too_large", "The body is too large"};
        case Error::unsupported_media_type:
            return {"unsupported_media_type", "The body must be application/json"};
        case Error::headers_too_large:
            return {"headers_too_large", "The headers are too large"};
        case Error::idempotency_key_reused:
            return {"idempotency_key_reused", "The Idempotency-Key belongs to another request"};
        case Error::amount_out_of_range:
            return {"amount_out_of_range", "The amount is out of range"};
        case Error::currency_unknown:
            return {"currency_unknown", "The currency is unknown"};
        case Error::currency_mismatch:
            return {"currency_mismatch", "The currencies differ"};
        case Error::operation_not_allowed:
            return {"operation_not_allowed", "The payment's state does not allow this operation"};
        case Error::overflow:
            return {"overflow", "The amount is too large to compute with"};
        case Error::conflict:
            return {"conflict", "The payment is busy"};
        case Error::payment_declined:
            return {"payment_declined", "The payment was declined"};
        case Error::payment_refused:
            return {"payment_refused", "The payment provider refused the request"};
        case Error::rate_limited:
            return {"rate_limited", "Too many requests"};
        case Error::not_executed:
            return {"not_executed", "Nothing was charged"};
        case Error::commit_unknown:
            return {"commit_unknown", "It is not known yet whether the request was recorded"};
        case Error::overloaded:
            return {"overloaded", "Florin is busy"};
        case Error::shutting_down:
            return {"shutting_down", "Florin is shutting down"};
        case Error::internal:
            return {"internal", "Florin failed"};
    }
    assertion_failed("an Error outside its enumeration", __FILE__, __LINE__);
}

}  // namespace

std::string_view to_string(Error error) {
    return words_of(error).code;
}
std::string_view title_of(Error error) {
    return words_of(error).title;
}

}  // namespace florin
