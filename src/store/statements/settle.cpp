#include "store/statements/closing.hpp"

namespace florin::store {
namespace {

const std::string kSql = expand(
#include "store/statements/settle.sql"
);

class SettleStatement final : public ClosingStatement {
public:
    std::string name() const override { return "settle"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t writer) const override {
        postgres::Params params = ClosingStatement::bind(items, writer);
        bind_late_watch(params, items);
        return params;
    }
};

}  // namespace

const Statement& settle_statement() {
    static const SettleStatement statement;
    return statement;
}

}  // namespace florin::store
