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
    add(Oid::int4, [](const Settlement& s) { return s.step.payment.version; });
    add(Oid::int4, [](const Settlement& s) { return s.generation; });
    add(Oid::boolean, [](const Settlement& s) { return s.needs_generation; });
}

// Nine per item, the last the count of events: one long array is cheaper for the database than nine columns.
postgres::Array numbers_of(Items items) {
    using payments::Amounts;
    postgres::Array array(Oid::int8);
    for (const ItemPtr& item : items) {
        const auto& payment = static_cast<const JudgedItem&>(*item).request.settlement.step.payment;
        for (const auto amount : {&Amounts::authorized, &Amounts::capturing, &Amounts::captured, &Amounts::refunding,
                                  &Amounts::refunded, &Amounts::voiding, &Amounts::voided, &Amounts::expired}) {
            array.add(payment.amounts.*amount);
        }
        array.add(std::int64_t{payment.events});
    }
    return array;
}

void bind_payment(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement.step.payment); }));
    };
    using payments::Payment;
    params.add(column<JudgedItem>(
        Oid::text, items, [](const Judged& j) { return payments::to_string(j.settlement.step.payment.status); }));
    params.add(column<JudgedItem>(Oid::text, items, [](const Judged& j) { return change_of(j.settlement); }));
    params.add(numbers_of(items));
    add(Oid::boolean, [](const Payment& p) { return p.multiple_captures; });
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
    add(Oid::timestamptz, [](const Settlement& s) { return s.now; });
    add(Oid::text, [](const Settlement& s) { return payments::to_string(s.outcome); });
    add(Oid::text, [](const Settlement& s) { return s.reason; });
    add(Oid::int2, [](const Settlement& s) { return static_cast<std::int16_t>(s.step.http_status); });
    add(Oid::text, [](const Settlement& s) { return std::string_view(s.attempt.psp); });
    add(Oid::text, [](const Settlement& s) { return s.claims_reference; });
    add(Oid::text, reference_of);
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

std::optional<std::string> change_of(const NextAttempt& next) {
    if (!payments::creates_payment(next.attempt.kind)) return std::nullopt;
    return payments::to_string(payments::StatusChange{payments::Status::failed, next.payment.status});
}

std::optional<std::string> reference_of(const Settlement& settlement) {
    if (settlement.claims_reference) return settlement.claims_reference;
    if (settlement.names_reference) return settlement.names_reference;
    using payments::OperationKind;
    const auto& attempt = settlement.attempt;
    const bool has_its_own = attempt.kind == OperationKind::refund || attempt.kind == OperationKind::late_refund;
    if (attempt.parameters.late && !has_its_own) return attempt.parameters.late->reference;
    return has_its_own ? std::nullopt : settlement.step.payment.psp_reference;
}

postgres::Params bind_judged(Items items, std::int16_t writer) {
    postgres::Params params;
    params.add(writer);
    bind_condition(params, items);
    bind_payment(params, items);
    bind_evidence(params, items);
    return params;
}

void answer_judged(Item& item, const std::optional<Verdict>& verdict) {
    static_cast<JudgedItem&>(item).answer(verdict ? static_cast<Ending>(verdict->code) : Ending::lost);
}

}  // namespace florin::store
