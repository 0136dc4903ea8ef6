#include "ledger/journal.hpp"

namespace florin::ledger {
namespace {

constexpr std::int32_t kWhole_bps = 10'000;

// Half to even: of 0.5, 1.5, 2.5 the nearest even. No direction is favoured over many payments.
std::int64_t rounded_part(std::int64_t amount, std::int32_t basis_points) {
    const __int128 product = static_cast<__int128>(amount) * basis_points;
    const auto quotient = static_cast<std::int64_t>(product / kWhole_bps);
    const auto twice_rest = 2 * static_cast<std::int64_t>(product % kWhole_bps);
    const bool up = twice_rest > kWhole_bps || (twice_rest == kWhole_bps && quotient % 2 != 0);
    return up ? quotient + 1 : quotient;
}

}  // namespace

Result<std::int64_t> fee_of(const FeeRule& rule, Money amount) {
    const bool is_rule = rule.basis_points >= 0 && rule.basis_points <= kWhole_bps && rule.fixed >= 0;
    if (!is_rule || amount.minor_units() < 0) return std::unexpected(Error::amount_out_of_range);
    std::int64_t fee = 0;
    if (__builtin_add_overflow(rounded_part(amount.minor_units(), rule.basis_points), rule.fixed, &fee)) {
        return std::unexpected(Error::overflow);
    }
    return fee;
}

}  // namespace florin::ledger
