// What merchants and operators see of deliveries, and do with them.
#include <boost/json/parse.hpp>

#include <fmt/format.h>

#include <stdexcept>

#include "store/delivery_state.hpp"
#include "store/rows.hpp"
#include "store/webhook_endpoints.hpp"
#include "store/webhook_statements.hpp"

namespace florin::store {
namespace {

using postgres::Oid;
using postgres::Params;
using postgres::Row;
using postgres::Rows;

constexpr int kRetryAfter = 30;  // s: an endpoint that answers has taken some of what is pending by then

// After the two columns that a page has in front.
DeliveryRow read_row(const Row& row) {
    const auto status = parse_delivery_status(row.text(5));
    FLORIN_ASSERT(status.has_value());
    return {.endpoint = WebhookEndpointId(row.uuid(2)),
            .event = EventId(row.uuid(3)),
            .type = std::string(row.text(4)),
            .status = *status,
            .tries = row.int2(6),
            .next_try = row.optional_time(7),
            .last_try = row.optional_time(8),
            .last_status = row.is_null(9) ? std::nullopt : std::optional(row.int2(9)),
            .last_error = row.optional_text(10),
            .created = row.time(11),
            .delivered = row.optional_time(12)};
}

Uuid above_all() {
    Uuid id;
    id.bytes.fill(0xff);
    return id;
}

Replay replay_of(const std::string& details) {
    const auto object = boost::json::parse(details).as_object();
    Replay replay{.deliveries = object.at("deliveries").as_int64(), .has_more = object.at("has_more").as_bool()};
    if (const auto& last = object.at("last"); last.is_string()) {
        if (const auto id = parse_uuid(last.as_string())) replay.next_starting_after = EventId(*id);
    }
    return replay;
}

boost::json::object details_of(const ReplayRequest& request) {
    boost::json::object details{{"only_failed", request.only_failed}};
    if (request.since) details["since"] = format_time(*request.since);
    if (request.event) details["event"] = to_string(*request.event);
    if (request.starting_after) details["starting_after"] = to_string(*request.starting_after);
    return details;
}

// Behind which id, and up to which one.
struct Range {
    Uuid behind, to;
};
Range range_of(const ReplayRequest& request) {
    if (request.event) {
        auto behind = request.event->uuid();
        for (std::size_t i = behind.bytes.size(); i-- > 0;) {
            if (behind.bytes[i]-- != 0) break;
        }
        return {behind, request.event->uuid()};
    }
    Range range{{}, above_all()};
    if (request.since) range.behind = first_id_of(*request.since);
    if (request.starting_after) range.behind = std::max(range.behind, request.starting_after->uuid());
    return range;
}

Refusal not_enabled(std::string_view status) {
    return {Error::operation_not_allowed,
            fmt::format("The webhook endpoint is {}: enable it, then replay what it has missed.", status)};
}

Refusal too_many() {
    return {.error = Error::rate_limited,
            .detail = fmt::format("{} deliveries to this endpoint are pending already. Wait until it has taken some.",
                                  WebhookDeliveries::kMostReplayed),
            .retry_after_s = kRetryAfter};
}

}  // namespace

Task<std::optional<EventId>> WebhookDeliveries::send_test(WebhookEndpointId endpoint, MerchantId merchant, bool live,
                                                          Deadline deadline) {
    for (int i = 0; i < kPositionTries; ++i) {
        const auto [from, to] = co_await next_step(state_->records, state_->clock.now(), deadline);
        const EventId event(make_uuid(to, bucket_of(merchant.uuid()), live));
        Params params;
        params.add(kRelayName).add(from).add(to).add(event.uuid()).add(endpoint.uuid()).add(merchant.uuid()).add(live);
        params.add(fmt::format(R"({{"endpoint_id":"{}"}})", to_string(endpoint)));
        const Rows rows = co_await state_->records.execute("send_test", std::move(params), deadline);
        if (rows[0].int8(0) == 0) co_return std::nullopt;
        if (rows[0].int8(1) == 1) co_return event;
    }
    throw std::runtime_error("no id for the test: relays move all the time");
}

Task<DeliveryPage> WebhookDeliveries::list(DeliveryQuery query, Deadline deadline) {
    FLORIN_ASSERT(query.limit >= 1 && query.limit <= 100);
    Params params;
    params.add(query.endpoint.uuid()).add(query.starting_after ? query.starting_after->uuid() : above_all());
    params.add(query.since ? first_id_of(*query.since) : Uuid{});
    params.add(query.status ? kDeliveriesLooked : std::int64_t{query.limit} + 1).add(std::int64_t{query.limit} + 1);
    query.status ? params.add(to_string(*query.status)) : params.add_null(Oid::text);
    const Rows rows = co_await state_->records.execute("list_deliveries", std::move(params), deadline);
    DeliveryPage page;
    for (int i = 0; i < rows.size() && !rows[i].is_null(2); ++i) page.rows.push_back(read_row(rows[i]));
    if (page.rows.size() > static_cast<std::size_t>(query.limit)) {
        page.rows.pop_back();
        page.has_more = true;
        page.next_starting_after = page.rows.back().event;
    } else {
        page.has_more = query.status.has_value() && rows[0].int8(0) == kDeliveriesLooked;
        page.next_starting_after = query.starting_after;
        if (const auto last = rows[0].optional_uuid(1)) page.next_starting_after = EventId(*last);
    }
    co_return page;
}

Task<std::optional<DeliveryRow>> WebhookDeliveries::find(WebhookEndpointId endpoint, EventId event, Deadline deadline) {
    Params params;
    params.add(endpoint.uuid()).add(event.uuid());
    const Rows rows = co_await state_->records.execute("find_delivery", std::move(params), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return read_row(rows[0]);
}

Task<Checked<Replay>> WebhookDeliveries::replay(ReplayRequest request, Author author, Deadline deadline) {
    auto& records = state_->records;
    CO_TRY(known, co_await records.replayed(author, deadline));
    if (known) {
        auto done = replay_of(known->details);
        done.replayed = true;
        co_return done;
    }
    Params subject;
    subject.add(request.endpoint.uuid());
    const Rows owner = co_await records.execute("owner", std::move(subject), deadline);
    const bool is_theirs = !owner.empty() && MerchantId(owner[0].uuid(0)) == request.merchant &&
                           owner[0].boolean(1) == request.live && owner[0].text(2) != "deleted";
    if (!is_theirs) co_return std::unexpected(no_such_webhook_endpoint());
    if (owner[0].text(2) != "enabled") co_return std::unexpected(not_enabled(owner[0].text(2)));

    auto entry = records.entry_of({.action = "webhook_endpoint.replay",
                                   .subject = to_string(request.endpoint),
                                   .merchant = request.merchant,
                                   .live = request.live,
                                   .details = details_of(request)},
                                  author);
    const auto [behind, to] = range_of(request);
    entry.params.add(request.endpoint.uuid()).add(behind).add(to).add(kReplayLooked).add(std::int64_t{kMostReplayed});
    const Rows rows = co_await records.execute(request.only_failed ? "replay_failed" : "replay_events",
                                               std::move(entry.params), deadline);
    if (rows[0].int8(0) == 0) co_return std::unexpected(not_enabled("disabled"));
    if (rows[0].int8(2) == 1) {
        const auto last = rows[0].optional_uuid(5);
        co_return Replay{.deliveries = rows[0].int8(3),
                         .has_more = rows[0].boolean(4),
                         .next_starting_after = last ? std::optional(EventId(*last)) : std::nullopt};
    }
    // The same request has just come another time, or its first try was committed and the answer lost.
    Params done;
    done.add(entry.id.uuid()).add(author.actor);
    author.once ? done.add(author.once->key) : done.add_null(Oid::text);
    const Rows did = co_await records.execute("replay_done", std::move(done), deadline);
    if (did.empty()) co_return std::unexpected(too_many());
    auto replay = replay_of(std::string(did[0].text(0)));
    replay.replayed = true;
    co_return replay;
}

}  // namespace florin::store
