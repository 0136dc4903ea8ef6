#include <algorithm>

#include "base/assert.hpp"
#include "payments/status.hpp"
#include "store/statements.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

void bind_condition(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement); }));
    };
    add(Oid::uuid, [](const Settlement& s) { return s.step.payment.id.uuid(); });
    add(Oid::uuid, [](const Settlement& s) { return s.attempt.operation.uuid(); });
    add(Oid::int2, [](const Settlement& s) { return s.attempt.number; });
    add(Oid::int4, [](const Settlement& s) { return s.expected_version; });
    add(Oid::int4, [](const Settlement& s) { return s.generation; });
    add(Oid::boolean, [](const Settlement& s) { return s.needs_generation; });
}

void bind_payment(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement.step.payment); }));
    };
    using payments::Payment;
    params.add(column<JudgedItem>(
        Oid::text, items, [](const Judged& j) { return payments::to_string(j.settlement.step.payment.status); }));
    params.add(column<JudgedItem>(Oid::text, items, [](const Judged& j) { return change_of(j.settlement); }));
    add(Oid::int8, [](const Payment& p) { return p.amounts.authorized; });
    add(Oid::int8, [](const Payment& p) { return p.amounts.captured; });
    add(Oid::text, [](const Payment& p) { return p.psp_reference; });
    add(Oid::text, [](const Payment& p) { return p.failure_code; });
    add(Oid::text, [](const Payment& p) { return p.failure_reason; });
    add(Oid::text, [](const Payment& p) {
        return p.next_action ? std::optional(p.next_action->url) : std::optional<std::string>();
    });
    add(Oid::timestamptz, [](const Payment& p) { return p.capture_before; });
    add(Oid::timestamptz, [](const Payment& p) { return p.updated_at; });
}

void bind_evidence(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement); }));
    };
    add(Oid::text, [](const Settlement& s) { return payments::to_string(s.outcome); });
    add(Oid::text, [](const Settlement& s) { return s.reason; });
    add(Oid::int2, [](const Settlement& s) { return static_cast<std::int16_t>(s.step.http_status); });
    add(Oid::text, [](const Settlement& s) { return std::string_view(s.attempt.psp); });
    add(Oid::text, [](const Settlement& s) { return s.claims_reference; });
    add(Oid::text, [](const Settlement& s) { return std::string_view(s.step.body); });
    params.add(column<JudgedItem>(Oid::bytea, items, [](const Judged& j) { return bytes_of(j.digest); }));
    add(Oid::text, [](const Settlement& s) { return std::string_view(s.actor); });
    add(Oid::text, [](const Settlement& s) { return std::string_view(s.evidence); });
    add(Oid::uuid, [](const Settlement& s) { return s.attempt.request.uuid(); });
}

}  // namespace

std::optional<std::string> change_of(const Settlement& settlement) {
    if (!settlement.step.change) return std::nullopt;
    return payments::to_string(*settlement.step.change);
}

postgres::Params bind_judged(Items items, std::int16_t writer) {
    const auto claims = std::ranges::count_if(items, [](const ItemPtr& item) {
        return static_cast<const JudgedItem&>(*item).request.settlement.claims_reference.has_value();
    });
    postgres::Params params;
    params.add(writer).add(static_cast<std::int64_t>(claims));
    bind_condition(params, items);
    bind_payment(params, items);
    bind_evidence(params, items);
    return params;
}

void answer_judged(Item& item, const std::optional<Verdict>& verdict) {
    auto& judged = static_cast<JudgedItem&>(item);
    if (!verdict) return judged.answer(SettlementResult::lost);
    judged.answer(verdict->code == 0 ? SettlementResult::won : SettlementResult::reference_taken);
}

}  // namespace florin::store
