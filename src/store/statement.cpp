#include "store/statement.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "base/assert.hpp"
#include "store/statements.hpp"

namespace florin::store {
namespace {

constexpr std::string_view kJudged =
#include "store/statements/judged.sql"
    ;
constexpr std::string_view kClaims =
#include "store/statements/claims.sql"
    ;
constexpr std::string_view kChain =
#include "store/statements/chain.sql"
    ;
constexpr std::string_view kFollowing =
#include "store/statements/following.sql"
    ;
constexpr std::string_view kInterim =
#include "store/statements/interim.sql"
    ;
constexpr std::string_view kOpening =
#include "store/statements/opening.sql"
    ;
constexpr std::string_view kPayment =
#include "store/statements/payment.sql"
    ;
constexpr std::string_view kPosting =
#include "store/statements/posting.sql"
    ;

std::size_t index_of(const postgres::Row& row, std::size_t items) {
    const auto ord = static_cast<std::size_t>(row.int4(0));
    FLORIN_ASSERT(ord >= 1 && ord <= items);
    return ord - 1;
}

}  // namespace

std::string expand(std::string sql) {
    static constexpr auto kParts =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"{judged}", kJudged},
                                                                      {"{claims}", kClaims},
                                                                      {"{payment}", kPayment},
                                                                      {"{opening}", kOpening},
                                                                      {"{interim}", kInterim},
                                                                      {"{chain}", kChain},
                                                                      {"{posting}", kPosting},
                                                                      {"{following}", kFollowing}});
    for (const auto& [name, text] : kParts) {
        if (const auto at = sql.find(name); at != std::string::npos) sql.replace(at, name.size(), text);
    }
    return sql;
}

Verdicts read_times(const postgres::Rows& rows, std::size_t items) {
    Verdicts verdicts(items);
    for (int i = 0; i < rows.size(); ++i) {
        const auto at = rows[i].optional_time(1);
        verdicts[index_of(rows[i], items)] = at ? Verdict{0, *at} : Verdict{1, {}};
    }
    return verdicts;
}

Verdicts read_codes(const postgres::Rows& rows, std::size_t items) {
    Verdicts verdicts(items);
    for (int i = 0; i < rows.size(); ++i) verdicts[index_of(rows[i], items)] = Verdict{rows[i].int2(1), {}};
    return verdicts;
}

const Statement& statement_of(Kind kind) {
    switch (kind) {
        case Kind::settle:
            return settle_statement();
        case Kind::adopt:
            return adopt_statement();
        case Kind::compensate:
            return compensate_statement();
        case Kind::keep_open:
            return keep_open_statement();
        case Kind::next_attempt:
            return next_attempt_statement();
        case Kind::record:
            return record_statement();
        case Kind::reserve:
            return reserve_statement();
        case Kind::intent:
            return intent_statement();
        case Kind::keep_event:
            return keep_event_statement();
    }
    assertion_failed("a Kind outside its enumeration", __FILE__, __LINE__);
}

}  // namespace florin::store
