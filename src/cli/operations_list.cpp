// florin operations list: one overview of what waits, then each open operation, the oldest first.
#include <fmt/format.h>

#include <iostream>

#include "cli/administration.hpp"
#include "cli/amounts.hpp"
#include "config/duration.hpp"
#include "store/open_book_json.hpp"
#include "store/store.hpp"

namespace florin::cli {
namespace {

struct ListOptions {
    std::string state = "any", merchant, mode, psp, within = "24h", starting_after;
    int limit = 100;
};

store::OpenState state_of(const std::string& word) {
    if (word == "parked") return store::OpenState::parked;
    if (word == "waiting_for_payer") return store::OpenState::waiting_for_payer;
    return store::OpenState::any;
}

store::OpenQuery query_of(const ListOptions& options) {
    store::OpenQuery query{.state = state_of(options.state), .limit = options.limit};
    if (!options.mode.empty()) query.live = options.mode == "live";
    if (!options.psp.empty()) query.psp = options.psp;
    if (options.starting_after.empty()) return query;
    query.starting_after = OperationId::parse(options.starting_after);
    if (!query.starting_after) throw UsageError("--starting-after must be op_...: the last one of the page before");
    return query;
}

std::string to_text(Milliseconds age) {
    const auto s = age.count() / 1000;
    if (s < 120) return fmt::format("{} s", s);
    return s < 7200 ? fmt::format("{} min", s / 60) : fmt::format("{} h", s / 3600);
}

std::string to_text(std::string_view name, const store::Pile& pile) {
    Sums sums;
    for (const auto& [currency, amount] : pile.at_risk) sums.add(amount, currency);
    if (pile.count == 0) return fmt::format("{:<20} {:>7}\n", name, 0);
    return fmt::format("{:<20} {:>7}   oldest {:>8}   {}\n", name, pile.count, to_text(pile.oldest), sums.to_text());
}

std::string to_text(const store::OpenRow& row) {
    return fmt::format("{}  {:>8}  {:<9} {:>16}  {}  {}  {} tries{}{}\n", format_time(row.since), to_text(row.age),
                       row.kind, amount_text(row.amount, row.currency), to_string(row.payment),
                       to_string(row.operation), row.tries,
                       row.parked            ? ", PARKED"
                       : row.waits_for_payer ? ", waits for the payer"
                                             : "",
                       row.evidence.empty() ? "" : ": " + row.evidence);
}

void print_text(const store::Overview& all, const store::OpenPage& page, const std::string& within) {
    std::cout << to_text("open", all.open) << to_text("parked", all.parked)
              << to_text("waiting for payers", all.waiting_for_payer) << to_text("expiring in " + within, all.expiring)
              << to_text("parked PSP events", all.parked_psp_events);
    if (!page.rows.empty()) std::cout << '\n';
    for (const auto& row : page.rows) std::cout << to_text(row);
    if (page.has_more) std::cout << fmt::format("more: --starting-after {}\n", to_string(page.rows.back().operation));
}

Task<int> list(boost::asio::any_io_executor executor, config::Config config, ListOptions options, bool json) {
    const auto within = config::parse_duration(options.within);
    if (!within) throw UsageError("--within must be a whole number and s, m, h or d, such as 24h");
    auto query = query_of(options);
    auto administration = open_administration(executor, config);
    const auto owner = co_await owner_filter(administration, options.merchant);
    if (!owner) co_return print_refusal(owner.error(), kLookAtMerchants);
    query.merchant = owner->merchant;
    store::Store store(executor, {.conninfo = application_url(config)});
    const auto page = co_await store.list_open(query, Deadline::after(kPatience));
    const auto all = co_await store.overview(*within, Deadline::after(kPatience));
    if (!json) {
        print_text(all, page, options.within);
        co_return kDone;
    }
    boost::json::array data;
    for (const auto& row : page.rows) data.push_back(store::to_json(row));
    print_json({{"summary", store::to_json(all)}, {"data", std::move(data)}, {"has_more", page.has_more}});
    co_return kDone;
}

constexpr const char* kExplanation =
    "An operation is open from the moment its intent is stored until the PSP's answer is, usually for less than a\n"
    "second. One that stays was not answered clearly: the worker asks the PSP again by itself, each minute, then in\n"
    "growing steps. PARKED means that it found no proof either way: it looks on each hour, and a person should look "
    "at\n"
    "the payment in the PSP's dashboard, by the payment id in its metadata (florin operations show, then resolve).\n"
    "Never charge again under another key meanwhile. The oldest come first.";

}  // namespace

void add_operations_list(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<ListOptions>();
    auto* command = add_command(group, shell,
                                {.name = "list",
                                 .what = "What waits: how many, since when, and the money at risk",
                                 .examples = "  florin operations list --config florin.toml\n"
                                             "  florin operations list --state parked --json",
                                 .explanation = kExplanation},
                                [&shell, options] {
                                    return on_loop([&shell, options](auto executor) {
                                        return list(executor, shell.config(), *options, shell.json);
                                    });
                                });
    command->add_option("--state", options->state, "any, parked or waiting_for_payer")
        ->check(CLI::IsMember({"any", "parked", "waiting_for_payer"}))
        ->capture_default_str();
    command->add_option("--merchant", options->merchant, "Only this merchant's, mer_...");
    command->add_option("--mode", options->mode, "test or live")->check(CLI::IsMember({"test", "live"}));
    command->add_option("--psp", options->psp, "Only at this PSP, such as stripe");
    command->add_option("--within", options->within, "How soon an authorization expires to be counted")
        ->capture_default_str();
    command->add_option("--limit", options->limit, "How many rows")->check(CLI::Range(1, 1000))->capture_default_str();
    command->add_option("--starting-after", options->starting_after, "Those younger than this operation, op_...");
}

}  // namespace florin::cli
