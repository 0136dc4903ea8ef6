#include "store/change_log.hpp"

#include <array>
#include <boost/json/serialize.hpp>

#include "base/assert.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

constexpr std::size_t kConnections = 2;
constexpr Milliseconds kPrepareWithin{5'000};

constexpr std::string_view kAudit = R"sql(
    insert into admin_audit_log
        (id, at, actor, action, subject, merchant_id, live, details, idempotency_key, fingerprint)
    select $1::uuid, florin_now(), $2::text, $3::text, $4::text, $5::uuid, $6::bool, $7::jsonb, $8::text, $9::bytea)sql";
constexpr std::string_view kOnce = "on conflict do nothing returning at";

constexpr auto kStatements = std::to_array<ChangeStatement>({
    {"record", "$AUDIT $ONCE"},
    {"find_change", R"sql(
        select subject, fingerprint, details from admin_audit_log where actor = $1::text and idempotency_key = $2::text)sql"},
    {"has_change", "select id from admin_audit_log where id = $1::uuid"},
});

std::string_view as_bytes(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

constexpr auto kLog = std::to_array<Meaning>({{"$AUDIT", kAudit}, {"$ONCE", kOnce}});

void expand(std::string& text, std::span<const Meaning> meanings) {
    for (const auto& [name, meaning] : meanings) {
        if (const auto at = text.find(name); at != std::string::npos) text.replace(at, name.size(), meaning);
    }
}

Task<void> prepare(postgres::Connection& connection, std::span<const ChangeStatement> statements,
                   std::span<const Meaning> meanings) {
    const auto deadline = Deadline::after(kPrepareWithin);
    for (const auto& statement : statements) {
        std::string sql(statement.sql);
        expand(sql, meanings);
        expand(sql, kLog);
        co_await connection.prepare(statement.name, std::move(sql), deadline);
    }
}

}  // namespace

Refusal changed_meanwhile() {
    return {.error = Error::conflict,
            .detail = "It was changed by somebody else in the same moment. Read it again, then repeat the request.",
            .retry_after_s = 1};
}

Task<void> prepare_change_log(postgres::Connection& connection, std::span<const ChangeStatement> statements,
                              std::span<const Meaning> meanings) {
    co_await prepare(connection, kStatements, {});
    co_await prepare(connection, statements, meanings);
}

ChangeLog::ChangeLog(boost::asio::any_io_executor executor, std::string conninfo, postgres::Pool::OnOpen prepare)
    : pool_(std::move(executor), std::move(conninfo), kConnections, std::move(prepare)) {}

ChangeLog::Entry ChangeLog::entry_of(const Decree& decree, const Author& author) const {
    const auto bucket = decree.merchant ? bucket_of(decree.merchant->uuid()) : Bucket{};
    Entry entry{.id = AuditId::make(clock_.now(), bucket, decree.live.value_or(false)), .params = {}};
    auto& params = entry.params;
    params.add(entry.id.uuid()).add(author.actor).add(decree.action).add(decree.subject);
    decree.merchant ? params.add(decree.merchant->uuid()) : params.add_null(Oid::uuid);
    decree.live ? params.add(*decree.live) : params.add_null(Oid::boolean);
    params.add_jsonb(boost::json::serialize(decree.details));
    author.once ? params.add(author.once->key) : params.add_null(Oid::text);
    author.once ? params.add_bytes(as_bytes(author.once->fingerprint)) : params.add_null(Oid::bytea);
    return entry;
}

Task<bool> ChangeLog::write(std::string statement, Entry entry, Deadline deadline) {
    const auto made = co_await pool_.execute(std::move(statement), std::move(entry.params), deadline);
    if (!made.empty()) co_return true;
    // The pool repeats a statement whose connection broke: the first try may have been committed.
    postgres::Params params;
    params.add(entry.id.uuid());
    const auto logged = co_await pool_.execute("has_change", std::move(params), deadline);
    co_return !logged.empty();
}

Task<Checked<std::optional<ChangeLog::Replayed>>> ChangeLog::replayed(Author author, Deadline deadline) {
    if (!author.once) co_return std::optional<Replayed>();
    postgres::Params params;
    params.add(author.actor).add(author.once->key);
    const auto rows = co_await pool_.execute("find_change", std::move(params), deadline);
    if (rows.empty()) co_return std::optional<Replayed>();
    if (rows[0].text(1) != as_bytes(author.once->fingerprint)) {
        co_return refuse(Error::idempotency_key_reused,
                         "This Idempotency-Key belongs to another request: send a new key with a new request.");
    }
    co_return std::optional(Replayed{.subject = std::string(rows[0].text(0)), .details = std::string(rows[0].text(2))});
}

Task<Checked<std::optional<std::string>>> ChangeLog::replayed_subject(Author author, Deadline deadline) {
    CO_TRY(known, co_await replayed(std::move(author), deadline));
    co_return known ? std::optional(std::move(known->subject)) : std::nullopt;
}

Task<postgres::Rows> ChangeLog::execute(std::string statement, postgres::Params params, Deadline deadline) {
    return pool_.execute(std::move(statement), std::move(params), deadline);
}

Task<postgres::Rows> ChangeLog::page(std::string statement, Cut cut, std::optional<OwnerFilter> filter,
                                     Deadline deadline) {
    FLORIN_ASSERT(cut.limit >= 1 && cut.limit <= 100);
    postgres::Params params;
    cut.starting_after ? params.add(*cut.starting_after) : params.add_null(Oid::uuid);
    params.add(std::int64_t{cut.limit} + 1);
    if (filter) {
        filter->merchant ? params.add(filter->merchant->uuid()) : params.add_null(Oid::uuid);
        filter->live ? params.add(*filter->live) : params.add_null(Oid::boolean);
    }
    co_return co_await pool_.execute(std::move(statement), std::move(params), deadline);
}

}  // namespace florin::store
