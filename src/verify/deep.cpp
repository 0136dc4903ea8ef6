#include "verify/deep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "verify/acks.hpp"
#include "verify/deep_checks.hpp"
#include "verify/deep_tables.hpp"

namespace florin::verify {
namespace {

constexpr std::size_t kRowsAtOnce = 5'000;
constexpr int kTries = 6;  // of a page, with 1, 2, 4, … seconds between them
const Milliseconds kPageDeadline(60'000);

using Of = psp::ListQuery::Of;

Task<void> pause(Milliseconds duration) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

AccountName name_of(const DeepAccount& account) {
    return {.psp = account.psp->rules().name, .account = account.psp->account(), .live = account.live};
}

std::string_view word(Of of) {
    return of == Of::payments ? "payments" : "refunds";
}

// What is being done, and for whom.
struct Work {
    postgres::Connection& connection;
    const DeepOptions& options;
    Deadline deadline;

    void say(std::string line) const {
        if (options.progress) options.progress(std::move(line));
    }
};

// Patient with a PSP that asks for patience: the same page is asked for again.
Task<psp::ListedPage> read_page(Work work, DeepAccount account, psp::ListQuery query) {
    std::string why;
    for (int tries = 0; tries < kTries; ++tries) {
        if (tries > 0) co_await pause(Milliseconds(500) * (1 << tries));
        auto page = co_await account.psp->list(query, Deadline::after(kPageDeadline).earlier(work.deadline));
        if (page) co_return std::move(*page);
        why = page.error();
    }
    throw std::runtime_error(fmt::format("the {} of {} {} cannot be listed: {}", word(query.of),
                                         account.psp->rules().name, account.psp->account(), why));
}

Task<void> keep(Work work, AccountName account, Of of, std::vector<psp::Listed> objects) {
    if (of == Of::payments) {
        co_await keep_payments(work.connection, std::move(account), std::move(objects), work.deadline);
    } else {
        co_await keep_refunds(work.connection, std::move(account), std::move(objects), work.deadline);
    }
}

Task<void> read_list(Work work, DeepAccount account, psp::ListQuery query) {
    const auto name = name_of(account);
    const Milliseconds pace(1'000 / std::max(work.options.pages_per_second, 1));
    std::vector<psp::Listed> objects;
    std::size_t count = 0;
    do {
        const auto earliest = std::chrono::steady_clock::now() + pace;
        auto page = co_await read_page(work, account, query);
        count += page.objects.size();
        std::ranges::move(page.objects, std::back_inserter(objects));
        query.after = std::move(page.next);
        if (objects.size() >= kRowsAtOnce || query.after.empty()) {
            work.say(fmt::format("{} {}: {} {} listed", name.psp, name.account, count, word(query.of)));
            co_await keep(work, name, query.of, std::exchange(objects, {}));
        }
        const auto left = std::chrono::ceil<Milliseconds>(earliest - std::chrono::steady_clock::now());
        if (left.count() > 0 && !query.after.empty()) co_await pause(left);
    } while (!query.after.empty());
}

Task<void> read_acks(Work work) {
    AckFile file(*work.options.acks);
    for (auto acks = file.next(kRowsAtOnce); !acks.empty(); acks = file.next(kRowsAtOnce)) {
        co_await keep_acks(work.connection, std::move(acks), work.deadline);
    }
}

// The id of a payment begins with the time of its making.
std::string with_bounds(std::string sql, WallTime since, WallTime quiet) {
    const auto since_ms = std::chrono::floor<Milliseconds>(since.time_since_epoch()).count();
    const auto first = fmt::format("'{:012x}{:020}'::uuid", std::max<std::int64_t>(since_ms, 0), 0);
    const auto end = fmt::format("'{}'::timestamptz", format_time(quiet));
    for (const auto& [name, text] : {std::pair("{first}", first), std::pair("{quiet}", end)}) {
        for (auto at = sql.find(name); at != std::string::npos; at = sql.find(name)) {
            sql.replace(at, std::string_view(name).size(), text);
        }
    }
    return sql;
}

Task<void> look(Work work, const DeepCheck& check, DeepReport& report) {
    work.say("comparing " + std::string(check.name));
    const auto sql = "select subject, detail from (" + std::string(check.sql) + ") found order by 1, 2 limit 100";
    const auto found = co_await work.connection.query(sql, {}, work.deadline);
    for (int i = 0; i < found.size(); ++i) {
        report.findings.push_back({.check = std::string(check.name),
                                   .row = std::string(found[i].text(0)),
                                   .detail = std::string(found[i].text(1)),
                                   .advice = std::string(check.advice)});
    }
}

// One snapshot for all of the books.
Task<DeepReport> compare(Work work, WallTime quiet) {
    co_await work.connection.run(
        "begin isolation level repeatable read; set local jit = off; set local work_mem = '64MB'", work.deadline);
    co_await work.connection.run(with_bounds(std::string(kDeepBooks), work.options.since, quiet), work.deadline);
    DeepReport report;
    for (const auto& check : deep_checks()) co_await look(work, check, report);
    if (work.options.acks) {
        for (const auto& check : ack_checks()) co_await look(work, check, report);
    }
    const auto counts = co_await work.connection.query(std::string(kDeepCounts), {}, work.deadline);
    for (int i = 0; i < counts.size(); ++i) report.counted.emplace_back(counts[i].text(0), counts[i].int8(1));
    const auto open = co_await work.connection.query(std::string(kDeepOpen), {}, work.deadline);
    for (int i = 0; i < open.size(); ++i) report.open.emplace_back(open[i].text(0), open[i].text(1));
    co_await work.connection.run("rollback", work.deadline);
    co_return report;
}

// How long before the lists were begun a change may not yet have shown in them.
Milliseconds longest_lag(const std::vector<DeepAccount>& accounts) {
    Milliseconds lag{0};
    for (const auto& account : accounts) {
        lag = std::max(lag, account.psp->rules().read_lag + account.psp->rules().clock_error);
    }
    return lag;
}

}  // namespace

Task<DeepReport> verify_deep(postgres::Connection& connection, std::vector<DeepAccount> accounts, DeepOptions options,
                             Deadline deadline) {
    const Work work{connection, options, deadline};
    std::vector<AccountName> names;
    for (const auto& account : accounts) names.push_back(name_of(account));
    co_await make_deep_tables(connection, std::move(names), deadline);
    const auto began = (co_await connection.query("select florin_now()", {}, deadline))[0].time(0);
    for (const auto& account : accounts) {
        co_await read_list(work, account, {.of = Of::payments, .from = options.since, .to = began});
        co_await read_list(work, account, {.of = Of::refunds, .from = options.since, .to = began});
    }
    if (options.acks) co_await read_acks(work);
    co_return co_await compare(work, began - longest_lag(accounts));
}

}  // namespace florin::verify
