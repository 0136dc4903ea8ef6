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
// live:platform:fees:USD, live:psp:stripe:<account>:fees:USD; memo accounts end in authorized:USD. The id is derived
// from the path, so no look-up is needed.
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
    bool operator==(const PspAccount&) const = default;
};

Account psp_receivable(const PspAccount& psp, Currency currency);
Account psp_fees(const PspAccount& psp, Currency currency);
Account merchant_payable(MerchantId merchant, bool live, Currency currency);
Account platform_fees(bool live, Currency currency);

Account psp_authorized(const PspAccount& psp, Currency currency);                // memo: …:authorized:USD
Account merchant_authorized(MerchantId merchant, bool live, Currency currency);  // memo

// What came late from the PSP and has no payment to stand on: it passes through the first, which is zero after every
// commit, and what cannot be undone stays in the second until a human has cleared it.
Account psp_late_charges(const PspAccount& psp, Currency currency);     // …:late_charges:USD
Account psp_suspense(const PspAccount& psp, Currency currency);         // …:suspense:USD
Account psp_late_holds(const PspAccount& psp, Currency currency);       // memo: …:late_holds:USD
Account psp_suspended_holds(const PspAccount& psp, Currency currency);  // memo: …:suspended_holds:USD
// The account that a stored path names; empty for what is no path of ours.
std::optional<Account> parse_account(std::string_view path);

// An operation posts at most one journal of each kind. The numbers are stored.
enum class JournalKind : std::int16_t {
    capture = 1,
    authorization = 2,  // memo: what is held
    release = 3,        // memo: what is held no longer, because it was captured, voided or expired
    refund = 4,
    capture_reversal = 5,
    refund_reversal = 6,
    late_charge = 7,    // what the PSP did late
    late_return = 8,    // and that it was undone
    late_suspense = 9,  // or could not be
};
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
    bool operator==(const FeeRule&) const = default;
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

struct Hold {
    PspAccount psp;
    MerchantId merchant;
    Money amount;  // ≥ 1
};
// Memo, gross: debit PSP authorized, credit merchant authorized; and back. A partial capture releases what it captured,
// and with `final` the rest.
Result<Journal> authorization_journal(const Hold& hold);
Result<Journal> release_journal(const Hold& hold);

struct Refund {
    PspAccount psp;
    MerchantId merchant;
    Money amount;  // ≥ 1
};
// Debit merchant payable, credit PSP receivable, both the whole amount: neither the PSP's fee nor ours is given back
// (docs/decisions/0012).
Result<Journal> refund_journal(const Refund& refund);

// A success that the PSP showed after its attempt was closed, and that no payment takes.
struct Late {
    PspAccount psp;
    Money amount;                // ≥ 1
    bool is_hold = false;        // memo: a hold, or the release of one; otherwise money
    bool goes_out = false;       // to the payer: a refund, a release
    FeeRule expected_psp_fee{};  // of money that came in: the PSP keeps it, whatever becomes of the charge
};
// Came in: debit PSP receivable (gross less its fee), debit PSP fees, credit late charges. Went out: debit late
// charges, credit PSP receivable. Of holds the same with the memo accounts, without a fee.
Result<Journal> late_charge_journal(const Late& late);
// What came in went back: debit late charges, credit PSP receivable, gross. Not of what went out.
Result<Journal> late_return_journal(const Late& late);
// From late charges to suspense.
Result<Journal> late_suspense_journal(const Late& late);

// The lines of a posted journal, which balance, with the opposite sign, under `kind`.
Journal reversal_journal(JournalKind kind, std::vector<Line> posted);

// Every currency sums to zero (128-bit), there is a line, no line is zero and no account stands on two lines.
bool is_balanced(const Journal& journal);

// The bytes that a digest covers: one line "kind|path|currency|amount\n" per leg, in the journal's order.
std::string canonical(const Journal& journal);

}  // namespace florin::ledger
