// Deliveries of events to merchants' webhook endpoints. The relay writes them with the events (statements/relay.sql). A
// worker takes the queues of endpoints under leases, so that no endpoint is called by two, and gives them back with
// when they are due next. A result is written where the delivery is still pending after as many tries: whoever is late
// writes nothing. On connections of its own, so that no backlog stands in a payment's way.
//
// Who changes an endpoint's URL or status ends the lease of its queue and makes it due (and forgets its failures, when
// it has a new URL or is enabled): the worker then sends to where it is now, cancels what a deleted one still has, and
// lets a disabled one rest.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "store/change.hpp"
#include "store/events.hpp"
#include "store/notice.hpp"

namespace florin::store {

enum class DeliveryStatus : std::uint8_t { pending, delivered, failed, cancelled };
std::string_view to_string(DeliveryStatus status);
std::optional<DeliveryStatus> parse_delivery_status(std::string_view text);

struct SealedSecret {
    std::int16_t number = 0;
    std::string sealed{};
};
struct DueDelivery {
    EventId event{};
    std::int16_t tries = 0;          // before this one
    Milliseconds since_first_try{};  // 0 before the first one
    // Empty when what the event tells is lost: it cannot be delivered.
    std::optional<ToldEvent> told{};
};
// An endpoint that is this worker's until the end of its lease.
struct TakenQueue {
    WebhookEndpointId endpoint{};
    std::int64_t generation = 0;
    MerchantId merchant{};
    bool live = false;
    std::string url{};
    std::int32_t failures = 0;            // visits without a success, or with a back-off, in a row
    Milliseconds failing_for{};           // since the first of them
    std::vector<SealedSecret> secrets{};  // that sign, the newest first
    std::vector<DueDelivery> due{};       // in the order in which they are to be sent; of a failing endpoint one
};

// How much is taken at once.
struct TakeLimits {
    int queues = 64;      // of endpoints that answer
    int failing = 32;     // of those that do not
    int deliveries = 32;  // of each of the former
    Milliseconds lease{30'000};
};

// What came of one try.
struct Delivered {};
struct TryAgain {
    Milliseconds after;
};
struct GivenUp {};
struct DeliveryResult {
    WebhookEndpointId endpoint{};
    std::int64_t generation = 0;  // of TakenQueue
    EventId event{};
    std::int16_t tries = 0;  // of DueDelivery
    std::variant<Delivered, TryAgain, GivenUp> end{};
    std::optional<std::int16_t> status{};  // HTTP
    std::string error{};                   // our words, at most 200 bytes
};
struct Finished {
    struct Lost {
        WebhookEndpointId endpoint{};
        std::int64_t generation = 0;
    };
    std::size_t written = 0;
    std::vector<Lost> lost{};  // queues that are not held under the generation of a result any more
};
// A queue given back. With failures it rests for `back_off`.
struct ReturnedQueue {
    WebhookEndpointId endpoint{};
    std::int64_t generation = 0;
    std::int32_t failures = 0;
    bool has_answered = false;  // a try succeeded while it was taken
    Milliseconds back_off{};
};

enum class DisableReason : std::uint8_t { gone, failing };
std::string_view to_string(DisableReason reason);

struct DeliveryBacklog {
    std::int64_t pending = 0;
    Milliseconds lag{0};        // how late the queue is that is due longest, of those that answer
    std::int64_t failing = 0;   // endpoints
    std::int64_t disabled = 0;  // endpoints that failed or are gone
};

struct DeliveryRow {
    WebhookEndpointId endpoint{};
    EventId event{};
    std::string type{};
    DeliveryStatus status = DeliveryStatus::pending;
    std::int16_t tries = 0;
    std::optional<WallTime> next_try{};  // while it is pending
    std::optional<WallTime> last_try{};
    std::optional<std::int16_t> last_status{};
    std::optional<std::string> last_error{};
    WallTime created{};
    std::optional<WallTime> delivered{};
};
struct DeliveryQuery {
    WebhookEndpointId endpoint{};
    int limit = 10;                           // 1…100
    std::optional<EventId> starting_after{};  // exclusive; newest first
    std::optional<DeliveryStatus> status{};   // looks at a bounded number of rows
    std::optional<WallTime> since{};
};
struct DeliveryPage {
    std::vector<DeliveryRow> rows{};
    bool has_more = false;
    std::optional<EventId> next_starting_after{};
};

// Which events an endpoint is sent again: those of `since` and later that its types name, also when they happened while
// it was disabled; or only those that failed.
struct ReplayRequest {
    WebhookEndpointId endpoint{};
    MerchantId merchant{};
    bool live = false;
    std::optional<WallTime> since{};
    bool only_failed = false;
    std::optional<EventId> event{};           // this one alone
    std::optional<EventId> starting_after{};  // where the call before stopped
};
struct Replay {
    std::int64_t deliveries = 0;  // that are due again
    bool has_more = false;
    std::optional<EventId> next_starting_after{};
    bool replayed = false;  // by the same request before
};

class WebhookDeliveries {
public:
    // Of one endpoint: no replay makes more pending than this.
    static constexpr int kMostReplayed = 1000;

    WebhookDeliveries(boost::asio::any_io_executor executor, std::string conninfo);
    ~WebhookDeliveries();

    // Queues that are due, the longest due first, each with what is due of it: what moves money, or says that none
    // moved, before what informs; of a failing endpoint what has waited longest. A queue without anything due is given
    // back like the others.
    Task<std::vector<TakenQueue>> take(TakeLimits limits, Deadline deadline);
    // In one commit.
    Task<Finished> finish(std::vector<DeliveryResult> results, Deadline deadline);
    // After the results of their deliveries. Those that another has taken by now stay his.
    Task<void> give_back(std::vector<ReturnedQueue> queues, Deadline deadline);
    Task<DeliveryBacklog> backlog(Deadline deadline);

    // With its row of the audit log and a notice to the merchant in the same commit. False when it is not enabled.
    Task<bool> disable(WebhookEndpointId endpoint, DisableReason reason, Deadline deadline);
    // An event of its own, delivered to this endpoint alone; empty when there is no such enabled endpoint.
    Task<std::optional<EventId>> send_test(WebhookEndpointId endpoint, MerchantId merchant, bool live,
                                           Deadline deadline);

    Task<DeliveryPage> list(DeliveryQuery query, Deadline deadline);
    Task<std::optional<DeliveryRow>> find(WebhookEndpointId endpoint, EventId event, Deadline deadline);
    // Makes deliveries due as if they were new, under their events' ids, with its row of the audit log in the same
    // statement. Refused (not_found, operation_not_allowed) for an endpoint that is not the merchant's or not enabled,
    // (rate_limited) while kMostReplayed of the endpoint's are pending.
    Task<Checked<Replay>> replay(ReplayRequest request, Author author, Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
