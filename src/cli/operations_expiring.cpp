// florin operations expiring: authorizations that end soon; what they hold is lost unless it is captured before.
#include <fmt/format.h>

#include <iostream>

#include "cli/amounts.hpp"
#include "cli/command.hpp"
#include "cli/database.hpp"
#include "config/duration.hpp"
#include "store/store.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(10'000);
constexpr int kMostShown = 1000;

boost::json::value to_json(const store::ExpiringRow& row) {
    return {{"payment_id", to_string(row.payment)},
            {"merchant", to_string(row.merchant)},
            {"mode", row.live ? "live" : "test"},
            {"held", row.held},
            {"currency", row.currency},
            {"psp", row.psp},
            {"capture_before", format_time(row.capture_before)}};
}

std::string to_text(const store::ExpiringRow& row) {
    return fmt::format("{}  {:>16}  {}  {}  {} {}\n", format_time(row.capture_before),
                       amount_text(row.held, row.currency), to_string(row.payment), to_string(row.merchant), row.psp,
                       row.live ? "live" : "test");
}

void print(const std::vector<store::ExpiringRow>& rows, std::string_view within, bool json) {
    Sums sums;
    for (const auto& row : rows) sums.add(row.held, row.currency);
    if (json) {
        boost::json::array data;
        for (const auto& row : rows) data.push_back(to_json(row));
        print_json({{"data", std::move(data)}, {"held", sums.to_json()}});
        return;
    }
    for (const auto& row : rows) std::cout << to_text(row);
    std::cout << fmt::format("{} expiring within {}, holding: {}\n", rows.size(), within, sums.to_text());
}

Task<int> list_expiring(boost::asio::any_io_executor executor, std::string url, std::string within, bool json) {
    const auto ahead = config::parse_duration(within);
    if (!ahead) throw UsageError("--within must be a whole number and s, m, h or d, such as 24h");
    store::Store store(executor, {.conninfo = std::move(url)});
    print(co_await store.expiring(*ahead, kMostShown, Deadline::after(kPatience)), within, json);
    co_return kDone;
}

constexpr const char* kExplanation =
    "An authorization holds money on the payer's card until capture_before, which the card scheme sets (often 7 "
    "days).\n"
    "After it the worker asks the PSP, releases what is still held and the payment becomes expired: nothing of it can\n"
    "be captured any more. Capture or void what stands here before that. At most 1000 rows, the next to expire first.";

}  // namespace

void add_operations_expiring(CLI::App& group, Shell& shell) {
    auto within = std::make_shared<std::string>("24h");
    auto* command =
        add_command(group, shell,
                    {.name = "expiring",
                     .what = "Authorizations that expire soon, and what they hold",
                     .examples = "  florin operations expiring --config florin.toml\n"
                                 "  florin operations expiring --within 3d --json",
                     .explanation = kExplanation},
                    [&shell, within] {
                        return on_loop([&shell, within](auto executor) {
                            return list_expiring(executor, application_url(shell.config()), *within, shell.json);
                        });
                    });
    command->add_option("--within", *within, "How far ahead to look: a whole number and s, m, h or d")
        ->capture_default_str();
}

}  // namespace florin::cli
