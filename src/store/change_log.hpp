// The audit row that every change writes, and the answer to a request that was made before. Held by whoever manages
// something (administration.hpp, webhook_endpoints.hpp), with connections and statements of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "postgres/pool.hpp"
#include "store/change.hpp"

namespace florin::store {

class ChangeLog {
public:
    // `prepare` is prepare_change_log with the statements of whoever holds this.
    ChangeLog(boost::asio::any_io_executor executor, std::string conninfo, postgres::Pool::OnOpen prepare);

    // A row of the log; the statement's own parameters are added behind.
    struct Entry {
        AuditId id;
        postgres::Params params;
    };
    Entry entry_of(const Decree& decree, const Author& author) const;
    // True when the change is made, be it by a first try whose answer was lost; false when it was forbidden.
    Task<bool> write(std::string statement, Entry entry, Deadline deadline);
    // What the author has changed under this idempotency key; empty when it is new. Refused for another request.
    struct Replayed {
        std::string subject, details;
    };
    Task<Checked<std::optional<Replayed>>> replayed(Author author, Deadline deadline);
    Task<Checked<std::optional<std::string>>> replayed_subject(Author author, Deadline deadline);

    Task<postgres::Rows> execute(std::string statement, postgres::Params params, Deadline deadline);
    Task<postgres::Rows> page(std::string statement, Cut cut, std::optional<OwnerFilter> filter, Deadline deadline);
    WallTime now() const { return clock_.now(); }

private:
    postgres::Pool pool_;
    SystemClock clock_;
};

// In its text, $AUDIT stands for the insertion of the log's row from the parameters $1 to $9 (` from …` may follow it),
// $ONCE for what lets a repeat do nothing: then it gives no row, otherwise one with the time `at`.
struct ChangeStatement {
    const char* name;
    std::string_view sql;
};
// What a name such as $ENDPOINT stands for in the statements.
struct Meaning {
    std::string_view name, text;
};
// Both outlive the connection: they are constants.
Task<void> prepare_change_log(postgres::Connection& connection, std::span<const ChangeStatement> statements = {},
                              std::span<const Meaning> meanings = {});

// How often a change is decided anew when another one came between.
inline constexpr int kTries = 3;
Refusal changed_meanwhile();

// The first `limit` rows; one more was asked for, to know whether there are more.
template <class Row>
Slice<Row> slice_of(std::vector<Row> rows, int limit) {
    Slice<Row> slice{.rows = std::move(rows)};
    slice.has_more = slice.rows.size() > static_cast<std::size_t>(limit);
    if (slice.has_more) slice.rows.pop_back();
    return slice;
}

}  // namespace florin::store
