// The statements that read the evidence of all payments whose ids lie between $1 and $2, and their rows, column by
// column.
#pragma once

#include "postgres/rows.hpp"
#include "verify/evidence.hpp"

namespace florin::verify {

// Each in the order of payments: nested loops over the primary keys, which cost the same however many payments there
// are.
extern const char* const kReadPayments;
extern const char* const kReadAttempts;
extern const char* const kReadChanges;
extern const char* const kReadEntries;
extern const char* const kReadAccounts;  // $1: their ids

// Column 0 of the first four is the payment that the row belongs to.
StoredPayment payment_of(const postgres::Row& row);
StoredAttempt attempt_of(const postgres::Row& row);
StoredChange change_of(const postgres::Row& row);
StoredEntry entry_of(const postgres::Row& row);      // without its account
StoredAccount account_of(const postgres::Row& row);  // its id is column 0

}  // namespace florin::verify
