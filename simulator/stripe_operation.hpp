// The calls of Stripe's API that the simulator answers, and their names in faults.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace florin::simulator {

enum class Operation : std::uint8_t {
    create,
    confirm,
    retrieve,
    list,
    cancel,
    update,
    charge,
    capture,
    refund,
    retrieve_refund,
    list_refunds,
    update_refund,
    webhook,  // no call: an event on its way
};

// A set of operations, one bit each.
using Operations = std::uint16_t;
constexpr Operations bit(Operation operation) {
    return static_cast<Operations>(1U << static_cast<unsigned>(operation));
}

// What a fault's `operation` strikes. The merchant's words stand beside Stripe's.
struct OperationName {
    std::string_view name;
    Operations operations;
    enum class Capturing : std::uint8_t { any, automatic, manual } capturing = Capturing::any;
};

inline constexpr Operations kTakesMoney = bit(Operation::create) | bit(Operation::confirm);
inline constexpr auto kOperationNames = std::to_array<OperationName>({
    {"*", static_cast<Operations>(bit(Operation::webhook) - 1)},  // every call
    {"create", bit(Operation::create)},
    {"confirm", bit(Operation::confirm)},
    {"sale", kTakesMoney, OperationName::Capturing::automatic},
    {"authorize", kTakesMoney, OperationName::Capturing::manual},
    {"capture", bit(Operation::capture)},
    {"cancel", bit(Operation::cancel)},
    {"void", bit(Operation::cancel)},
    {"refund", bit(Operation::refund)},
    {"update", bit(Operation::update) | bit(Operation::update_refund)},
    {"retrieve", bit(Operation::retrieve)},
    {"charge", bit(Operation::charge)},
    {"retrieve_refund", bit(Operation::retrieve_refund)},
    {"read", bit(Operation::retrieve) | bit(Operation::charge) | bit(Operation::retrieve_refund)},
    {"list", bit(Operation::list) | bit(Operation::list_refunds)},
    {"list_intents", bit(Operation::list)},
    {"list_refunds", bit(Operation::list_refunds)},
    {"webhook", bit(Operation::webhook)},
    {"connect", 0},  // no call: nobody listens
});

}  // namespace florin::simulator
