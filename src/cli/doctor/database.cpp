// The database: can it be reached, is it safe, is it ours, and how does the work in it stand?
#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/doctor/finding.hpp"
#include "cli/doctor/state.hpp"
#include "postgres/migrations.hpp"
#include "postgres/settings.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(10'000);
// One connection for each writer, and what reads and the worker use besides (store::StoreOptions).
constexpr int kOwnConnections = 10;

// Settings that lose nothing, and cost sleep.
constexpr const char* kComfort = R"sql(
    select current_setting('data_checksums') = 'on', current_setting('autovacuum') = 'on',
           current_setting('max_connections')::int, clock_timestamp()
)sql";

Task<Findings> look_at_settings(postgres::Connection& connection, config::Config config) {
    Findings findings;
    for (auto& problem : co_await postgres::unsafe_settings(connection, Deadline::after(kPatience))) {
        findings.push_back({"durability", Health::wrong, std::move(problem)});
    }
    if (findings.empty()) findings.push_back({"durability", Health::ok, "an acknowledged commit survives a power cut"});
    const SystemClock clock;
    const auto asked = clock.now();
    const auto rows = co_await connection.query(kComfort, {}, Deadline::after(kPatience));
    const auto answered = clock.now();
    const auto row = rows[0];
    if (!row.boolean(0)) {
        findings.push_back({"settings", Health::warning,
                            "data_checksums is off: a failing disk changes rows unseen; stop the server and run "
                            "pg_checksums --enable"});
    }
    if (!row.boolean(1)) {
        findings.push_back({"settings", Health::warning, "autovacuum is off: tables grow without end; set it on"});
    }
    const int wanted = config.writers + kOwnConnections;
    if (row.int4(2) < wanted) {
        findings.push_back(
            {"settings", Health::wrong,
             fmt::format("max_connections is {} and one florin may use {}: raise it", row.int4(2), wanted)});
    }
    findings.push_back(
        judge_clock("clock of the database", answered, row.time(3), std::chrono::ceil<Milliseconds>(answered - asked)));
    co_return findings;
}

void append(Findings& all, Findings more) {
    for (auto& finding : more) all.push_back(std::move(finding));
}

Task<Findings> look_inside(postgres::Connection& connection, config::Config config) {
    auto findings = co_await look_at_settings(connection, config);
    auto mismatch = co_await postgres::schema_mismatch(connection, Deadline::after(kPatience));
    if (!mismatch.empty()) {
        findings.push_back({"schema", Health::wrong, std::move(mismatch)});
        co_return findings;
    }
    findings.push_back({"schema", Health::ok, "is this version's"});
    append(findings, co_await look_at_credentials(connection, std::move(config), Deadline::after(kPatience)));
    append(findings, co_await look_at_work(connection, Deadline::after(kPatience)));
    co_return findings;
}

}  // namespace

Task<Findings> look_at_database(boost::asio::any_io_executor executor, std::string url, config::Config config) {
    Findings findings;
    try {
        auto connection = co_await postgres::Connection::open(executor, std::move(url), Deadline::after(kPatience));
        findings.push_back({"database", Health::ok, "answers"});
        append(findings, co_await look_inside(*connection, std::move(config)));
    } catch (const std::exception& error) {
        findings.push_back(
            {"database", Health::wrong, fmt::format("{}: is PostgreSQL running and the address right?", error.what())});
    }
    co_return findings;
}

}  // namespace florin::cli
