// Stripe's event documents about payments that exist, as large as real ones: most are about money, some only inform,
// some are of types that nobody handles.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::bench {

// A payment as the PSP's truth has it.
struct Paid {
    std::string intent;     // pi_…
    std::string payment;    // pay_…
    std::string operation;  // op_…
    std::int64_t amount = 0;
};
// From lines "<intent> <payment> <operation> <amount>"; throws std::runtime_error when a line is none.
std::vector<Paid> read_paid(const std::string& path);

// The document of the event with that number; `created` in Unix seconds.
std::string event_document(std::string_view id, std::uint64_t number, const Paid& paid, std::int64_t created);

}  // namespace florin::bench
