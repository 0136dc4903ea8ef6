// What everything that operators and merchants manage has in common: who changes it, what the log says of that, what a
// change has come to, and lists of it. Every change writes its row of admin_audit_log in its own statement, so that
// neither exists without the other. Under one idempotency key an actor changes one subject: the unique index on the log
// keeps that promise, whatever races.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/id.hpp"

namespace florin::store {

// Who changes something.
struct Author {
    std::string actor;  // key_… of the API, cli:<user> of the command line
    struct Once {
        std::string key;  // the Idempotency-Key
        Digest fingerprint;
    };
    std::optional<Once> once{};
};

// What is done to what: a row of the log.
struct Decree {
    std::string action, subject;
    std::optional<MerchantId> merchant{};
    std::optional<bool> live{};
    boost::json::object details{};
};

// What a change has come to. A replay is of the same request under the same idempotency key: nothing was changed again.
template <class Row>
struct Changed {
    Row row;
    bool replayed = false;
};
// Newest first.
struct Cut {
    int limit = 10;                        // 1…100
    std::optional<Uuid> starting_after{};  // the last one of the page before
};
template <class Row>
struct Slice {
    std::vector<Row> rows;
    bool has_more = false;
};
// Whose keys, or whose changes; what is absent is not looked at.
struct OwnerFilter {
    std::optional<MerchantId> merchant{};
    std::optional<bool> live{};
};

}  // namespace florin::store
