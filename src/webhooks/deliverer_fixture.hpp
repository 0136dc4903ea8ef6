// For tests of the deliverer: endpoints with what waits for them, and receivers whose answers a test writes.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/timer.hpp"
#include "postgres/database_fixture.hpp"
#include "webhooks/deliverer.hpp"

namespace florin::webhooks {

using postgres::Database;
using postgres::Loop;

// A receiver per URL: what it got, and what it answers.
struct Receiver {
    std::vector<std::string> ids;
    std::size_t at_once = 0, most_at_once = 0;
    Milliseconds takes{0};
    std::function<Posted(std::size_t number)> answer = [](std::size_t) { return Posted(Answer{.status = 200}); };
};

class DelivererTest : public testing::Test {
protected:
    DelivererTest() {
        for (const char* table : {"webhook_deliveries", "webhook_secrets", "webhook_queues", "webhook_endpoints"}) {
            Database::shared().run(std::string("delete from ") + table);
        }
        Database::shared().run("insert into merchants (id, name, created_at) values ('" + to_string(merchant_.uuid()) +
                               "', 'M', now())");
    }
    ~DelivererTest() override { stop(); }

    WebhookEndpointId endpoint() {
        const auto id = WebhookEndpointId::make(clock_.now(), Bucket{5}, false);
        const auto text = "'" + to_string(id.uuid()) + "'";
        const auto sealed = sealer_.seal(id, 1, Secret("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));
        Database::shared().run(
            "insert into webhook_endpoints (id, merchant_id, live, slot, url, created_at, updated_at) values (" + text +
            ", '" + to_string(merchant_.uuid()) + "', false, " + std::to_string(++slots_) + ", '" + to_string(id) +
            "', now(), now())");
        Database::shared().run("insert into webhook_queues (endpoint_id) values (" + text + ")");
        Database::shared().run("insert into webhook_secrets (endpoint_id, number, sealed, created_at) values (" + text +
                               ", 1, decode('" + hex(sealed) + "', 'hex'), now())");
        receivers_[to_string(id)];
        return id;
    }
    // Events with bodies of their own, due now.
    void owe(WebhookEndpointId to, int count) {
        Database::shared().run(
            "with e as (insert into events (merchant_id, live, id, type, body, created_at) select '" +
            to_string(merchant_.uuid()) + "', false, (substr('" + to_string(make_uuid(clock_.now(), Bucket{5}, false)) +
            "', 1, 24) || lpad(n::text, 12, '0'))::uuid, 'webhook_endpoint.test', '{}', now() from "
            "generate_series(1, " +
            std::to_string(count) +
            ") n returning *), d as (insert into webhook_deliveries (endpoint_id, event_id, merchant_id, " +
            "live, urgency, due_at, created_at) select '" + to_string(to.uuid()) +
            "', id, merchant_id, live, 1, now(), now() from e) update webhook_queues set due_at = now() where "
            "endpoint_id = '" +
            to_string(to.uuid()) + "'");
    }
    Receiver& receiver(WebhookEndpointId id) { return receivers_.at(to_string(id)); }
    // Of deliveries to it.
    int count(WebhookEndpointId id, const std::string& condition) {
        return std::stoi(Database::shared().run("select count(*)::text from webhook_deliveries where endpoint_id = '" +
                                                to_string(id.uuid()) + "' and " + condition));
    }
    bool becomes(WebhookEndpointId id, int expected, const std::string& condition) {
        return loop_.until([&] { return count(id, condition) == expected; });
    }
    // As a change of the endpoint does.
    void release(WebhookEndpointId id) {
        Database::shared().run(
            "update webhook_queues set generation = generation + 1, leased_until = null, due_at = now() where "
            "endpoint_id = '" +
            to_string(id.uuid()) + "'");
    }
    std::string queue(WebhookEndpointId id, const std::string& what) {
        return Database::shared().run("select (" + what + ")::text from webhook_queues where endpoint_id = '" +
                                      to_string(id.uuid()) + "'");
    }

    Deliverer::Services services() {
        return {.executor = loop_.io.get_executor(),
                .deliveries = deliveries_,
                .send = [this](Post post,
                               Deadline deadline) { return send(receivers_.at(post.url), std::move(post), deadline); },
                .sealer = sealer_,
                .clock = clock_,
                .metrics = metrics_};
    }
    void start(DelivererOptions options = {}) {
        deliverer_.emplace(services(), options);
        runs_ = true;
        spawn(loop_.io.get_executor(), deliverer_->run(), [this](std::exception_ptr) { runs_ = false; });
    }
    void stop() {
        if (deliverer_) deliverer_->stop();
        EXPECT_TRUE(loop_.until([this] { return !runs_; }));
    }

    Loop loop_;
    observe::Metrics metrics_;

private:
    static std::string hex(const std::string& bytes) {
        std::string out;
        for (const char byte : bytes) {
            for (const int half : {(byte >> 4) & 15, byte & 15}) out += "0123456789abcdef"[half];
        }
        return out;
    }
    static Task<Posted> send(Receiver& receiver, Post post, Deadline deadline) {
        const auto number = receiver.ids.size();
        receiver.ids.push_back(post.headers.at(2).second);
        receiver.most_at_once = std::max(receiver.most_at_once, ++receiver.at_once);
        Timer timer(co_await boost::asio::this_coro::executor, std::min(receiver.takes, deadline.remaining()));
        co_await timer.async_wait(boost::asio::use_awaitable);
        --receiver.at_once;
        if (deadline.passed()) co_return std::unexpected("timeout");
        co_return receiver.answer(number);
    }

    SystemClock clock_;
    Sealer sealer_{Secret("a pepper of the tests, long enough")};
    MerchantId merchant_ = MerchantId::make(clock_.now(), Bucket{5}, false);
    int slots_ = 0;
    std::map<std::string, Receiver> receivers_;
    store::WebhookDeliveries deliveries_{loop_.io.get_executor(), Database::shared().application()};
    std::optional<Deliverer> deliverer_;
    bool runs_ = false;
};

}  // namespace florin::webhooks
