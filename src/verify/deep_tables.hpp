// Rows on their way into the temporary tables of a deep check, some thousand at a time.
#pragma once

#include <string>
#include <vector>

#include "postgres/connection.hpp"
#include "psp/listed.hpp"

namespace florin::verify {

struct AccountName {
    std::string psp, account;
    bool live = false;
};

Task<void> make_deep_tables(postgres::Connection& connection, std::vector<AccountName> accounts, Deadline deadline);
Task<void> keep_payments(postgres::Connection& connection, AccountName account, std::vector<psp::Listed> objects,
                         Deadline deadline);
Task<void> keep_refunds(postgres::Connection& connection, AccountName account, std::vector<psp::Listed> objects,
                        Deadline deadline);

// An answer that a client got and kept.
struct Ack {
    std::int64_t line = 0;
    std::string key;
    std::int16_t status = 0;
    std::string sha256;  // bytes
    Uuid payment{};
};
Task<void> keep_acks(postgres::Connection& connection, std::vector<Ack> acks, Deadline deadline);

}  // namespace florin::verify
