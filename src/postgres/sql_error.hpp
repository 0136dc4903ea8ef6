// What an error result or a notice of the server means. Messages are stripped of what may be a merchant's data: no
// DETAIL, no CONTEXT, and no quoted value where the message of the class quotes values.
#pragma once

#include <string>
#include <string_view>

#include "postgres/connection.hpp"

struct pg_result;

namespace florin::postgres {

// The five characters; empty when libpq itself made the result (the connection broke).
std::string sqlstate_of(const pg_result* result);

// FATAL, PANIC, or no SQLSTATE at all: the server has ended, or is about to end, the session.
bool ends_session(const pg_result* result);

// `sql` is the text that was sent, for the line number of a syntax error; empty when there is none to show.
SqlError sql_error(const pg_result* result, std::string_view sql);

// The primary message, one line, without values.
std::string safe_message(const pg_result* result);

// The commit is durable here, but no standby has confirmed it: it must not be acknowledged.
bool is_cancelled_replication_wait(const pg_result* notice);

}  // namespace florin::postgres
