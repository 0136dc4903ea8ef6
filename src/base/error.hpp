// The errors that Florin's rules can answer with: one flat list, ordered by precedence (a request that is wrong in two
// ways is answered with the first). Infrastructure failures are exceptions and our own bugs are assertions; neither is
// here.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace florin {

enum class Error : std::uint8_t {
    // 400: the request alone shows it; nothing is stored.
    malformed_json,
    malformed_request,
    card_number_refused,
    unknown_field,
    missing_field,
    invalid_field,
    idempotency_key_missing,
    idempotency_key_invalid,
    event_refused,
    // 401, 403, 404, 405, 413, 415, 431
    unauthenticated,
    signature_invalid,
    forbidden,
    not_found,
    method_not_allowed,
    payload_too_large,
    unsupported_media_type,
    headers_too_large,
    // 422 and 409: only the state shows it.
    idempotency_key_reused,
    amount_out_of_range,
    currency_unknown,
    currency_mismatch,
    overflow,
    operation_not_allowed,
    conflict,
    // 402, 422: the PSP or the issuer said no.
    payment_declined,
    payment_refused,
    // 429, 503, 500
    rate_limited,
    not_executed,
    commit_unknown,
    overloaded,
    shutting_down,
    internal,
};

// The stable word of an error, as the API shows it in `code`: exactly the enumerator's name.
std::string_view to_string(Error error);
// The short human title that stands beside it; the same for every occurrence (RFC 9457).
std::string_view title_of(Error error);

// An error with what its reader needs: which field, and what to do about it.
struct Refusal {
    Error error;
    std::string detail;     // a sentence that says what to do; never holds a value the client sent in a secret field
    std::string pointer{};  // RFC 6901 JSON pointer of the field, empty when no field is to blame
    int retry_after_s = 0;  // seconds for Retry-After, 0 for none
};

template <class T>
using Result = std::expected<T, Error>;
template <class T>
using Checked = std::expected<T, Refusal>;

inline std::unexpected<Refusal> refuse(Error error, std::string detail, std::string pointer = {}) {
    return std::unexpected(Refusal{error, std::move(detail), std::move(pointer)});
}

}  // namespace florin
