#include "verify/deep_tables.hpp"

#include "verify/deep_checks.hpp"

namespace florin::verify {
namespace {

using postgres::Array;
using postgres::Oid;
using postgres::Params;

constexpr const char* kKeepAccounts =
    "insert into deep_account select * from unnest($1::text[], $2::text[], $3::bool[])";
constexpr const char* kKeepPayments =
    "insert into deep_payment select $1::text, $2::text, $3::bool, * from unnest($4::text[], $5::uuid[], $6::uuid[],"
    " $7::int2[], $8::text[], $9::int8[], $10::bool[], $11::int8[], $12::int8[], $13::timestamptz[], $14::text[])"
    " on conflict do nothing";
constexpr const char* kKeepRefunds =
    "insert into deep_refund select $1::text, $2::text, $3::bool, * from unnest($4::text[], $5::text[], $6::uuid[],"
    " $7::uuid[], $8::int2[], $9::text[], $10::int8[], $11::int8[], $12::timestamptz[], $13::text[])"
    " on conflict do nothing";
constexpr const char* kKeepCaptures =
    "insert into deep_capture select * from unnest($1::text[], $2::uuid[], $3::int8[]) on conflict do nothing";
constexpr const char* kKeepAcks =
    "insert into deep_ack select * from unnest($1::int8[], $2::text[], $3::int2[], $4::bytea[], $5::uuid[])";

// One array parameter out of one member of each row.
template <class Rows, class Read>
Array column(Oid type, const Rows& rows, Read read) {
    Array values(type);
    for (const auto& row : rows) values.add(read(row));
    return values;
}

template <class Id>
std::optional<Uuid> uuid_of(const std::optional<Id>& id) {
    return id ? std::optional(id->uuid()) : std::nullopt;
}

using Objects = std::vector<psp::Listed>;

void add_owner(Params& params, const Objects& objects) {
    using psp::Listed;
    params.add(column(Oid::uuid, objects, [](const Listed& o) { return uuid_of(o.payment); }))
        .add(column(Oid::uuid, objects, [](const Listed& o) { return uuid_of(o.operation); }))
        .add(column(Oid::int2, objects, [](const Listed& o) { return o.attempt; }))
        .add(column(
            Oid::text, objects,
            [](const Listed& o) { return o.currency ? std::optional(std::string(o.currency->code())) : std::nullopt; }))
        .add(column(Oid::int8, objects, [](const Listed& o) { return o.amount; }));
}

void add_end(Params& params, const Objects& objects) {
    using psp::Listed;
    params.add(column(Oid::int8, objects, [](const Listed& o) { return o.moved; }))
        .add(column(Oid::timestamptz, objects, [](const Listed& o) { return o.created; }))
        .add(column(Oid::text, objects,
                    [](const Listed& o) { return o.unreadable.empty() ? std::nullopt : std::optional(o.unreadable); }));
}

Params begin(const AccountName& account, const Objects& objects) {
    Params params;
    params.add(account.psp).add(account.account).add(account.live);
    params.add(column(Oid::text, objects, [](const psp::Listed& o) { return o.reference; }));
    return params;
}

}  // namespace

Task<void> make_deep_tables(postgres::Connection& connection, std::vector<AccountName> accounts, Deadline deadline) {
    co_await connection.run(std::string(kDeepTables), deadline);
    Params params;
    params.add(column(Oid::text, accounts, [](const AccountName& a) { return a.psp; }))
        .add(column(Oid::text, accounts, [](const AccountName& a) { return a.account; }))
        .add(column(Oid::boolean, accounts, [](const AccountName& a) { return a.live; }));
    co_await connection.query(kKeepAccounts, std::move(params), deadline);
}

Task<void> keep_payments(postgres::Connection& connection, AccountName account, Objects objects, Deadline deadline) {
    auto params = begin(account, objects);
    add_owner(params, objects);
    params.add(column(Oid::boolean, objects, [](const psp::Listed& o) { return o.is_open; }))
        .add(column(Oid::int8, objects, [](const psp::Listed& o) { return o.held; }));
    add_end(params, objects);
    co_await connection.query(kKeepPayments, std::move(params), deadline);
    Array references(Oid::text), operations(Oid::uuid), amounts(Oid::int8);
    for (const auto& object : objects) {
        for (const auto& capture : object.captures) {
            references.add(object.reference);
            operations.add(capture.operation.uuid());
            amounts.add(capture.amount);
        }
    }
    if (references.size() == 0) co_return;
    Params captures;
    captures.add(std::move(references)).add(std::move(operations)).add(std::move(amounts));
    co_await connection.query(kKeepCaptures, std::move(captures), deadline);
}

Task<void> keep_refunds(postgres::Connection& connection, AccountName account, Objects objects, Deadline deadline) {
    auto params = begin(account, objects);
    params.add(column(Oid::text, objects, [](const psp::Listed& o) { return o.payment_reference; }));
    add_owner(params, objects);
    add_end(params, objects);
    co_await connection.query(kKeepRefunds, std::move(params), deadline);
}

Task<void> keep_acks(postgres::Connection& connection, std::vector<Ack> acks, Deadline deadline) {
    Params params;
    params.add(column(Oid::int8, acks, [](const Ack& a) { return a.line; }))
        .add(column(Oid::text, acks, [](const Ack& a) { return a.key; }))
        .add(column(Oid::int2, acks, [](const Ack& a) { return a.status; }))
        .add(column(Oid::bytea, acks, [](const Ack& a) { return a.sha256; }))
        .add(column(Oid::uuid, acks, [](const Ack& a) { return a.payment; }));
    co_await connection.query(kKeepAcks, std::move(params), deadline);
}

}  // namespace florin::verify
