// Tests of webhook endpoints: a shop with some, and what the tables have of them.
#pragma once

#include "store/administration_fixture.hpp"
#include "store/webhook_endpoints.hpp"

namespace florin::store::test {

using Row = WebhookEndpointRow;

inline constexpr const char* kUrl = "https://shop.example/florin";

// A box that tells what it was made for, in place of an encrypted one.
inline MadeSecret open_box(const WebhookEndpointId& endpoint, int number) {
    const auto secret = "whsec_" + random_token(32);
    return {.secret = Secret(secret), .sealed = to_string(endpoint) + "/" + std::to_string(number) + "/" + secret};
}

class WebhookEndpointsTest : public AdministrationTest {
protected:
    MadeWebhookEndpoint make(const Merchant& shop, std::string url = kUrl, bool live = false) {
        return *wait(endpoints_.create({.merchant = shop.id, .live = live, .url = std::move(url)}, kOperator, soon()));
    }
    std::optional<Row> find(WebhookEndpointId id, OwnerFilter owner = {}) {
        return wait(endpoints_.find(id, owner, soon()));
    }
    std::vector<Row> all_of(const Merchant& shop, std::optional<bool> live = std::nullopt) {
        return wait(endpoints_.list({.merchant = shop.id, .live = live}, {.limit = 100}, soon())).rows;
    }
    std::vector<std::string> actions_of(const Merchant& shop) {
        std::vector<std::string> actions;
        for (const auto& row : changes_of(shop)) actions.push_back(row.action);
        return actions;
    }
    // Those that sign now, the newest first, as "1/whsec_…".
    std::vector<std::string> valid_secrets(WebhookEndpointId id) {
        const auto rows = query(
            "select number || '/' || split_part(convert_from(sealed, 'UTF8'), '/', 3) from webhook_secrets "
            "where endpoint_id = '" +
            to_string(id.uuid()) + "' and (expires_at is null or expires_at > florin_now()) order by number desc");
        std::vector<std::string> secrets;
        for (int i = 0; i < rows.size(); ++i) secrets.emplace_back(rows[i].text(0));
        return secrets;
    }
    std::string text_of(const std::string& sql) { return std::string(query(sql)[0].text(0)); }
    std::string queue_of(WebhookEndpointId id, const std::string& expression) {
        return text_of("select (" + expression + ")::text from webhook_queues where endpoint_id = '" +
                       to_string(id.uuid()) + "'");
    }
    void fail(WebhookEndpointId id) {
        query(
            "update webhook_queues set failures = 7, failing_since = florin_now(), retry_at = 'infinity', due_at = "
            "'infinity' where endpoint_id = '" +
            to_string(id.uuid()) + "'");
    }
    // A delivery of an event that nobody needs to know more about.
    void deliver(const Row& endpoint, const char* status) {
        const auto event = EventId::make(SystemClock().now(), bucket_of(endpoint.merchant.uuid()), endpoint.live);
        query(
            "insert into webhook_deliveries (endpoint_id, event_id, merchant_id, live, urgency, status, due_at, "
            "created_at) "
            "values ('" +
            to_string(endpoint.id.uuid()) + "', '" + to_string(event.uuid()) + "', '" +
            to_string(endpoint.merchant.uuid()) + "', false, 0, '" + status + "', florin_now(), florin_now())");
    }
    std::int64_t deliveries(WebhookEndpointId id, const std::string& status) {
        return count("select count(*) from webhook_deliveries where status = '" + status + "' and endpoint_id = '" +
                     to_string(id.uuid()) + "'");
    }

    WebhookEndpoints endpoints_{loop_.get_executor(), urls().application, open_box};
};

}  // namespace florin::store::test
