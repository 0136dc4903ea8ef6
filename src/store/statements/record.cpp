#include "store/statements/closing.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

const std::string kSql = expand(
#include "store/statements/record.sql"
);

class RecordStatement final : public ClosingStatement {
public:
    std::string name() const override { return "record"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t writer) const override {
        postgres::Params params = ClosingStatement::bind(items, writer);
        bind_opening(params, items);
        const auto add = [&](Oid type, auto get) {
            params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.claim); }));
        };
        add(Oid::text, [](const Claim& c) { return std::string_view(c.key); });
        add(Oid::bytea, [](const Claim& c) { return bytes_of(c.fingerprint); });
        add(Oid::uuid,
            [](const Claim& c) { return c.reverses ? std::optional(c.reverses->uuid()) : std::optional<Uuid>(); });
        const auto of_late = [&](Oid type, auto get) {
            add(type, [&](const Claim& c) { return c.late ? std::optional(get(*c.late)) : std::nullopt; });
        };
        of_late(Oid::uuid, [](const LateClaim& l) { return l.operation.uuid(); });
        of_late(Oid::int2, [](const LateClaim& l) { return l.attempt; });
        of_late(Oid::text, [](const LateClaim& l) { return l.reference; });
        add(Oid::boolean, [](const Claim& c) { return c.late && c.late->reference_is_new; });
        return params;
    }
};

}  // namespace

const Statement& record_statement() {
    static const RecordStatement statement;
    return statement;
}

}  // namespace florin::store
