#include "postgres/sql_error.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace florin::postgres {
namespace {

std::string_view field(const pg_result* result, int code) {
    const char* value = PQresultErrorField(result, code);
    return value ? std::string_view(value) : std::string_view();
}

// Class 22 quotes the value it cannot take: `invalid input syntax for type uuid: "…"`, `value "…" is out of range`.
std::string without_values(std::string_view message) {
    std::string out;
    bool quoted = false;
    for (const char c : message.substr(0, message.find(':'))) {
        if (c == '"') {
            out += quoted ? "…\"" : "\"";
            quoted = !quoted;
        } else if (!quoted) {
            out.push_back(c);
        }
    }
    return out;
}

std::string line_of(const pg_result* result, std::string_view sql) {
    const std::string_view position = field(result, PG_DIAG_STATEMENT_POSITION);
    std::size_t characters = 0;
    std::from_chars(position.data(), position.data() + position.size(), characters);
    if (characters == 0 || sql.find('\n') == std::string_view::npos) return {};
    // The server counts characters; a byte that continues a UTF-8 character is none.
    std::size_t seen = 0;
    std::ptrdiff_t line = 1;
    for (const char c : sql) {
        if ((static_cast<unsigned char>(c) & 0xc0) != 0x80 && ++seen == characters) break;
        if (c == '\n') ++line;
    }
    return " (line " + std::to_string(line) + ")";
}

}  // namespace

bool SqlError::is_data_error() const {
    return sqlstate_.starts_with("22") || sqlstate_.starts_with("23") || sqlstate_ == "P0001";
}

bool SqlError::is_retryable() const {
    return sqlstate_ == "40001" || sqlstate_ == "40P01";
}

bool SqlError::is_server_trouble() const {
    static constexpr std::array<std::string_view, 4> kClasses{"08", "53", "57", "58"};
    return sqlstate_ == "25006" ||
           std::ranges::any_of(kClasses, [this](std::string_view one) { return sqlstate_.starts_with(one); });
}

std::string sqlstate_of(const pg_result* result) {
    return std::string(field(result, PG_DIAG_SQLSTATE));
}

bool ends_session(const pg_result* result) {
    const std::string_view severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity == "FATAL" || severity == "PANIC" || field(result, PG_DIAG_SQLSTATE).empty();
}

std::string safe_message(const pg_result* result) {
    std::string message(field(result, PG_DIAG_MESSAGE_PRIMARY));
    if (message.empty()) message = PQresultErrorMessage(result);
    if (sqlstate_of(result).starts_with("22")) message = without_values(message);
    std::ranges::replace(message, '\n', ' ');
    while (message.ends_with(' ')) message.pop_back();
    return message;
}

SqlError sql_error(const pg_result* result, std::string_view sql) {
    return {sqlstate_of(result), safe_message(result) + line_of(result, sql)};
}

bool is_cancelled_replication_wait(const pg_result* notice) {
    // Messages are translated, the C function that raised them is not.
    const auto state = sqlstate_of(notice);
    return (state == "01000" || state == "57P01") &&
           (field(notice, PG_DIAG_SOURCE_FUNCTION) == "SyncRepWaitForLSN" ||
            field(notice, PG_DIAG_MESSAGE_PRIMARY).find("wait for synchronous replication") != std::string_view::npos);
}

}  // namespace florin::postgres
