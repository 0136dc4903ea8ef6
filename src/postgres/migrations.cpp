#include "postgres/migrations.hpp"

#include <exception>
#include <map>
#include <stdexcept>
#include <utility>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace florin::postgres {
namespace {

constexpr std::int64_t kLock = 0x666c'6f72'696e'0001;  // "florin", 1: one migrator at a time

constexpr const char* kCreateTable = R"(
    CREATE TABLE public.florin_migrations (
        number     int4 PRIMARY KEY,
        name       text NOT NULL,
        checksum   text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    GRANT SELECT ON public.florin_migrations TO PUBLIC
)";

struct Applied {
    std::string name;
    std::string checksum;
};
using AppliedByNumber = std::map<std::int32_t, Applied>;

std::string checksum_of(const Migration& migration) {
    return to_hex(sha256(migration.sql));
}

// Numbers are 1, 2, 3, …: a gap would be filled later, out of order, on databases that already have what follows.
void check_numbers(std::span<const Migration> known) {
    int expected = 1;
    for (const auto& migration : known) FLORIN_ASSERT(migration.number == expected++);
}

// Why what is recorded cannot be what this program's migrations made; empty when it can.
std::string contradiction(const AppliedByNumber& applied, std::span<const Migration> known) {
    std::int32_t expected = 1;
    for (const auto& [number, record] : applied) {
        if (number != expected++) {
            return "The database has migration " + record.name + " but not the one before it: restore a backup.";
        }
        if (static_cast<std::size_t>(number) > known.size()) {
            return "The database has migration " + record.name +
                   ", which this program does not know: run the newer florin that made it.";
        }
        const auto& mine = known[static_cast<std::size_t>(number) - 1];
        if (record.name != mine.name || record.checksum != checksum_of(mine)) {
            return "Migration " + record.name + " was changed after this database got it (now " +
                   std::string(mine.name) + ", sha256 " + checksum_of(mine).substr(0, 12) + ", recorded " +
                   record.checksum.substr(0, 12) + "): restore the file and put the change into a new migration.";
        }
    }
    return {};
}

Task<bool> has_table(Connection& connection, Deadline deadline) {
    Params none;
    const auto rows = co_await connection.query("SELECT to_regclass('public.florin_migrations') IS NOT NULL",
                                                std::move(none), deadline);
    co_return rows[0].boolean(0);
}

Task<AppliedByNumber> load_applied(Connection& connection, Deadline deadline) {
    Params none;
    const auto rows = co_await connection.query(
        "SELECT number, name, checksum FROM public.florin_migrations ORDER BY number", std::move(none), deadline);
    AppliedByNumber applied;
    for (int i = 0; i < rows.size(); ++i) {
        const auto row = rows[i];
        applied.emplace(row.int4(0), Applied{std::string(row.text(1)), std::string(row.text(2))});
    }
    co_return applied;
}

Task<std::int64_t> transaction_id(Connection& connection, Deadline deadline) {
    Params none;
    const auto rows = co_await connection.query("SELECT txid_current()", std::move(none), deadline);
    co_return rows[0].int8(0);
}

Task<void> run_in_transaction(Connection& connection, const Migration& migration, Deadline deadline) {
    co_await connection.run("BEGIN", deadline);
    const auto transaction = co_await transaction_id(connection, deadline);
    co_await connection.run(std::string(migration.sql), deadline);
    if (co_await transaction_id(connection, deadline) != transaction) {
        throw std::runtime_error("Migration " + std::string(migration.name) +
                                 " ended its transaction by itself (COMMIT or ROLLBACK): take that out of the file.");
    }
    Params record;
    record.add(std::int32_t{migration.number}).add(migration.name).add(checksum_of(migration));
    co_await connection.query("INSERT INTO public.florin_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                              std::move(record), deadline);
    co_await connection.run("COMMIT", deadline);
}

Task<void> apply(Connection& connection, const Migration& migration, Deadline deadline) {
    std::string failure;
    try {
        co_await run_in_transaction(connection, migration, deadline);
    } catch (const SqlError& error) {
        failure = std::string(error.what()) + " [" + error.sqlstate() + "]";
    }
    if (failure.empty()) co_return;
    co_await connection.run("ROLLBACK", deadline);
    throw std::runtime_error("Migration " + std::string(migration.name) + " failed and was rolled back: " + failure);
}

Task<std::vector<std::string>> apply_missing(Connection& connection, std::span<const Migration> known,
                                             Deadline deadline) {
    if (!co_await has_table(connection, deadline)) co_await connection.run(kCreateTable, deadline);
    const auto applied = co_await load_applied(connection, deadline);
    if (const auto why = contradiction(applied, known); !why.empty()) throw std::runtime_error(why);
    std::vector<std::string> names;
    for (const auto& migration : known.subspan(applied.size())) {
        co_await apply(connection, migration, deadline);
        names.emplace_back(migration.name);
    }
    co_return names;
}

Task<void> call_with_lock(Connection& connection, std::string function, Deadline deadline) {
    Params key;
    key.add(kLock);
    co_await connection.query("SELECT " + function + "($1)", std::move(key), deadline);
}

}  // namespace

Task<std::vector<std::string>> migrate(Connection& connection, std::span<const Migration> known, Deadline deadline) {
    check_numbers(known);
    co_await call_with_lock(connection, "pg_advisory_lock", deadline);
    std::vector<std::string> names;
    std::exception_ptr failure;
    try {
        names = co_await apply_missing(connection, known, deadline);
    } catch (...) {
        failure = std::current_exception();
    }
    if (connection.is_usable()) co_await call_with_lock(connection, "pg_advisory_unlock", deadline);
    if (failure) std::rethrow_exception(failure);
    co_return names;
}

Task<std::string> schema_mismatch(Connection& connection, std::span<const Migration> known, Deadline deadline) {
    check_numbers(known);
    if (!co_await has_table(connection, deadline)) {
        co_return "The database has no schema of Florin yet: run `florin migrate`.";
    }
    const auto applied = co_await load_applied(connection, deadline);
    auto why = contradiction(applied, known);
    if (why.empty() && applied.size() < known.size()) {
        why = "The database lacks migration " + std::string(known[applied.size()].name) + ": run `florin migrate`.";
    }
    co_return why;
}

Task<std::vector<std::string>> migrate(Connection& connection, Deadline deadline) {
    return migrate(connection, migrations(), deadline);
}

Task<std::string> schema_mismatch(Connection& connection, Deadline deadline) {
    return schema_mismatch(connection, migrations(), deadline);
}

}  // namespace florin::postgres
