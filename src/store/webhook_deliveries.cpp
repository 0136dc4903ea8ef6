#include "store/webhook_deliveries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "postgres/pool.hpp"
#include "store/delivery_state.hpp"
#include "store/told_event.hpp"
#include "store/webhook_statements.hpp"

namespace florin::store {
namespace {

using postgres::Array;
using postgres::Oid;
using postgres::Params;
using postgres::Row;
using postgres::Rows;

TakenQueue read_queue(const Row& row) {
    return {.endpoint = WebhookEndpointId(row.uuid(0)),
            .generation = row.int8(1),
            .merchant = MerchantId(row.uuid(2)),
            .live = row.boolean(3),
            .url = std::string(row.text(4)),
            .failures = row.int4(5),
            .failing_for = Milliseconds(row.int8(6)),
            .secrets = {},
            .due = {}};
}

DueDelivery read_due(const Row& row) {
    return {.event = EventId(row.uuid(8)),
            .tries = row.int2(9),
            .since_first_try = Milliseconds(row.int8(10)),
            .told = read_told(row, 11)};
}

struct Taken {
    std::vector<TakenQueue> queues;
    std::vector<TakenQueue> resting;  // of endpoints that are not enabled
};

Taken read_taken(const Rows& rows) {
    Taken taken;
    std::optional<Uuid> last;
    for (int i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        auto& queues = row.boolean(7) ? taken.queues : taken.resting;
        if (last != row.uuid(0)) queues.push_back(read_queue(row));
        last = row.uuid(0);
        if (!row.is_null(8)) queues.back().due.push_back(read_due(row));
    }
    return taken;
}

struct EndColumns {
    std::int16_t ending;
    std::int64_t delay_ms;
};
EndColumns columns_of(const DeliveryResult& result) {
    if (std::holds_alternative<Delivered>(result.end)) return {0, 0};
    if (const auto* again = std::get_if<TryAgain>(&result.end)) return {1, again->after.count()};
    return {2, 0};
}

}  // namespace

WebhookDeliveries::WebhookDeliveries(boost::asio::any_io_executor executor, std::string conninfo)
    : state_(new State{postgres::Pool(executor, conninfo, 2, open_delivery_worker),
                       ChangeLog(executor, conninfo, open_delivery_records)}) {}

WebhookDeliveries::~WebhookDeliveries() = default;

Task<std::vector<TakenQueue>> WebhookDeliveries::take(TakeLimits limits, Deadline deadline) {
    Params params;
    params.add(limits.lease.count()).add(std::int64_t{limits.queues});
    params.add(std::int64_t{limits.failing}).add(std::int64_t{limits.deliveries});
    auto taken = read_taken(co_await state_->worker.execute("take_queues", std::move(params), deadline));
    if (!taken.resting.empty()) co_await state_->rest(std::move(taken.resting), deadline);
    co_await state_->add_secrets(taken.queues, deadline);
    co_return std::move(taken.queues);
}

Task<void> WebhookDeliveries::State::rest(std::vector<TakenQueue> queues, Deadline deadline) {
    Array endpoints(Oid::uuid), generations(Oid::int8);
    for (const auto& queue : queues) {
        endpoints.add(queue.endpoint.uuid());
        generations.add(queue.generation);
    }
    Params params;
    params.add(std::move(endpoints)).add(std::move(generations));
    co_await worker.execute("rest_queues", std::move(params), deadline);
}

// `queues` is of the caller's coroutine, which waits for this one.
Task<void> WebhookDeliveries::State::add_secrets(std::vector<TakenQueue>& queues, Deadline deadline) {
    Array endpoints(Oid::uuid);
    std::map<Uuid, TakenQueue*> by_id;
    for (auto& queue : queues) {
        if (queue.due.empty()) continue;
        endpoints.add(queue.endpoint.uuid());
        by_id.emplace(queue.endpoint.uuid(), &queue);
    }
    if (by_id.empty()) co_return;
    Params params;
    params.add(std::move(endpoints));
    const Rows rows = co_await worker.execute("secrets", std::move(params), deadline);
    for (int i = 0; i < rows.size(); ++i) {
        by_id.at(rows[i].uuid(0))->secrets.push_back({rows[i].int2(1), std::string(rows[i].text(2))});
    }
}

Task<Finished> WebhookDeliveries::finish(std::vector<DeliveryResult> results, Deadline deadline) {
    Array endpoints(Oid::uuid), events(Oid::uuid), tries(Oid::int2), endings(Oid::int2), delays(Oid::int8),
        statuses(Oid::int2), errors(Oid::text), generations(Oid::int8);
    for (const DeliveryResult& result : results) {
        const auto columns = columns_of(result);
        endpoints.add(result.endpoint.uuid());
        events.add(result.event.uuid());
        tries.add(result.tries);
        endings.add(columns.ending);
        delays.add(columns.delay_ms);
        statuses.add(result.status);
        result.error.empty() ? errors.add_null() : errors.add(result.error);
        generations.add(result.generation);
    }
    Params params;
    params.add(std::move(endpoints)).add(std::move(events)).add(std::move(tries)).add(std::move(endings));
    params.add(std::move(delays)).add(std::move(statuses)).add(std::move(errors)).add(std::move(generations));
    const Rows rows = co_await state_->worker.execute("finish_deliveries", std::move(params), deadline);
    Finished finished{.written = static_cast<std::size_t>(rows[0].int8(0))};
    for (int i = 0; i < rows.size() && !rows[i].is_null(1); ++i) {
        finished.lost.push_back({WebhookEndpointId(rows[i].uuid(1)), rows[i].int8(2)});
    }
    co_return finished;
}

Task<void> WebhookDeliveries::give_back(std::vector<ReturnedQueue> queues, Deadline deadline) {
    Array endpoints(Oid::uuid), generations(Oid::int8), failures(Oid::int4), answered(Oid::boolean),
        back_offs(Oid::int8);
    for (const ReturnedQueue& queue : queues) {
        endpoints.add(queue.endpoint.uuid());
        generations.add(queue.generation);
        failures.add(queue.failures);
        answered.add(queue.has_answered);
        back_offs.add(queue.back_off.count());
    }
    Params params;
    params.add(std::move(endpoints)).add(std::move(generations)).add(std::move(failures));
    params.add(std::move(answered)).add(std::move(back_offs));
    co_await state_->worker.execute("give_back_queues", std::move(params), deadline);
}

Task<DeliveryBacklog> WebhookDeliveries::backlog(Deadline deadline) {
    const Rows rows = co_await state_->worker.execute("delivery_backlog", {}, deadline);
    co_return DeliveryBacklog{.pending = rows[0].int8(0),
                              .lag = Milliseconds(rows[0].int8(1)),
                              .failing = rows[0].int8(2),
                              .disabled = rows[0].int8(3)};
}

Task<bool> WebhookDeliveries::disable(WebhookEndpointId endpoint, DisableReason reason, Deadline deadline) {
    const auto why = to_string(reason);
    for (int i = 0; i < kPositionTries; ++i) {
        const auto now = state_->clock.now();
        const auto [from, to] = co_await next_step(state_->worker, now, deadline);
        const auto bucket = bucket_of(endpoint.uuid());
        const bool live = is_live(endpoint.uuid());
        Params params;
        params.add(kRelayName).add(from).add(to).add(make_uuid(to, bucket, live)).add(endpoint.uuid()).add(why);
        params.add(fmt::format(R"({{"endpoint_id":"{}","reason":"{}"}})", to_string(endpoint), why));
        params.add(AuditId::make(now, bucket, live).uuid()).add_jsonb(fmt::format(R"({{"reason":"{}"}})", why));
        const Rows rows = co_await state_->worker.execute("disable_endpoint", std::move(params), deadline);
        if (rows[0].int8(0) == 0) co_return false;
        if (rows[0].int8(1) == 1) co_return true;
    }
    throw std::runtime_error("no id for the notice: relays move all the time");
}

std::string_view to_string(DeliveryStatus status) {
    switch (status) {
        case DeliveryStatus::pending:
            return "pending";
        case DeliveryStatus::delivered:
            return "delivered";
        case DeliveryStatus::failed:
            return "failed";
        case DeliveryStatus::cancelled:
            return "cancelled";
    }
    assertion_failed("a DeliveryStatus outside its enumeration", __FILE__, __LINE__);
}

std::optional<DeliveryStatus> parse_delivery_status(std::string_view text) {
    using enum DeliveryStatus;
    for (const auto status : {pending, delivered, failed, cancelled}) {
        if (text == to_string(status)) return status;
    }
    return std::nullopt;
}

std::string_view to_string(DisableReason reason) {
    return reason == DisableReason::gone ? "gone" : "failing";
}

}  // namespace florin::store
