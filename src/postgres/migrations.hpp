// Numbered plain-SQL migrations (db/migrations/0001_….sql), compiled into the binary, applied in order under an
// advisory lock, each in one transaction, with its checksum recorded; an edited or missing one is an error that names
// it.
//
// On an external server an administrator prepares, once, what EmbeddedCluster makes by itself:
//     CREATE ROLE florin_owner LOGIN PASSWORD '…';                  -- migrations: owns every table
//     CREATE ROLE florin_app   LOGIN PASSWORD '…';                  -- the gateway: owns nothing, migrations grant it
//     rights CREATE DATABASE florin OWNER florin_owner ENCODING 'UTF8' TEMPLATE template0; REVOKE ALL ON DATABASE
//     florin FROM PUBLIC; GRANT CONNECT ON DATABASE florin TO florin_app;
// `florin migrate` then runs as florin_owner. The names of the two roles are fixed: migrations grant to them.
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
Task<std::vector<std::string>> migrate(Connection& connection, std::span<const Migration> known, Deadline deadline);

// Empty when the schema is exactly this binary's; otherwise the sentence for the operator. Any role may ask.
Task<std::string> schema_mismatch(Connection& connection, Deadline deadline);
Task<std::string> schema_mismatch(Connection& connection, std::span<const Migration> known, Deadline deadline);

}  // namespace florin::postgres
