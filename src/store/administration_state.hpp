// What the changes of merchants and of keys share: the pool, the audit row that every change writes, and the answer to
// a request that was made before.
#pragma once

#include <boost/json/object.hpp>

#include "postgres/pool.hpp"
#include "store/administration.hpp"

namespace florin::store {

struct Administration::State {
    // A row of the log; the statement's own parameters are added behind.
    struct Entry {
        AuditId id;
        postgres::Params params;
    };
    using Change = Decree;

    postgres::Pool pool;
    Secret pepper;
    SystemClock clock;

    Entry entry_of(const Change& change, const Author& author) const;
    // True when the change is made, be it by a first try whose answer was lost; false when it was forbidden.
    Task<bool> write(std::string statement, Entry entry, Deadline deadline);
    // What the author has changed under this idempotency key; empty when it is new. Refused for another request.
    struct Replayed {
        std::string subject, details;
    };
    Task<Checked<std::optional<Replayed>>> replayed(Author author, Deadline deadline);
    Task<Checked<std::optional<std::string>>> replayed_subject(Author author, Deadline deadline);
    Task<postgres::Rows> page(std::string statement, Cut cut, std::optional<OwnerFilter> filter, Deadline deadline);
};

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
