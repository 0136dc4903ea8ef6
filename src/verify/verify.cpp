#include "verify/verify.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <map>

#include "verify/checks.hpp"
#include "verify/payment_reader.hpp"

namespace florin::verify {
namespace {

// One snapshot for all checks: what is committed meanwhile is not seen. Statistics may be missing after a bulk load,
// and then a nested loop over millions of rows would be chosen; hash joins are right for every size here. Memory as the
// server is sized: 256 MB for a hash where it has 2 GB of buffers. Checks side by side keep the cores busier than
// parallel workers do, which cannot share a common table expression.
constexpr const char* kBegin = "begin isolation level repeatable read, read only";
constexpr const char* kSettings =
    "select set_config('work_mem', greatest(64, least(256, setting::int8 / 1024)) || 'MB', true) from pg_settings"
    " where name = 'shared_buffers';"
    "set local hash_mem_multiplier = 2; set local max_parallel_workers_per_gather = 0; set local enable_nestloop = off;"
    "set local timezone = 'UTC'; set local jit = off";

struct Look {
    const Check& check;
    std::optional<WallTime> as_of{};
    Findings findings{};
};

// What is to be looked at; who is free takes the next table, and when there is none, the next range of payments.
struct Work {
    std::vector<Look> looks{};  // in the order of the report
    std::vector<Look*> tables{}, payments{};
    std::vector<PaymentRange> ranges{};
    std::size_t next_table = 0, next_range = 0;
    std::map<std::string_view, std::int64_t> counts{};  // each table is counted once
};

void choose(Work& work, const Options& options) {
    for (const Check& check : checks()) {
        if (options.only.empty() || options.only == check.name) work.looks.push_back({check});
    }
    if (options.as_of) work.looks.push_back({cut_off(), options.as_of});
    for (Look& look : work.looks) {
        if (!look.check.sql.empty()) work.tables.push_back(&look);
        if (look.check.of_payment) work.payments.push_back(&look);
    }
}

// Whoever reads a snapshot: a connection of the caller's.
struct Reader {
    postgres::Connection& connection;
    Work& work;
    const Options& options;
    Deadline deadline;
    bool leaves_tables = false;  // to others

    void say(std::string line) const {
        if (options.progress) options.progress(std::move(line));
    }
};

Task<void> count(Reader reader, const Check& check) {
    const auto [count, is_new] = reader.work.counts.try_emplace(check.counted, 0);
    if (is_new) count->second = (co_await reader.connection.query(count_sql(check), {}, reader.deadline))[0].int8(0);
}

// An altered value may be one that the check cannot even compute with (a sum that overflows): a finding like any other.
// The checks that need less of the row name it.
Task<void> look_at_table(Reader reader, Look& look) {
    co_await reader.connection.run("savepoint before_check", reader.deadline);
    try {
        const auto found = co_await reader.connection.query(findings_sql(look.check, look.as_of), {}, reader.deadline);
        for (int i = 0; i < found.size(); ++i) {
            look.findings.add(std::string(found[i].text(0)), std::string(found[i].text(1)));
        }
        co_return;
    } catch (const postgres::SqlError& error) {
        if (!error.is_data_error()) throw;
        look.findings.add("all rows", std::string("cannot be computed: ") + error.what());
    }
    co_await reader.connection.run("rollback to savepoint before_check", reader.deadline);
}

Task<void> look_at_tables(Reader reader) {
    Work& work = reader.work;
    while (work.next_table < work.tables.size()) {
        Look& look = *work.tables[work.next_table++];
        reader.say("checking " + std::string(look.check.name));
        co_await count(reader, look.check);
        co_await look_at_table(reader, look);
    }
}

Task<void> look_at_payments(Reader reader) {
    Work& work = reader.work;
    if (work.payments.empty()) co_return;
    for (const Look* look : work.payments) co_await count(reader, look->check);
    PaymentReader payments(reader.connection);
    co_await payments.prepare(reader.deadline);
    const auto look = [&work](const Evidence& evidence) {
        for (Look* one : work.payments) one->check.of_payment(evidence, one->findings);
    };
    while (work.next_range < work.ranges.size()) {
        const auto number = work.next_range++;
        reader.say("checking payments: " + std::to_string(100 * number / work.ranges.size()) + " %");
        co_await payments.read(work.ranges[number], look, reader.deadline);
    }
    co_await payments.release(reader.deadline);
}

// Tables keep the server busy and payments us: while some connections look at tables, others begin with the payments.
Task<void> work_off(Reader reader) {
    if (!reader.leaves_tables) co_await look_at_tables(reader);
    co_await look_at_payments(reader);
}

Task<void> work_off_together(std::vector<Reader> readers) {
    using namespace boost::asio::experimental::awaitable_operators;
    const Reader mine = readers.back();
    readers.pop_back();
    if (readers.empty()) co_return co_await work_off(mine);
    co_await (work_off(mine) && work_off_together(std::move(readers)));
}

Task<void> work_off(Reader first, std::span<postgres::Connection* const> helpers) {
    co_await first.connection.run(kBegin, first.deadline);
    co_await first.connection.run(kSettings, first.deadline);
    if (!first.work.payments.empty()) first.work.ranges = co_await payment_ranges(first.connection, first.deadline);
    const auto snapshot = co_await first.connection.query("select pg_export_snapshot()", {}, first.deadline);
    std::vector<Reader> readers{first};
    for (auto* helper : helpers) {
        co_await helper->run(kBegin, first.deadline);
        co_await helper->run("set transaction snapshot '" + std::string(snapshot[0].text(0)) + "'", first.deadline);
        co_await helper->run(kSettings, first.deadline);
        readers.push_back({*helper, first.work, first.options, first.deadline});
        readers.back().leaves_tables = readers.size() % 2 == 0;
    }
    co_await work_off_together(std::move(readers));
}

Report report_of(Work& work) {
    Report report;
    for (Look& look : work.looks) {
        report.counted.emplace_back(look.check.name, work.counts[look.check.counted]);
        for (const auto& row : look.findings.rows()) {
            report.findings.push_back({std::string(look.check.name), row.subject, row.detail});
        }
    }
    return report;
}

}  // namespace

Task<Report> verify(postgres::Connection& connection, std::span<postgres::Connection* const> helpers, Options options,
                    Deadline deadline) {
    Work work;
    choose(work, options);
    std::exception_ptr failure;
    try {
        co_await work_off({connection, work, options, deadline}, helpers);
    } catch (...) {
        failure = std::current_exception();
    }
    if (connection.is_usable()) co_await connection.run("rollback", deadline);
    for (auto* helper : helpers) {
        if (helper->is_usable()) co_await helper->run("rollback", deadline);
    }
    if (failure) std::rethrow_exception(failure);
    co_return report_of(work);
}

}  // namespace florin::verify
