// The canonical bytes of what a batch writes, hashed into the chain. `florin verify` makes the same bytes in SQL from
// the stored rows: each field is "<octets>:<text>\n", or "-\n" for none, so that no two different rows give the same
// bytes.
#pragma once

#include "base/hash.hpp"
#include "store/items.hpp"

namespace florin::store {

// florin-result-1, of a sale: payment, operation, attempt, outcome, reason, HTTP status, PSP, PSP reference, version,
// body, time in microseconds, change, actor, details, request; then per journal in the order of kinds and per line:
// kind, line, account id, amount, currency. florin-result-2, of every other operation: the same with, before the lines,
// the operation's kind, amount and currency and its parameters multiple_captures, final, releases, reason and reverses.
// florin-result-3, of what answers a late success: the same with late and late_reference after those parameters.
Digest result_digest(const Settlement& settlement);

// florin-change-2: payment, operation, attempt, version, change, actor, details, request, time in microseconds, the
// payment's document. Rows of older releases have florin-change-1: the same without the document.
struct Change {
    PaymentId payment;
    OperationId operation;
    std::int16_t attempt;
    std::int32_t version;
    std::string change;
    std::string actor;
    std::string details;
    RequestId request;
    WallTime at;
    std::string document;
};
Digest change_digest(const Change& change);

}  // namespace florin::store
