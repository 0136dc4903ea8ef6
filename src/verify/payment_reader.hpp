// Reads payments with everything that belongs to them, a range of ids at a time, inside the transaction of its
// connection.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "postgres/connection.hpp"
#include "verify/evidence.hpp"

namespace florin::verify {

struct PaymentRange {
    Uuid first, last;  // both belong to it
};
// All ids there can be, whether a payment has them or not: what belongs to no payment is read with its neighbours.
Task<std::vector<PaymentRange>> payment_ranges(postgres::Connection& connection, Deadline deadline);

class PaymentReader {
public:
    explicit PaymentReader(postgres::Connection& connection) : connection_(connection) {}
    // Changes the settings of the connection's transaction: no other statement should run in it afterwards.
    Task<void> prepare(Deadline deadline);
    Task<void> release(Deadline deadline);  // forgets what was prepared, which would outlive the transaction
    // Each payment in turn; the evidence lives as long as the call.
    Task<void> read(PaymentRange range, std::function<void(const Evidence&)> look, Deadline deadline);

private:
    Task<void> know_accounts(const postgres::Rows& entries, Deadline deadline);
    const StoredAccount* account(const Uuid& id) const;

    postgres::Connection& connection_;
    std::unordered_map<Uuid, StoredAccount> accounts_{};  // of the entries read so far
};

}  // namespace florin::verify
