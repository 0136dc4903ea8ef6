#include <fmt/core.h>

#include <algorithm>
#include <array>

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

Account merchant_account(MerchantId merchant, std::string_view role, bool live, Currency currency) {
    return {fmt::format("{}:merchant:{}:{}:{}", mode_of(live), to_string(merchant), role, currency.code()), live,
            currency, merchant};
}

// The parts between the colons; empty when there are more than fit.
struct Parts {
    std::array<std::string_view, 6> text{};
    std::size_t count = 0;
};
Parts parts_of(std::string_view path) {
    Parts parts;
    for (bool more = true; more; ++parts.count) {
        if (parts.count == parts.text.size()) return {};
        const auto colon = path.find(':');
        more = colon != std::string_view::npos;
        parts.text[parts.count] = path.substr(0, colon);
        if (more) path.remove_prefix(colon + 1);
    }
    return parts;
}

bool is_psp_role(std::string_view role) {
    static constexpr auto kRoles = std::to_array<std::string_view>(
        {"receivable", "fees", "authorized", "late_charges", "suspense", "late_holds", "suspended_holds"});
    return std::ranges::find(kRoles, role) != kRoles.end();
}
bool is_merchant_role(std::string_view role) {
    return role == "payable" || role == "authorized";
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
Account psp_authorized(const PspAccount& psp, Currency currency) {
    return psp_account(psp, "authorized", currency);
}

Account psp_late_charges(const PspAccount& psp, Currency currency) {
    return psp_account(psp, "late_charges", currency);
}
Account psp_suspense(const PspAccount& psp, Currency currency) {
    return psp_account(psp, "suspense", currency);
}
Account psp_late_holds(const PspAccount& psp, Currency currency) {
    return psp_account(psp, "late_holds", currency);
}
Account psp_suspended_holds(const PspAccount& psp, Currency currency) {
    return psp_account(psp, "suspended_holds", currency);
}

Account merchant_payable(MerchantId merchant, bool live, Currency currency) {
    return merchant_account(merchant, "payable", live, currency);
}
Account merchant_authorized(MerchantId merchant, bool live, Currency currency) {
    return merchant_account(merchant, "authorized", live, currency);
}

Account platform_fees(bool live, Currency currency) {
    return {fmt::format("{}:platform:fees:{}", mode_of(live), currency.code()), live, currency};
}

std::optional<Account> parse_account(std::string_view path) {
    const auto [text, count] = parts_of(path);
    if (count < 4 || (text[0] != "live" && text[0] != "test")) return std::nullopt;
    const bool live = text[0] == "live";
    const auto currency = Currency::parse(text[count - 1]);
    if (!currency) return std::nullopt;
    if (count == 4 && text[1] == "platform" && text[2] == "fees") return platform_fees(live, *currency);
    if (count == 5 && text[1] == "merchant" && is_merchant_role(text[3])) {
        const auto merchant = MerchantId::parse(text[2]);
        return merchant ? std::optional(merchant_account(*merchant, text[3], live, *currency)) : std::nullopt;
    }
    if (count == 6 && text[1] == "psp" && !text[2].empty() && !text[3].empty() && is_psp_role(text[4])) {
        return psp_account({std::string(text[2]), std::string(text[3]), live}, text[4], *currency);
    }
    return std::nullopt;
}

}  // namespace florin::ledger
