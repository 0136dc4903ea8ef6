#include "store/administration.hpp"

#include <boost/json/serialize.hpp>

#include "base/assert.hpp"
#include "store/administration_rows.hpp"
#include "store/administration_state.hpp"
#include "store/administration_statements.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

constexpr std::size_t kConnections = 2;

std::string_view as_bytes(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Refusal changed_meanwhile() {
    return {.error = Error::conflict,
            .detail = "It was changed by somebody else in the same moment. Read it again, then repeat the request.",
            .retry_after_s = 1};
}

Administration::State::Entry Administration::State::entry_of(const Change& change, const Author& author) const {
    const auto bucket = change.merchant ? bucket_of(change.merchant->uuid()) : Bucket{};
    Entry entry{.id = AuditId::make(clock.now(), bucket, change.live.value_or(false)), .params = {}};
    auto& params = entry.params;
    params.add(entry.id.uuid()).add(author.actor).add(change.action).add(change.subject);
    change.merchant ? params.add(change.merchant->uuid()) : params.add_null(Oid::uuid);
    change.live ? params.add(*change.live) : params.add_null(Oid::boolean);
    params.add_jsonb(boost::json::serialize(change.details));
    author.once ? params.add(author.once->key) : params.add_null(Oid::text);
    author.once ? params.add_bytes(as_bytes(author.once->fingerprint)) : params.add_null(Oid::bytea);
    return entry;
}

Task<bool> Administration::State::write(std::string statement, Entry entry, Deadline deadline) {
    const auto made = co_await pool.execute(std::move(statement), std::move(entry.params), deadline);
    if (!made.empty()) co_return true;
    // The pool repeats a statement whose connection broke: the first try may have been committed.
    postgres::Params params;
    params.add(entry.id.uuid());
    const auto logged = co_await pool.execute("has_change", std::move(params), deadline);
    co_return !logged.empty();
}

Task<Checked<std::optional<Administration::State::Replayed>>> Administration::State::replayed(Author author,
                                                                                              Deadline deadline) {
    if (!author.once) co_return std::optional<Replayed>();
    postgres::Params params;
    params.add(author.actor).add(author.once->key);
    const auto rows = co_await pool.execute("find_change", std::move(params), deadline);
    if (rows.empty()) co_return std::optional<Replayed>();
    if (rows[0].text(1) != as_bytes(author.once->fingerprint)) {
        co_return refuse(Error::idempotency_key_reused,
                         "This Idempotency-Key belongs to another request: send a new key with a new request.");
    }
    co_return std::optional(Replayed{.subject = std::string(rows[0].text(0)), .details = std::string(rows[0].text(2))});
}

Task<Checked<std::optional<std::string>>> Administration::State::replayed_subject(Author author, Deadline deadline) {
    CO_TRY(known, co_await replayed(std::move(author), deadline));
    co_return known ? std::optional(std::move(known->subject)) : std::nullopt;
}

Task<postgres::Rows> Administration::State::page(std::string statement, Cut cut, std::optional<OwnerFilter> filter,
                                                 Deadline deadline) {
    FLORIN_ASSERT(cut.limit >= 1 && cut.limit <= 100);
    postgres::Params params;
    cut.starting_after ? params.add(*cut.starting_after) : params.add_null(Oid::uuid);
    params.add(std::int64_t{cut.limit} + 1);
    if (filter) {
        filter->merchant ? params.add(filter->merchant->uuid()) : params.add_null(Oid::uuid);
        filter->live ? params.add(*filter->live) : params.add_null(Oid::boolean);
    }
    co_return co_await pool.execute(std::move(statement), std::move(params), deadline);
}

Administration::Administration(boost::asio::any_io_executor executor, std::string conninfo, Secret pepper)
    : state_(new State{.pool = postgres::Pool(std::move(executor), std::move(conninfo), kConnections,
                                              prepare_administration_statements),
                       .pepper = std::move(pepper),
                       .clock = {}}) {}

Administration::~Administration() = default;

Task<Checked<std::optional<std::string>>> Administration::replayed(Author author, Deadline deadline) {
    CO_TRY(known, co_await state_->replayed(std::move(author), deadline));
    co_return known ? std::optional(std::move(known->details)) : std::nullopt;
}

Task<Checked<bool>> Administration::record(Decree decree, Author author, Deadline deadline) {
    if (co_await state_->write("record", state_->entry_of(decree, author), deadline)) co_return true;
    CO_TRY(subject, co_await state_->replayed_subject(std::move(author), deadline));
    FLORIN_ASSERT(subject.has_value());
    co_return false;
}

Task<Slice<AdminAuditRow>> Administration::list_changes(OwnerFilter filter, Cut cut, Deadline deadline) {
    const auto rows = co_await state_->page("list_changes", cut, filter, deadline);
    std::vector<AdminAuditRow> changes;
    for (int i = 0; i < rows.size(); ++i) changes.push_back(audit_row_of(rows[i]));
    co_return slice_of(std::move(changes), cut.limit);
}

}  // namespace florin::store
