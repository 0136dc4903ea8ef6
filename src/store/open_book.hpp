// What waits, as operators see it: open operations one by one and in piles, each with count, oldest age and the money
// at risk. Kinds are text here: a row that another release wrote is shown like the others.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/journal.hpp"

namespace florin::store {

struct Pile {
    std::int64_t count = 0;
    Milliseconds oldest{0};
    std::vector<std::pair<std::string, std::int64_t>> at_risk{};  // minor units by currency
};

struct Overview {
    Pile open;               // all of the next two as well
    Pile parked;             // no proof was found: a human is asked
    Pile waiting_for_payer;  // 3-D Secure and the like
    Pile expiring;           // authorizations that end soon, with what they hold
    Pile parked_psp_events;
};

struct OpenRow {
    OperationId operation;
    PaymentId payment;
    MerchantId merchant;
    bool live;
    std::int16_t attempt;
    std::string kind;
    std::int64_t amount;
    std::string currency, psp, psp_account;
    std::int32_t tries, generation;
    bool parked;
    bool waits_for_payer;
    std::string evidence;
    std::optional<std::string> psp_reference;
    WallTime since;
    Milliseconds age;
    Milliseconds next_try_in;  // negative: due
    Milliseconds lease_left;   // negative: nobody works on it
};

enum class OpenState : std::uint8_t { any, parked, waiting_for_payer };

// Oldest first.
struct OpenQuery {
    OpenState state = OpenState::any;
    std::optional<MerchantId> merchant{};
    std::optional<bool> live{};
    std::optional<std::string> psp{};
    int limit = 100;                              // 1…1000
    std::optional<OperationId> starting_after{};  // exclusive
};
// An open operation that another release wrote.
struct UnknownKind {
    OperationId operation;
    PaymentId payment;
    std::string kind;
};
struct OpenPage {
    std::vector<OpenRow> rows;
    bool has_more = false;
};

}  // namespace florin::store
