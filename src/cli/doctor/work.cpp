#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/doctor/state.hpp"

namespace florin::cli {
namespace {

constexpr std::int64_t kSlowSeconds = 600;

constexpr const char* kOpen = R"sql(
    select florin_months_ahead(), count(*), count(*) filter (where o.parked),
           coalesce(max(extract(epoch from florin_now() - a.recorded_at)), 0)::bigint
    from open_operations o
    join operations a on a.payment_id = o.payment_id and a.operation_id = o.operation_id and a.attempt = o.attempt
)sql";

constexpr const char* kExpiring = R"sql(
    select q.currency::text, sum(q.authorized - q.captured - q.voided - q.expired)::bigint
    from held_authorizations h join payments q on q.id = h.payment_id
    where h.capture_before < (select florin_now()) + interval '1 day' group by q.currency order by q.currency
)sql";

Finding judge_months(int ahead) {
    if (ahead >= 2) return {"months", Health::ok, fmt::format("tables are ready for {} months", ahead)};
    return {"months", ahead < 1 ? Health::wrong : Health::warning,
            fmt::format("tables are ready for {} months ahead and should be for 2: the worker makes them daily; is one "
                        "running?",
                        ahead)};
}

Finding judge_backlog(std::int64_t open, std::int64_t parked, std::int64_t oldest_s) {
    const auto said = fmt::format("{} open, {} parked, the oldest {} s", open, parked, oldest_s);
    if (parked > 0) {
        return {"backlog", Health::wrong, said + ": parked ones wait for a human; florin operations list shows them"};
    }
    if (oldest_s < kSlowSeconds) return {"backlog", Health::ok, said};
    return {"backlog", Health::warning, said + ": can the PSP be asked? florin operations list says what it answered"};
}

}  // namespace

Task<Findings> look_at_work(postgres::Connection& connection, Deadline deadline) {
    const auto open = co_await connection.query(kOpen, {}, deadline);
    const auto row = open[0];
    Findings findings{judge_months(row.int4(0)), judge_backlog(row.int8(1), row.int8(2), row.int8(3))};
    Sums held;
    const auto expiring = co_await connection.query(kExpiring, {}, deadline);
    for (int i = 0; i < expiring.size(); ++i) held.add(expiring[i].int8(1), expiring[i].text(0));
    if (expiring.empty()) {
        findings.push_back({"expiring", Health::ok, "no authorization ends within a day"});
    } else {
        findings.push_back({"expiring", Health::warning,
                            held.to_text() + " are lost within a day unless captured: florin operations expiring"});
    }
    co_return findings;
}

}  // namespace florin::cli
