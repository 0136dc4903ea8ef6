#include "verify/verify.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <iterator>
#include <map>

#include "verify/checks.hpp"

namespace florin::verify {
namespace {

// One snapshot for all checks: what is committed meanwhile is not seen. Statistics may be missing after a bulk load,
// and then a nested loop over millions of rows would be chosen; hash joins are right for every size here. Memory as the
// server is sized: 256 MB for a hash where it has 2 GB of buffers. Two checks at a time keep two cores busier than
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
    std::vector<Finding> findings{};
};

// What is to be looked at, in the order of the report; who is free takes the next one.
struct Work {
    std::vector<Look> looks{};
    std::size_t next = 0;
    std::map<std::string_view, std::int64_t> counts{};  // each table is counted once
};

Work work_of(const Options& options) {
    Work work;
    for (const Check& check : checks()) {
        if (options.only.empty() || options.only == check.name) work.looks.push_back({check});
    }
    if (options.as_of) work.looks.push_back({cut_off(), options.as_of});
    return work;
}

Task<void> look(postgres::Connection& connection, Look& what, Work& work, Deadline deadline) {
    const Check& check = what.check;
    const auto [count, is_new] = work.counts.try_emplace(check.counted, 0);
    if (is_new) count->second = (co_await connection.query(count_sql(check), {}, deadline))[0].int8(0);
    const auto found = co_await connection.query(findings_sql(check, what.as_of), {}, deadline);
    for (int i = 0; i < found.size(); ++i) {
        what.findings.push_back(
            {std::string(check.name), std::string(found[i].text(0)), std::string(found[i].text(1))});
    }
}

// An altered value may be one that the check cannot even compute with (a body that is no JSON): a finding like any
// other. The checks that need less of the row name it.
Task<void> look_or_say_why_not(postgres::Connection& connection, Look& what, Work& work, Deadline deadline) {
    co_await connection.run("savepoint before_check", deadline);
    try {
        co_await look(connection, what, work, deadline);
        co_return;
    } catch (const postgres::SqlError& error) {
        if (!error.is_data_error()) throw;
        what.findings = {
            {std::string(what.check.name), "all rows", std::string("cannot be computed: ") + error.what()}};
    }
    co_await connection.run("rollback to savepoint before_check", deadline);
}

Task<void> work_off(postgres::Connection& connection, Work& work, const Options& options, Deadline deadline) {
    while (work.next < work.looks.size()) {
        Look& what = work.looks[work.next++];
        if (options.progress) options.progress(std::string(what.check.name));
        co_await look_or_say_why_not(connection, what, work, deadline);
    }
}

Task<void> work_off(postgres::Connection& connection, postgres::Connection* helper, Work& work, const Options& options,
                    Deadline deadline) {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await connection.run(kBegin, deadline);
    co_await connection.run(kSettings, deadline);
    if (helper == nullptr) co_return co_await work_off(connection, work, options, deadline);
    const auto snapshot = co_await connection.query("select pg_export_snapshot()", {}, deadline);
    co_await helper->run(kBegin, deadline);
    co_await helper->run("set transaction snapshot '" + std::string(snapshot[0].text(0)) + "'", deadline);
    co_await helper->run(kSettings, deadline);
    co_await (work_off(connection, work, options, deadline) && work_off(*helper, work, options, deadline));
}

Report report_of(Work work) {
    Report report;
    for (Look& what : work.looks) {
        report.counted.emplace_back(what.check.name, work.counts[what.check.counted]);
        report.findings.insert(report.findings.end(), std::make_move_iterator(what.findings.begin()),
                               std::make_move_iterator(what.findings.end()));
    }
    return report;
}

}  // namespace

Task<Report> verify(postgres::Connection& connection, postgres::Connection* helper, Options options,
                    Deadline deadline) {
    Work work = work_of(options);
    std::exception_ptr failure;
    try {
        co_await work_off(connection, helper, work, options, deadline);
    } catch (...) {
        failure = std::current_exception();
    }
    for (auto* used : {&connection, helper}) {
        if (used != nullptr && used->is_usable()) co_await used->run("rollback", deadline);
    }
    if (failure) std::rethrow_exception(failure);
    co_return report_of(std::move(work));
}

}  // namespace florin::verify
