// Numbered plain-SQL migrations (db/migrations/0001_….sql), compiled into the binary, applied in order under an advisory
// lock, each in one transaction, with its checksum recorded; an edited or missing one is an error that names it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/connection.hpp"

namespace florin::postgres {

struct Migration {
    int number;
    std::string_view name;  // "0001_payments"
    std::string_view sql;
};
std::span<const Migration> migrations();  // generated at build time from db/migrations

// Applies what is missing as the connected (owner) role; returns the names applied. Throws std::runtime_error that says
// what to do when a landed migration was edited, or when the database is newer than this binary.
Task<std::vector<std::string>> migrate(Connection& connection, Deadline deadline);

// Empty when the schema is exactly this binary's; otherwise the sentence for the operator.
Task<std::string> schema_mismatch(Connection& connection, Deadline deadline);

}  // namespace florin::postgres
