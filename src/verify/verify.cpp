#include "verify/verify.hpp"

#include <exception>

#include "verify/checks.hpp"

namespace florin::verify {
namespace {

// One snapshot for all checks: what is committed meanwhile is not seen. Statistics may be missing after a bulk load,
// and then a nested loop over millions of rows would be chosen; hash joins are right for every size here.
constexpr const char* kBegin =
    "begin isolation level repeatable read, read only;"
    "set local work_mem = '128MB'; set local enable_nestloop = off; set local timezone = 'UTC'; set local jit = off";

struct Look {
    const Check& check;
    std::optional<WallTime> as_of{};
};

Task<void> look(postgres::Connection& connection, Look what, Report& report, Deadline deadline) {
    const Check& check = what.check;
    const auto counted = co_await connection.query(count_sql(check), {}, deadline);
    report.counted.emplace_back(check.name, counted[0].int8(0));
    const auto found = co_await connection.query(findings_sql(check, what.as_of), {}, deadline);
    for (int i = 0; i < found.size(); ++i) {
        report.findings.push_back(
            {std::string(check.name), std::string(found[i].text(0)), std::string(found[i].text(1))});
    }
}

// An altered value may be one that the check cannot even compute with (a body that is no JSON): a finding like any
// other. The checks that need less of the row name it.
Task<void> look_or_say_why_not(postgres::Connection& connection, Look what, Report& report, Deadline deadline) {
    co_await connection.run("savepoint before_check", deadline);
    try {
        co_await look(connection, what, report, deadline);
        co_return;
    } catch (const postgres::SqlError& error) {
        if (!error.is_data_error()) throw;
        report.findings.push_back(
            {std::string(what.check.name), "all rows", std::string("cannot be computed: ") + error.what()});
    }
    co_await connection.run("rollback to savepoint before_check", deadline);
}

}  // namespace

Task<Report> verify(postgres::Connection& connection, Options options, Deadline deadline) {
    Report report;
    std::exception_ptr failure;
    co_await connection.run(kBegin, deadline);
    try {
        std::vector<Look> looks;
        for (const Check& check : checks()) {
            if (options.only.empty() || options.only == check.name) looks.push_back({check});
        }
        if (options.as_of) looks.push_back({cut_off(), options.as_of});
        for (const Look& what : looks) {
            if (options.progress) options.progress(std::string(what.check.name));
            co_await look_or_say_why_not(connection, what, report, deadline);
        }
    } catch (...) {
        failure = std::current_exception();
    }
    if (connection.is_usable()) co_await connection.run("rollback", deadline);
    if (failure) std::rethrow_exception(failure);
    co_return report;
}

}  // namespace florin::verify
