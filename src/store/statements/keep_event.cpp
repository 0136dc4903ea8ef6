#include "base/assert.hpp"
#include "store/statements.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

const std::string kSql =
#include "store/statements/keep_event.sql"
    ;

// A row under its own id: the first submission was committed.
const std::string kConfirm = R"sql(
    select x.ord::int4, 0::int2 from unnest($1::uuid[]) with ordinality as x(id, ord) join psp_events e on e.id = x.id
)sql";

class KeepEventStatement final : public Statement {
public:
    std::string name() const override { return "keep_event"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t) const override {
        postgres::Params params;
        const auto add = [&](Oid type, auto get) { params.add(column<EventItem>(type, items, get)); };
        add(Oid::uuid, [](const ReceivedEvent& e) { return e.id.uuid(); });
        add(Oid::text, [](const ReceivedEvent& e) { return std::string_view(e.account.psp); });
        add(Oid::text, [](const ReceivedEvent& e) { return std::string_view(e.account.name); });
        add(Oid::boolean, [](const ReceivedEvent& e) { return e.account.live; });
        add(Oid::text, [](const ReceivedEvent& e) { return std::string_view(e.event); });
        add(Oid::text, [](const ReceivedEvent& e) { return std::string_view(e.type); });
        add(Oid::int2, [](const ReceivedEvent& e) { return e.weight; });
        add(Oid::timestamptz, [](const ReceivedEvent& e) { return e.created; });
        add(Oid::timestamptz, [](const ReceivedEvent& e) { return e.received; });
        add(Oid::bytea, [](const ReceivedEvent& e) { return std::string_view(e.body); });
        return params;
    }
    Verdicts read(const postgres::Rows& rows, std::size_t items) const override { return read_codes(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const override {
        FLORIN_ASSERT(verdict && verdict->code <= static_cast<std::int16_t>(Kept::handled));
        static_cast<EventItem&>(item).answer(static_cast<Kept>(verdict->code));
    }
    const std::string& confirm_sql() const override { return kConfirm; }
    postgres::Params bind_confirm(Items items) const override {
        postgres::Params params;
        params.add(column<EventItem>(Oid::uuid, items, [](const ReceivedEvent& e) { return e.id.uuid(); }));
        return params;
    }
};

}  // namespace

const Statement& keep_event_statement() {
    static const KeepEventStatement statement;
    return statement;
}

}  // namespace florin::store
