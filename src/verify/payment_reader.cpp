#include "verify/payment_reader.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "verify/evidence_rows.hpp"

namespace florin::verify {
namespace {

using postgres::Params;
using postgres::Rows;

constexpr std::size_t kMostAccounts = 200'000;

// A range is some thousand payments: about 20 MB of rows. Its bounds are the ids of every 4,000th payment.
constexpr const char* kBounds =
    "select id from (select id, row_number() over (order by id) as n from payments) p where n % 4000 = 0 order by id";
// A nested loop over primary keys reads in the order of the rows, needs no memory and no statistics.
constexpr const char* kSettings =
    "set local enable_nestloop = on; set local enable_hashjoin = off; set local enable_mergejoin = off;"
    "set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_material = off;"
    "set local plan_cache_mode = force_generic_plan";

struct Statement {
    const char* name;
    const char* const* sql;
};
constexpr Statement kStatements[] = {{"verify_payments", &kReadPayments},
                                     {"verify_attempts", &kReadAttempts},
                                     {"verify_changes", &kReadChanges},
                                     {"verify_entries", &kReadEntries},
                                     {"verify_accounts", &kReadAccounts}};

Uuid after(Uuid id) {
    for (auto byte = id.bytes.rbegin(); byte != id.bytes.rend() && ++*byte == 0; ++byte) {
    }
    return id;
}

// The rows of one statement, in the order of their payments.
class Cursor {
public:
    explicit Cursor(Rows rows) : rows_(std::move(rows)) {}
    std::optional<Uuid> payment() const {
        return at_ < rows_.size() ? std::optional(rows_[at_].uuid(0)) : std::nullopt;
    }
    // The rows of this payment instead of what was there.
    template <class Stored>
    void take(const Uuid& payment, std::vector<Stored>& into, Stored (*read)(const postgres::Row&)) {
        into.clear();
        for (; at_ < rows_.size() && rows_[at_].uuid(0) == payment; ++at_) into.push_back(read(rows_[at_]));
    }

private:
    Rows rows_;
    int at_ = 0;
};

std::optional<Uuid> first_of(const std::optional<Uuid>& a, const std::optional<Uuid>& b) {
    return a && b ? std::min(*a, *b) : a ? a : b;
}

void put_in_order(Evidence& evidence) {
    std::ranges::sort(evidence.changes, {}, &StoredChange::sequence);
    std::ranges::sort(evidence.entries, {},
                      [](const StoredEntry& entry) { return std::tie(entry.operation_id, entry.kind, entry.line); });
    write_history(evidence);
}

}  // namespace

Task<std::vector<PaymentRange>> payment_ranges(postgres::Connection& connection, Deadline deadline) {
    const Rows bounds = co_await connection.query(kBounds, {}, deadline);
    std::vector<PaymentRange> ranges;
    Uuid first{};
    for (int i = 0; i < bounds.size(); ++i) {
        ranges.push_back({first, bounds[i].uuid(0)});
        first = after(ranges.back().last);
    }
    Uuid last;
    last.bytes.fill(0xff);
    ranges.push_back({first, last});
    co_return ranges;
}

Task<void> PaymentReader::prepare(Deadline deadline) {
    co_await connection_.run(kSettings, deadline);
    for (const auto& [name, sql] : kStatements) co_await connection_.prepare(name, *sql, deadline);
}

Task<void> PaymentReader::release(Deadline deadline) {
    for (const auto& statement : kStatements) {
        co_await connection_.run(std::string("deallocate ") + statement.name, deadline);
    }
}

Task<void> PaymentReader::know_accounts(const Rows& entries, Deadline deadline) {
    if (accounts_.size() > kMostAccounts) accounts_.clear();
    std::unordered_set<Uuid> unknown;
    for (int i = 0; i < entries.size(); ++i) {
        const Uuid id = entries[i].uuid(5);
        if (!accounts_.contains(id)) unknown.insert(id);
    }
    if (unknown.empty()) co_return;
    postgres::Array ids(postgres::Oid::uuid);
    for (const Uuid& id : unknown) ids.add(id);
    Params params;
    params.add(std::move(ids));
    const Rows found = co_await connection_.execute("verify_accounts", std::move(params), deadline);
    for (int i = 0; i < found.size(); ++i) accounts_.emplace(found[i].uuid(0), account_of(found[i]));
}

Task<void> PaymentReader::read(PaymentRange range, std::function<void(const Evidence&)> look, Deadline deadline) {
    Params bounds;
    bounds.add(range.first).add(range.last);
    Cursor payments(co_await connection_.execute("verify_payments", bounds, deadline));
    Cursor attempts(co_await connection_.execute("verify_attempts", bounds, deadline));
    Cursor changes(co_await connection_.execute("verify_changes", bounds, deadline));
    const Rows entry_rows = co_await connection_.execute("verify_entries", bounds, deadline);
    co_await know_accounts(entry_rows, deadline);
    Cursor entries(entry_rows);
    std::vector<StoredPayment> payment;
    Evidence evidence;
    while (const auto id = first_of(payments.payment(), attempts.payment())) {
        evidence.payment_id = *id;
        payments.take(*id, payment, payment_of);
        evidence.payment = payment.empty() ? std::nullopt : std::optional(payment.front());
        attempts.take(*id, evidence.attempts, attempt_of);
        changes.take(*id, evidence.changes, change_of);
        entries.take(*id, evidence.entries, entry_of);
        for (StoredEntry& entry : evidence.entries) entry.account = account(entry.account_id);
        put_in_order(evidence);
        look(evidence);
    }
}

const StoredAccount* PaymentReader::account(const Uuid& id) const {
    const auto found = accounts_.find(id);
    return found == accounts_.end() ? nullptr : &found->second;
}

}  // namespace florin::verify
