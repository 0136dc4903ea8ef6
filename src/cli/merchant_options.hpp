// A merchant's settings as options of a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "store/administration.hpp"

namespace florin::cli {

struct MerchantOptions {
    std::optional<std::string> name{};
    std::optional<int> fee_basis_points{};
    std::optional<std::int64_t> fee_fixed{};
    std::vector<std::string> fees{};  // "EUR=150+25"
    std::optional<int> requests_per_second{}, burst{};
    std::vector<std::string> no_fees{};  // "EUR"
    bool no_limit = false;
    std::optional<std::string> before_expiry{};
    std::optional<int> hours_ahead{};
};

void add_settings(CLI::App& command, MerchantOptions& options);
void add_removals(CLI::App& command, MerchantOptions& options);

// Both throw UsageError.
store::Merchant new_merchant(const MerchantOptions& options);
store::MerchantChange change_of(const MerchantOptions& options);

}  // namespace florin::cli
