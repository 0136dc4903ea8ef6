#include "bench/store.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/link.hpp"
#include "fmt/core.h"
#include "payments/operation.hpp"
#include "store/store.hpp"

namespace florin::bench {
namespace {

constexpr store::Durations kDurations{Milliseconds(45'000), Milliseconds(30'000), Milliseconds(900'000)};
constexpr Milliseconds kPatience{60'000};

struct Options {
    std::string url{};
    std::vector<MerchantId> merchants{};
    int in_flight = 256, writers = 2, seconds = 10, warmup_seconds = 2;
};
struct Seen {
    Histogram latency_us{};
    std::uint64_t counted = 0, all = 0;
    Steady::time_point begin{}, end{};
    std::exception_ptr failure{};
};

const ledger::PspAccount kAccount{"stripe", "main", false};

payments::Payment new_payment(MerchantId merchant, std::int64_t amount) {
    const WallTime at = SystemClock().now();
    return {.id = PaymentId::make(at, bucket_of(merchant.uuid()), false),
            .merchant = merchant,
            .amount = Money(amount, kUsd),
            .amounts = {},
            .payment_method = "pm_card_visa",
            .description = "Order #" + std::to_string(amount),
            .metadata = {{"order_id", "ORD-" + std::to_string(amount)}},
            .return_url = {},
            .psp = kAccount.psp,
            .psp_account = kAccount.name,
            .psp_reference = {},
            .failure_code = {},
            .failure_reason = {},
            .next_action = {},
            .capture_before = {},
            .created_at = at,
            .updated_at = at};
}

payments::Attempt first_attempt(const payments::Payment& payment) {
    const auto bucket = bucket_of(payment.merchant.uuid());
    return {.operation = OperationId::make(payment.created_at, bucket, false),
            .payment = payment.id,
            .kind = payments::OperationKind::sale,
            .amount = payment.amount,
            .psp = kAccount.psp,
            .psp_account = kAccount.name,
            .actor = "key:bench",
            .request = RequestId::make(payment.created_at, bucket, false)};
}

store::Settlement approved(const payments::Payment& payment, const payments::Attempt& attempt) {
    const WallTime at = SystemClock().now();
    payments::Judgement judgement;
    judgement.outcome = payments::Outcome::approved;
    judgement.psp_reference = "pi_" + to_string(attempt.operation.uuid());
    const ledger::Capture capture{.psp = kAccount,
                                  .merchant = payment.merchant,
                                  .gross = payment.amount,
                                  .expected_psp_fee = {140, 25},
                                  .platform_fee = {290, 30}};
    return {.attempt = attempt,
            .outcome = judgement.outcome,
            .expected_version = payment.version,
            .step = payments::apply(payment, attempt, judgement, at),
            .journals = {ledger::capture_journal(capture).value()},
            .claims_reference = judgement.psp_reference,
            .generation = 1,
            .needs_generation = false,
            .actor = attempt.actor,
            .now = at};
}

// One of those in flight: sale after sale, its two commits without anything between them.
Task<void> sell(store::Store& store, const Options& options, Seen& seen, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    while (Steady::now() < seen.end) {
        const auto began = Steady::now();
        const auto payment = new_payment(options.merchants[random() % options.merchants.size()],
                                         1000 + static_cast<std::int64_t>(random() % 9000));
        const auto attempt = first_attempt(payment);
        const auto key = "bench-" + to_string(payment.id);
        store::Intent intent{payment, attempt, key, sha256(key), kDurations};
        const auto begun = co_await store.commit(std::move(intent), Deadline::after(kPatience));
        auto settlement = approved(payment, attempt);
        const auto settled = co_await store.commit(std::move(settlement), Deadline::after(kPatience));
        if (!std::holds_alternative<store::IntentWon>(begun) || settled != store::SettlementResult::won)
            throw std::runtime_error("a sale that nobody else knows was lost");
        ++seen.all;
        const auto now = Steady::now();
        if (now < seen.begin || now >= seen.end) continue;
        ++seen.counted;
        seen.latency_us.record(microseconds_between(began, now));
    }
}

void run(const Options& options, Seen& seen) {
    boost::asio::io_context loop{1};
    store::StoreOptions wanted;
    wanted.conninfo = options.url;
    wanted.writers = options.writers;
    store::Store store(loop.get_executor(), std::move(wanted));
    int left = 0;
    const auto spawn = [&](Task<void> task) {
        ++left;
        boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown) {
            if (thrown) seen.failure = thrown;
            --left;
        });
    };
    const auto wait = [&] {
        while (left > 0 && loop.run_one() > 0) {
        }
        if (seen.failure) std::rethrow_exception(seen.failure);
    };
    spawn(store.start(Deadline::after(kPatience)));
    wait();
    seen.begin = Steady::now() + std::chrono::seconds(options.warmup_seconds);
    seen.end = seen.begin + std::chrono::seconds(options.seconds);
    for (int i = 0; i < options.in_flight; ++i) spawn(sell(store, options, seen, static_cast<std::uint64_t>(i)));
    wait();
}

std::vector<MerchantId> read_merchants(const std::string& path) {
    std::ifstream file(path);
    std::vector<MerchantId> all;
    for (std::string line; std::getline(file, line);) {
        const auto id = MerchantId::parse(line);
        if (!id) throw std::runtime_error("not a merchant's id: " + line);
        all.push_back(*id);
    }
    if (all.empty()) throw std::runtime_error(path + " names no merchant");
    return all;
}

}  // namespace

int run_store(int argc, char** argv) {
    Options options;
    std::string url_file, merchants_file;
    CLI::App app(
        "Sales through the gateway's group commit alone: its statements, its writers, no HTTP, no PSP. Use a database "
        "of its "
        "own: the payments are in the books and at no PSP.\n\nExample:\n"
        "  florin-bench store --url url.txt --merchants merchants.txt --in-flight 256 --seconds 20",
        "florin-bench store");
    app.add_option("--url", url_file, "file with the database's URL, role florin_app")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--merchants", merchants_file, "file with one merchant's id per line")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--in-flight", options.in_flight, "sales at once")->check(CLI::Range(1, 20'000));
    app.add_option("--writers", options.writers, "connections that commit, at the most")->check(CLI::Range(1, 64));
    app.add_option("--seconds", options.seconds, "measured time")->check(CLI::Range(1, 36'000));
    app.add_option("--warmup", options.warmup_seconds, "seconds before it")->check(CLI::Range(0, 3'600));
    CLI11_PARSE(app, argc, argv);
    try {
        std::ifstream file(url_file);
        std::getline(file, options.url);
        options.merchants = read_merchants(merchants_file);
        Seen seen;
        run(options, seen);
        fmt::print(R"({{"payments_per_second":{},"payments":{},"all_payments":{},"p50_us":{},"p99_us":{}}})"
                   "\n",
                   seen.counted / static_cast<std::uint64_t>(options.seconds), seen.counted, seen.all,
                   seen.latency_us.percentile(500'000), seen.latency_us.percentile(990'000));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "florin-bench store: " << error.what() << '\n';
        return 1;
    }
}

}  // namespace florin::bench
