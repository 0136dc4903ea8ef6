#include "store/metadata.hpp"
#include "store/statements.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

const std::string kSql =
#include "store/statements/intent.sql"
    ;

void bind_payment(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) { params.add(column<IntentItem>(type, items, get)); };
    add(Oid::uuid, [](const Intent& i) { return i.payment.id.uuid(); });
    add(Oid::uuid, [](const Intent& i) { return i.attempt.operation.uuid(); });
    add(Oid::uuid, [](const Intent& i) { return i.payment.merchant.uuid(); });
    add(Oid::boolean, [](const Intent& i) { return i.payment.live; });
    add(Oid::text, [](const Intent& i) { return std::string_view(i.key); });
    add(Oid::bytea, [](const Intent& i) { return bytes_of(i.fingerprint); });
    add(Oid::int8, [](const Intent& i) { return i.payment.amount.minor_units(); });
    add(Oid::bpchar, [](const Intent& i) { return std::string(i.payment.amount.currency().code()); });
    add(Oid::text, [](const Intent& i) { return std::string_view(i.payment.payment_method); });
    add(Oid::boolean, [](const Intent& i) { return i.payment.capture; });
    add(Oid::text, [](const Intent& i) { return i.payment.description; });
    add(Oid::jsonb, [](const Intent& i) { return metadata_json(i.payment.metadata); });
    add(Oid::text, [](const Intent& i) { return i.payment.return_url; });
}

void bind_attempt(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) { params.add(column<IntentItem>(type, items, get)); };
    add(Oid::text, [](const Intent& i) { return std::string_view(i.attempt.psp); });
    add(Oid::text, [](const Intent& i) { return std::string_view(i.attempt.psp_account); });
    add(Oid::text, [](const Intent& i) { return payments::to_string(i.attempt.kind); });
    add(Oid::int2, [](const Intent& i) { return i.attempt.encoder_version; });
    add(Oid::text, [](const Intent& i) { return std::string_view(i.attempt.actor); });
    add(Oid::uuid, [](const Intent& i) { return i.attempt.request.uuid(); });
    add(Oid::timestamptz, [](const Intent& i) { return i.payment.created_at; });
    add(Oid::int8, [](const Intent& i) { return in_ms(i.durations.lease); });
    add(Oid::int8, [](const Intent& i) { return in_ms(i.durations.call); });
    add(Oid::int8, [](const Intent& i) { return in_ms(i.durations.execute); });
    add(Oid::boolean, [](const Intent& i) { return i.payment.multiple_captures; });
    add(Oid::jsonb, [](const Intent& i) { return parameters_json(i.attempt.parameters); });
}

class IntentStatement final : public Statement {
public:
    std::string name() const override { return "intent"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t) const override {
        postgres::Params params;
        bind_payment(params, items);
        bind_attempt(params, items);
        return params;
    }
    Verdicts read(const postgres::Rows& rows, std::size_t items) const override { return read_times(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const override {
        auto& intent = static_cast<IntentItem&>(item);
        verdict ? intent.answer(IntentWon{verdict->at}) : intent.answer(KeyTaken{});
    }
    const std::string& confirm_sql() const override { return confirm_opened_sql(); }
    postgres::Params bind_confirm(Items items) const override {
        return bind_confirm_opened<IntentItem>(items,
                                               [](const Intent& request) -> const auto& { return request.attempt; });
    }
};

}  // namespace

const Statement& intent_statement() {
    static const IntentStatement statement;
    return statement;
}

}  // namespace florin::store
