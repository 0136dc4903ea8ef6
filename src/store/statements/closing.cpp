#include "store/statements/closing.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using payments::Attempt;
using postgres::Oid;

const std::string kClosed = R"sql(
    select x.ord::int4, 0::int2
    from unnest($1::uuid[], $2::int2[], $3::bytea[]) with ordinality as x(operation_id, attempt, digest, ord)
    join operation_results r on r.operation_id = x.operation_id and r.attempt = x.attempt and r.digest = x.digest
)sql";

// Whether something is held after it; empty where that stays as it was. A capture that was taken back is held again.
std::optional<bool> holds(const Settlement& s) {
    if (s.outcome != payments::Outcome::approved || !s.step.payment.capture_before) return std::nullopt;
    switch (s.attempt.kind) {
        case payments::OperationKind::authorize:
        case payments::OperationKind::capture_failure:
            return true;
        case payments::OperationKind::capture:
        case payments::OperationKind::void_:
        case payments::OperationKind::expire:
            return s.step.payment.amounts.held() == 0 ? std::optional(false) : std::nullopt;
        case payments::OperationKind::sale:
        case payments::OperationKind::refund:
        case payments::OperationKind::refund_failure:
        case payments::OperationKind::late_void:
        case payments::OperationKind::late_refund:
        case payments::OperationKind::late_suspense:
            return std::nullopt;
    }
    assertion_failed("an OperationKind outside its enumeration", __FILE__, __LINE__);
}

std::optional<std::int64_t> in_ms(const std::optional<Watch>& watch, Milliseconds Watch::* member) {
    return watch ? std::optional(((*watch).*member).count()) : std::nullopt;
}

void bind_following(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement); }));
    };
    add(Oid::text, [](const Settlement& s) { return std::string_view(s.attempt.psp_account); });
    add(Oid::boolean, holds);
    add(Oid::int8, [](const Settlement& s) { return in_ms(s.watch, &Watch::first_look); });
    add(Oid::int8, [](const Settlement& s) { return in_ms(s.watch, &Watch::until); });
    const auto count = [&](auto is) {
        params.add(static_cast<std::int64_t>(std::ranges::count_if(
            items, [&](const ItemPtr& item) { return is(static_cast<const JudgedItem&>(*item).request.settlement); })));
    };
    count([](const Settlement& s) { return holds(s) == true; });
    count([](const Settlement& s) { return holds(s) == false; });
    count([](const Settlement& s) { return s.watch.has_value(); });
}

}  // namespace

postgres::Params ClosingStatement::bind(Items items, std::int16_t writer) const {
    postgres::Params params = bind_judged(items, writer);
    bind_postings(params, items);
    bind_following(params, items);
    return params;
}

void bind_late_watch(postgres::Params& params, Items items) {
    const auto add = [&](auto get) {
        params.add(column<JudgedItem>(Oid::int8, items, [&](const Judged& j) { return get(j.settlement.late_watch); }));
    };
    add([](const std::optional<Watch>& watch) { return in_ms(watch, &Watch::first_look); });
    add([](const std::optional<Watch>& watch) { return in_ms(watch, &Watch::until); });
    params.add(static_cast<std::int64_t>(std::ranges::count_if(items, [](const ItemPtr& item) {
        return static_cast<const JudgedItem&>(*item).request.settlement.late_watch.has_value();
    })));
}

void bind_opening(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement.attempt); }));
    };
    add(Oid::text, [](const Attempt& a) { return payments::to_string(a.kind); });
    add(Oid::int8, [](const Attempt& a) { return a.amount.minor_units(); });
    add(Oid::bpchar, [](const Attempt& a) { return std::string(a.amount.currency().code()); });
    add(Oid::int2, [](const Attempt& a) { return a.encoder_version; });
    add(Oid::jsonb, [](const Attempt& a) { return parameters_json(a.parameters); });
}

const std::string& ClosingStatement::confirm_sql() const {
    return kClosed;
}

postgres::Params ClosingStatement::bind_confirm(Items items) const {
    postgres::Params params;
    params.add(
        column<JudgedItem>(Oid::uuid, items, [](const Judged& j) { return j.settlement.attempt.operation.uuid(); }));
    params.add(column<JudgedItem>(Oid::int2, items, [](const Judged& j) { return j.settlement.attempt.number; }));
    params.add(column<JudgedItem>(Oid::bytea, items, [](const Judged& j) { return bytes_of(j.digest); }));
    return params;
}

std::vector<ledger::Account> ClosingStatement::accounts(Items items) const {
    std::vector<ledger::Account> accounts;
    for (const ItemPtr& item : items) {
        for (const ledger::Journal& journal : static_cast<const JudgedItem&>(*item).request.settlement.journals) {
            for (const ledger::Line& line : journal.lines) accounts.push_back(line.account);
        }
    }
    return accounts;
}

}  // namespace florin::store
