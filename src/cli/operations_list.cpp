// florin operations open: each operation whose outcome is not known, since when, and the money that hangs on it.
#include <fmt/format.h>

#include <iostream>

#include "cli/amounts.hpp"
#include "cli/command.hpp"
#include "cli/database.hpp"
#include "postgres/connection.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(10'000);
constexpr std::int64_t kMostShown = 1000;

constexpr const char* kOpen = R"sql(
    select o.operation_id, o.payment_id, o.attempt, o.kind, a.amount, a.currency, o.psp, o.tries, o.parked, o.evidence,
           a.recorded_at, (extract(epoch from florin_now() - a.recorded_at))::bigint
    from open_operations o
    join operations a on a.payment_id = o.payment_id and a.operation_id = o.operation_id and a.attempt = o.attempt
    order by a.recorded_at limit $1::bigint
)sql";

struct OpenRow {
    OperationId operation;
    PaymentId payment;
    std::int16_t attempt;
    std::string kind;
    std::int64_t amount;
    std::string currency, psp;
    std::int32_t tries;
    bool parked;
    std::string evidence;
    WallTime since;
    std::int64_t age_s;
};

OpenRow read(const postgres::Row& row) {
    return {.operation = OperationId(row.uuid(0)),
            .payment = PaymentId(row.uuid(1)),
            .attempt = row.int2(2),
            .kind = std::string(row.text(3)),
            .amount = row.int8(4),
            .currency = std::string(row.text(5)),
            .psp = std::string(row.text(6)),
            .tries = row.int4(7),
            .parked = row.boolean(8),
            .evidence = std::string(row.text(9)),
            .since = row.time(10),
            .age_s = row.int8(11)};
}

boost::json::value to_json(const OpenRow& row) {
    return {{"operation_id", to_string(row.operation)},
            {"payment_id", to_string(row.payment)},
            {"attempt", row.attempt},
            {"kind", row.kind},
            {"amount", row.amount},
            {"currency", row.currency},
            {"psp", row.psp},
            {"since", format_time(row.since)},
            {"age_s", row.age_s},
            {"tries", row.tries},
            {"parked", row.parked},
            {"evidence", row.evidence}};
}

std::string to_text(const OpenRow& row) {
    return fmt::format("{}  {:>6} s  {:<9} {:>16}  {}  {}  {} tries{}{}\n", format_time(row.since), row.age_s, row.kind,
                       amount_text(row.amount, row.currency), to_string(row.payment), to_string(row.operation),
                       row.tries, row.parked ? ", PARKED" : "", row.evidence.empty() ? "" : ": " + row.evidence);
}

void print(const std::vector<OpenRow>& open, bool json) {
    Sums sums;
    for (const auto& row : open) sums.add(row.amount, row.currency);
    if (json) {
        boost::json::array data;
        for (const auto& row : open) data.push_back(to_json(row));
        print_json({{"data", std::move(data)}, {"at_risk", sums.to_json()}});
        return;
    }
    for (const auto& row : open) std::cout << to_text(row);
    std::cout << fmt::format("{} open, at risk: {}\n", open.size(), sums.to_text());
}

Task<int> list_open(boost::asio::any_io_executor executor, std::string url, bool json) {
    auto connection = co_await postgres::Connection::open(executor, std::move(url), Deadline::after(kPatience));
    postgres::Params limit;
    limit.add(kMostShown);
    const auto rows = co_await connection->query(kOpen, std::move(limit), Deadline::after(kPatience));
    std::vector<OpenRow> open;
    for (int i = 0; i < rows.size(); ++i) open.push_back(read(rows[i]));
    print(open, json);
    co_return kDone;
}

constexpr const char* kExplanation =
    "An operation is open from the moment its intent is stored until the PSP's answer is. Most are open for less than "
    "a\n"
    "second. One that stays was not answered clearly: the worker asks the PSP again by itself, each minute, then in\n"
    "growing steps. PARKED means that it found no proof either way and looks rarely: find the payment in the PSP's "
    "own\n"
    "dashboard by its id, which stands in the metadata there. Never charge again under another key meanwhile.\n"
    "At most 1000 rows are shown, the oldest first.";

}  // namespace

void add_operations_open(CLI::App& group, Shell& shell) {
    add_command(group, shell,
                {.name = "open",
                 .what = "What is open and since when, and the money at risk",
                 .examples = "  florin operations open --config florin.toml\n  florin operations open --json",
                 .explanation = kExplanation},
                [&shell] {
                    return on_loop([url = application_url(shell.config()), json = shell.json](auto executor) {
                        return list_open(executor, url, json);
                    });
                });
}

}  // namespace florin::cli
