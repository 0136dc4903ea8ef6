#include "store/statements/closing.hpp"

namespace florin::store {
namespace {

const std::string kSql = expand(
#include "store/statements/adopt.sql"
);

class AdoptStatement final : public ClosingStatement {
public:
    std::string name() const override { return "adopt"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t writer) const override {
        postgres::Params params = ClosingStatement::bind(items, writer);
        bind_opening(params, items);
        return params;
    }
};

}  // namespace

const Statement& adopt_statement() {
    static const AdoptStatement statement;
    return statement;
}

}  // namespace florin::store
