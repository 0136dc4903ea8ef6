// florin verify: recomputes what is stored, with --deep compares it with the PSP, and names every row that disagrees.
#include "verify/verify.hpp"

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "cli/psp_accounts.hpp"
#include "verify/checks.hpp"
#include "verify/deep.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(10'000);
constexpr int kConnections = 5;  // three look at tables, and all at payments
constexpr std::chrono::hours kLongest(12);
constexpr std::chrono::hours kUsualWindow(7 * 24);

// As the command line has it.
struct Asked {
    std::string only, as_of, since, acks;
    bool deep = false;
    int pages_per_second = 10;
};

// Both reports as one.
struct Whole {
    verify::Report books;
    std::optional<verify::DeepReport> deep;

    bool is_clean() const { return books.findings.empty() && (!deep || deep->findings.empty()); }
    std::size_t findings() const { return books.findings.size() + (deep ? deep->findings.size() : 0); }
};

boost::json::value to_json(const Whole& whole) {
    boost::json::array findings, open;
    boost::json::object counted;
    for (const auto& finding : whole.books.findings) {
        findings.push_back({{"check", finding.check}, {"row", finding.row}, {"detail", finding.detail}});
    }
    for (const auto& [check, rows] : whole.books.counted) counted[check] = rows;
    if (!whole.deep) return {{"findings", std::move(findings)}, {"counted", std::move(counted)}};
    for (const auto& finding : whole.deep->findings) {
        findings.push_back(
            {{"check", finding.check}, {"row", finding.row}, {"detail", finding.detail}, {"advice", finding.advice}});
    }
    for (const auto& [what, rows] : whole.deep->counted) counted[what] = rows;
    for (const auto& [payment, what] : whole.deep->open) open.push_back({{"payment_id", payment}, {"what", what}});
    return {{"findings", std::move(findings)}, {"counted", std::move(counted)}, {"open", std::move(open)}};
}

void print_deep(const verify::DeepReport& report) {
    for (const auto& [what, rows] : report.counted) std::cout << fmt::format("{:<28} {:>12}\n", what, rows);
    for (const auto& [payment, what] : report.open) std::cout << fmt::format("open {}: {}\n", payment, what);
    for (const auto& finding : report.findings) {
        std::cout << fmt::format("WRONG {} {}: {}\n      {}\n", finding.check, finding.row, finding.detail,
                                 finding.advice);
    }
}

void print_text(const Whole& whole) {
    for (const auto& [check, rows] : whole.books.counted) {
        std::cout << fmt::format("{:<28} {:>12} looked at\n", check, rows);
    }
    for (const auto& finding : whole.books.findings) {
        std::cout << fmt::format("WRONG {} {}: {}\n", finding.check, finding.row, finding.detail);
    }
    if (whole.deep) print_deep(*whole.deep);
    std::cout << (whole.is_clean() ? "everything agrees\n" : fmt::format("{} findings\n", whole.findings()));
}

void say(const std::string& line) {
    std::cerr << line << '\n';
}

std::vector<verify::DeepAccount> without_owners(const std::vector<PspAccount>& owned) {
    std::vector<verify::DeepAccount> accounts;
    for (const auto& account : owned) accounts.push_back({.psp = account.psp.get(), .live = account.live});
    return accounts;
}

using Connections = std::vector<std::unique_ptr<postgres::Connection>>;

Task<verify::Report> verify_books(Connections connections, verify::Options options, Deadline deadline) {
    std::vector<postgres::Connection*> helpers;
    for (std::size_t i = 1; i < connections.size(); ++i) helpers.push_back(connections[i].get());
    co_return co_await verify::verify(*connections.front(), helpers, std::move(options), deadline);
}

// The role of the gateway makes no temporary tables; that of the owner does.
struct Databases {
    std::string application, owner;
};

Task<int> verify_all(boost::asio::any_io_executor executor, Databases urls, verify::Options options,
                     std::optional<verify::DeepOptions> deep, std::vector<PspAccount> accounts, bool json) {
    Connections connections;
    for (int i = 0; i < kConnections; ++i) {
        connections.push_back(
            co_await postgres::Connection::open(executor, urls.application, Deadline::after(kPatience)));
    }
    const auto deadline = Deadline::after(kLongest);
    Whole whole;
    whole.books = co_await verify_books(std::move(connections), std::move(options), deadline);
    if (deep) {
        auto connection = co_await postgres::Connection::open(executor, urls.owner, Deadline::after(kPatience));
        auto looked_at = without_owners(accounts);
        whole.deep = co_await verify::verify_deep(*connection, std::move(looked_at), std::move(*deep), deadline);
    }
    if (json) {
        print_json(to_json(whole));
    } else {
        print_text(whole);
    }
    co_return whole.is_clean() ? kDone : kNo;
}

std::vector<std::string> names_of_checks() {
    std::vector<std::string> names;
    for (const auto& check : verify::checks()) names.emplace_back(check.name);
    return names;
}

std::optional<WallTime> time_of(const char* option, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto time = parse_time(text);
    if (!time) throw UsageError(fmt::format("{} takes a time such as 2026-03-31T23:59:59Z", option));
    return time;
}

std::optional<verify::DeepOptions> deep_options(const Asked& asked) {
    if (!asked.deep) return std::nullopt;
    verify::DeepOptions options{.since = time_of("--since", asked.since).value_or(SystemClock().now() - kUsualWindow)};
    options.pages_per_second = asked.pages_per_second;
    options.progress = say;
    if (!asked.acks.empty()) options.acks = asked.acks;
    return options;
}

int run_verify(const config::Config& config, const Asked& asked, bool json) {
    const verify::Options options{.progress = say, .only = asked.only, .as_of = time_of("--as-of", asked.as_of)};
    const auto deep = deep_options(asked);
    return on_loop([&](auto executor) {
        auto accounts = deep ? psp_accounts(executor, config) : std::vector<PspAccount>();
        Databases urls{.application = application_url(config), .owner = deep ? owner_url(config) : std::string()};
        return verify_all(executor, std::move(urls), options, deep, std::move(accounts), json);
    });
}

constexpr const char* kExplanation =
    "With --deep the PSP's side is read too, page by page, and compared with the books: no charge stands twice, what\n"
    "is called failed is not charged and cannot be any more, the same was captured, refunded and held there and\n"
    "here, and the sums per currency agree with the ledger. It needs the key of every PSP account that took payments\n"
    "of the time; one that it cannot read is a finding. Payments with an open operation, or with a late charge that "
    "is\n"
    "not undone yet, are listed as open and not compared: nobody knows their end. --acks takes the answers that "
    "clients\n"
    "kept, one JSON object per line with key, status, body_sha256 (hexadecimal) and payment_id; each must be stored "
    "as\n"
    "it was sent. docs/operations.md says what to do about each finding.";

}  // namespace

void add_verify(CLI::App& app, Shell& shell) {
    const auto asked = std::make_shared<Asked>();
    auto* command = add_command(
        app, shell,
        {.name = "verify",
         .what = "Recompute journals, balances, digests and chains; name every row that disagrees (exit code 1)",
         .examples = "  florin verify --config florin.toml --json\n"
                     "  florin verify --config florin.toml --as-of 2026-03-31T23:59:59Z\n"
                     "  florin verify --config florin.toml --deep --since 2026-03-01T00:00:00Z",
         .explanation = kExplanation},
        [&shell, asked] { return run_verify(shell.config(), *asked, shell.json); });
    auto* only =
        command->add_option("--check", asked->only, "look at this alone")->check(CLI::IsMember(names_of_checks()));
    command->add_option("--as-of", asked->as_of, "look at the balances as they stood at this time (UTC) too");
    auto* deep = command->add_flag("--deep", asked->deep, "compare with what the PSP says too")->excludes(only);
    command->add_option("--since", asked->since, "with --deep: payments begun since then (7 days ago)")->needs(deep);
    command->add_option("--acks", asked->acks, "with --deep: a file of answers that clients got")->needs(deep);
    command->add_option("--pages-per-second", asked->pages_per_second, "with --deep: of the PSP's lists, at most")
        ->needs(deep)
        ->check(CLI::Range(1, 100'000));
}

}  // namespace florin::cli
