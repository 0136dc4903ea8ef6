// A merchant as a request needs it: what it pays and how much it may ask; and how the rows of a query say it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/id.hpp"
#include "ledger/journal.hpp"
#include "store/policy.hpp"

namespace florin::postgres {
class Rows;
}

namespace florin::store {

// Requests per second that a merchant may send in the long run, and how many at once after a rest.
struct RateLimit {
    int per_second = 0;
    int burst = 0;
    bool operator==(const RateLimit&) const = default;
};

struct Merchant {
    MerchantId id;
    std::string name;
    ledger::FeeRule default_fee;                  // where no currency of its own stands in `fees`
    std::map<std::string, ledger::FeeRule> fees;  // by currency code
    std::optional<RateLimit> limit{};             // in place of the configured one
    ExpiryPolicy before_expiry{};                 // read by who manages merchants, not by requests
    const ledger::FeeRule& fee_for(Currency currency) const;
    bool operator==(const Merchant&) const = default;
};

// Rows first…last-1 are of one merchant, one per fee plan. From `column` on: id, name, requests_per_second, burst,
// currency (null: the default), basis_points (null: no plan at all), fixed.
Merchant merchant_of(const postgres::Rows& rows, int first, int last, int column);

}  // namespace florin::store
