// Endpoints of the test's merchant, payments that are told, and queues that are taken.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "store/store_fixture.hpp"
#include "store/webhook_deliveries.hpp"

namespace florin::store::test {

class WebhookDeliveriesTest : public StoreTest {
protected:
    WebhookDeliveriesTest() {
        query("delete from webhook_deliveries");
        query("delete from webhook_secrets");
        query("delete from webhook_queues");
        query("delete from webhook_endpoints");
        query("insert into merchants (id, name, created_at) values ('" + to_string(merchant_.uuid()) +
              "', 'M', now())");
        pass_over();
    }

    Events& events() { return store().events(); }
    void pass_over() {
        for (auto all = outbox(); !all.links.empty(); all = outbox()) relay_of(all, false);
    }
    Outbox outbox() { return wait(events().outbox(1000, soon())); }
    // Tells, or passes over, what is linked.
    void relay_of(const Outbox& all, bool tell) {
        Relayed relayed{.from = all.position, .to = all.position + 1, .events = {}, .cursors = {}};
        std::map<std::int16_t, std::int64_t> ends;
        for (const Link& link : all.links) {
            ends[link.writer] = link.number;
            for (const LinkedEvent& event : link.events) {
                if (!tell) continue;
                relayed.to = std::max(relayed.to + 1, order_of(event.at));
                relayed.events.push_back({EventId(make_uuid(relayed.to, Bucket{77}, event.live)), event});
            }
        }
        for (const auto& [writer, link] : ends) relayed.cursors.push_back({writer, link});
        if (!relayed.cursors.empty()) ASSERT_TRUE(wait(events().relay(relayed, soon())));
    }
    void relay() { relay_of(outbox(), true); }
    // An event of the type payment.captured.
    void pay() {
        settle(approved(open_sale()));
        relay();
    }

    WebhookEndpointId endpoint(const std::string& types = "{}", bool live = false) {
        const auto id = WebhookEndpointId::make(SystemClock().now(), Bucket{77}, live);
        const auto text = "'" + to_string(id.uuid()) + "'";
        query(
            "insert into webhook_endpoints (id, merchant_id, live, slot, url, types, created_at, updated_at) values (" +
            text + ", '" + to_string(merchant_.uuid()) + "', " + (live ? "true" : "false") + ", " +
            std::to_string(++slots_) + ", 'https://shop.example/', '" + types + "', now(), now())");
        query("insert into webhook_queues (endpoint_id) values (" + text + ")");
        query("insert into webhook_secrets (endpoint_id, number, sealed, created_at) values (" + text +
              ", 1, 'old', now())");
        return id;
    }
    void set_status(WebhookEndpointId id, const std::string& status) {
        const auto reason = status == "enabled" ? "null" : "'merchant'";
        query("update webhook_endpoints set status = '" + status + "', reason = " + reason + " where id = '" +
              to_string(id.uuid()) + "'");
        query("update webhook_queues set due_at = florin_now() where endpoint_id = '" + to_string(id.uuid()) + "'");
    }

    WebhookDeliveries& deliveries() { return deliveries_; }
    std::vector<TakenQueue> take(TakeLimits limits = {}) { return wait(deliveries().take(limits, soon())); }
    Finished finished(const TakenQueue& queue, std::size_t which, decltype(DeliveryResult::end) end) {
        const auto& due = queue.due.at(which);
        return wait(deliveries().finish({{.endpoint = queue.endpoint,
                                          .generation = queue.generation,
                                          .event = due.event,
                                          .tries = due.tries,
                                          .end = end,
                                          .status = std::int16_t{500},
                                          .error = "answered 500"}},
                                        soon()));
    }
    std::size_t finish(const TakenQueue& queue, std::size_t which, decltype(DeliveryResult::end) end) {
        return finished(queue, which, end).written;
    }
    void give_back(const TakenQueue& queue, int failures = 0, Milliseconds back_off = Milliseconds{0}) {
        wait(deliveries().give_back({{.endpoint = queue.endpoint,
                                      .generation = queue.generation,
                                      .failures = failures,
                                      .has_answered = failures == 0,
                                      .back_off = back_off}},
                                    soon()));
    }
    std::string statuses() {
        return std::string(
            query("select coalesce(string_agg(status || ' ' || tries, ', ' order by event_id, endpoint_id), '') "
                  "from webhook_deliveries")[0]
                .text(0));
    }
    std::int64_t queued(const std::string& condition) {
        return count("select count(*) from webhook_queues where " + condition);
    }

private:
    int slots_ = 0;
    WebhookDeliveries deliveries_{loop_.get_executor(), urls().application};
};

}  // namespace florin::store::test
