// Journals: n legs, balanced per currency, on named accounts. Pure. Amounts are signed minor units, debit > 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/money.hpp"

namespace florin::ledger {

// A named path that begins with the mode: live:psp:stripe:<account>:receivable:USD, test:merchant:<id>:payable:USD,
// live:platform:fees:USD, live:psp:stripe:<account>:fees:USD. The id is derived from the path, so no look-up is needed.
struct Account {
    std::string path;
    bool live = false;
    Currency currency = kUsd;
    std::optional<MerchantId> merchant{};  // set on a merchant's accounts only

    Uuid id() const;  // UUIDv8: the first 16 bytes of SHA-256(path) with version and variant set
};

struct PspAccount {
    std::string psp;   // "stripe"
    std::string name;  // the account's name in the configuration
    bool live = false;
};

Account psp_receivable(const PspAccount& psp, Currency currency);
Account psp_fees(const PspAccount& psp, Currency currency);
Account merchant_payable(MerchantId merchant, bool live, Currency currency);
Account platform_fees(bool live, Currency currency);

enum class JournalKind : std::int16_t { capture = 1 };
std::string_view to_string(JournalKind kind);

struct Line {
    Account account;
    std::int64_t amount = 0;  // signed, debit > 0, never 0
};

struct Journal {
    JournalKind kind = JournalKind::capture;
    std::vector<Line> lines;
};

// Basis points of the amount plus a fixed part in minor units, rounded half to even to the minor unit.
struct FeeRule {
    std::int32_t basis_points = 0;  // 0…10000
    std::int64_t fixed = 0;         // minor units of the payment's currency, ≥ 0
};
Result<std::int64_t> fee_of(const FeeRule& rule, Money amount);

struct Capture {
    PspAccount psp;
    MerchantId merchant;
    Money gross;
    FeeRule expected_psp_fee;  // what the PSP will keep
    FeeRule platform_fee;      // what we keep; the merchant gets gross - platform_fee
};

// Debit PSP receivable (gross - expected PSP fee), debit PSP fees, credit merchant payable (net), credit platform fees.
// Zero legs are left out; a fee above the amount makes the merchant's leg a debit. amount_out_of_range for a gross
// below 1 or a fee rule outside its ranges, overflow for a fee beyond 64 bits.
Result<Journal> capture_journal(const Capture& capture);

// Every currency sums to zero (128-bit), there is a line, no line is zero and no account stands on two lines.
bool is_balanced(const Journal& journal);

// The bytes that a digest covers: one line "kind|path|currency|amount\n" per leg, in the journal's order.
std::string canonical(const Journal& journal);

}  // namespace florin::ledger
