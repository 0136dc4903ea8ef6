// Where merchants are told of their events: their webhook endpoints, by merchant and mode. Each change writes its row
// of admin_audit_log in its own statement. Whether a URL may be called at all is asked before
// (src/webhooks/registration.hpp); what is sent, and when, is webhook_deliveries.hpp.
//
// An endpoint is changed by compare-and-set of its version, so that of two changes neither is lost. A merchant has at
// most kEndpointsAtMost in each mode: each takes one of so many slots, under a unique index.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/id.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "store/change.hpp"

namespace florin::store {

inline constexpr int kEndpointsAtMost = 16;

struct WebhookEndpointRow {
    WebhookEndpointId id;
    MerchantId merchant;
    bool live = false;
    std::string url, description;
    std::vector<std::string> types;     // of events; empty: every one
    std::string status;                 // enabled, disabled or deleted
    std::optional<std::string> reason;  // of not being enabled: merchant, operator, gone, failing
    std::optional<WallTime> failing_since;
    std::optional<std::int16_t> secret_number;  // of the newest; none once deleted
    std::optional<WallTime> secret_created_at;
    std::optional<WallTime> previous_secret_expires_at;  // while the one before is valid too
    std::int32_t version = 1;
    WallTime created_at, updated_at;
};

struct NewWebhookEndpoint {
    MerchantId merchant;
    bool live = false;
    std::string url;
    std::string description{};
    std::vector<std::string> types{};
};
// What is absent stays as it is.
struct WebhookEndpointChange {
    std::optional<std::string> url{}, description{};
    std::optional<std::vector<std::string>> types{};
};

// A secret and what is stored of it, which opens for this endpoint and number only (webhooks::Sealer).
struct MadeSecret {
    Secret secret;
    std::string sealed;
};
using MakeSecret = std::function<MadeSecret(const WebhookEndpointId&, int number)>;

struct MadeWebhookEndpoint {
    WebhookEndpointRow row;
    Secret secret;  // shown now or never: empty in a replay
    bool replayed = false;
};

// One sentence for an id of another merchant or mode, a malformed and a missing one.
Refusal no_such_webhook_endpoint();

class WebhookEndpoints {
public:
    // `make_secret` may be empty where neither create nor rotate_secret is called.
    WebhookEndpoints(boost::asio::any_io_executor executor, std::string conninfo, MakeSecret make_secret);
    ~WebhookEndpoints();

    // Below, `owner` is whose endpoint it must be: of another merchant or mode it does not exist (not_found). An
    // operator names none. A deleted one is found by nobody.
    Task<std::optional<WebhookEndpointRow>> find(WebhookEndpointId id, OwnerFilter owner, Deadline deadline);
    Task<Slice<WebhookEndpointRow>> list(OwnerFilter owner, Cut cut, Deadline deadline);

    // Refused (operation_not_allowed) when the merchant has as many as it may have.
    Task<Checked<MadeWebhookEndpoint>> create(NewWebhookEndpoint wanted, Author author, Deadline deadline);
    // What changes nothing leaves no audit row. A new URL is tried at once, whatever became of the old one.
    Task<Checked<WebhookEndpointRow>> update(WebhookEndpointId id, OwnerFilter owner, WebhookEndpointChange change,
                                             Author author, Deadline deadline);
    // Enabled, its failures are forgotten and what waits for it is due. Disabled, it waits. What is so already stays as
    // it is.
    Task<Checked<Changed<WebhookEndpointRow>>> enable(WebhookEndpointId id, OwnerFilter owner, Author author,
                                                      Deadline deadline);
    Task<Checked<Changed<WebhookEndpointRow>>> disable(WebhookEndpointId id, OwnerFilter owner, Author author,
                                                       Deadline deadline);
    // For good: its secrets are gone, what waits for it is cancelled.
    Task<Checked<WebhookEndpointRow>> remove(WebhookEndpointId id, OwnerFilter owner, Author author, Deadline deadline);
    // A new secret; the one before signs beside it for the overlap, one before that ends now.
    Task<Checked<MadeWebhookEndpoint>> rotate_secret(WebhookEndpointId id, OwnerFilter owner,
                                                     std::chrono::seconds overlap, Author author, Deadline deadline);

    // Whether the author made this very request before: then nothing about it is asked again.
    Task<Checked<bool>> is_replay(Author author, Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
