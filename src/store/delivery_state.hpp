// What the worker's and the records' side of deliveries share.
#pragma once

#include <algorithm>

#include "base/assert.hpp"
#include "store/change_log.hpp"
#include "store/webhook_deliveries.hpp"

namespace florin::store {

// Notices get their ids as all events do: under the compare-and-set of the relay's position, which others move a few
// times per second.
inline constexpr const char* kRelayName = "events";
inline constexpr int kPositionTries = 20;
struct PositionStep {
    IdOrder from, to;
};
template <class Source>
Task<PositionStep> next_step(Source& source, WallTime now, Deadline deadline) {
    postgres::Params params;
    params.add(kRelayName);
    const auto rows = co_await source.execute("position", std::move(params), deadline);
    const IdOrder from = rows[0].int8(0);
    co_return PositionStep{from, std::max(from + 1, order_of(now))};
}

struct WebhookDeliveries::State {
    postgres::Pool worker;
    ChangeLog records;
    SystemClock clock{};

    Task<void> rest(std::vector<TakenQueue> queues, Deadline deadline);
    Task<void> add_secrets(std::vector<TakenQueue>& queues, Deadline deadline);
};

}  // namespace florin::store
