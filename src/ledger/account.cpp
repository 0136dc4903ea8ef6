#include <fmt/core.h>

#include <algorithm>

#include "base/hash.hpp"
#include "ledger/journal.hpp"

namespace florin::ledger {
namespace {

constexpr std::string_view mode_of(bool live) {
    return live ? "live" : "test";
}

Account psp_account(const PspAccount& psp, std::string_view role, Currency currency) {
    return {fmt::format("{}:psp:{}:{}:{}:{}", mode_of(psp.live), psp.psp, psp.name, role, currency.code()), psp.live,
            currency};
}

}  // namespace

Uuid Account::id() const {
    const Digest digest = sha256(path);
    Uuid id;
    std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x80);  // version 8
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);  // variant
    return id;
}

Account psp_receivable(const PspAccount& psp, Currency currency) {
    return psp_account(psp, "receivable", currency);
}
Account psp_fees(const PspAccount& psp, Currency currency) {
    return psp_account(psp, "fees", currency);
}

Account merchant_payable(MerchantId merchant, bool live, Currency currency) {
    return {fmt::format("{}:merchant:{}:payable:{}", mode_of(live), to_string(merchant), currency.code()), live,
            currency, merchant};
}

Account platform_fees(bool live, Currency currency) {
    return {fmt::format("{}:platform:fees:{}", mode_of(live), currency.code()), live, currency};
}

}  // namespace florin::ledger
