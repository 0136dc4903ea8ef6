#include "store/merchant.hpp"

#include "postgres/rows.hpp"

namespace florin::store {
namespace {

enum Column { kId, kName, kPerSecond, kBurst, kCurrency, kBasisPoints, kFixed };

}  // namespace

const ledger::FeeRule& Merchant::fee_for(Currency currency) const {
    const auto found = fees.find(std::string(currency.code()));
    return found == fees.end() ? default_fee : found->second;
}

Merchant merchant_of(const postgres::Rows& rows, int first, int last, int column) {
    const auto head = rows[first];
    Merchant merchant{.id = MerchantId(head.uuid(column + kId)),
                      .name = std::string(head.text(column + kName)),
                      .default_fee = {},
                      .fees = {}};
    if (!head.is_null(column + kPerSecond)) {
        merchant.limit = RateLimit{.per_second = head.int4(column + kPerSecond), .burst = head.int4(column + kBurst)};
    }
    for (int i = first; i < last; ++i) {
        const auto row = rows[i];
        if (row.is_null(column + kBasisPoints)) continue;
        const ledger::FeeRule rule{.basis_points = row.int4(column + kBasisPoints), .fixed = row.int8(column + kFixed)};
        if (row.is_null(column + kCurrency)) {
            merchant.default_fee = rule;
        } else {
            merchant.fees.emplace(row.text(column + kCurrency), rule);
        }
    }
    return merchant;
}

}  // namespace florin::store
