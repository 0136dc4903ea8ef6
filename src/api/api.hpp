// The REST API: the route table, authentication, and the translation between HTTP and use cases.
#pragma once

#include "api/limits.hpp"
#include "flow/change_watch.hpp"
#include "flow/operations.hpp"
#include "http/server.hpp"
#include "psp/event_source.hpp"
#include "store/administration.hpp"
#include "store/credentials.hpp"
#include "store/webhook_deliveries.hpp"
#include "store/webhook_endpoints.hpp"
#include "webhooks/registration.hpp"

namespace florin::api {

struct ApiServices {
    flow::Services& flow;
    flow::Operations& operations;
    flow::ChangeWatch& watch;
    store::Credentials& credentials;
    store::Administration& administration;
    store::WebhookEndpoints& webhook_endpoints;
    store::WebhookDeliveries& webhook_deliveries;
    const webhooks::Registration& webhook_registration;
    // Empty when ready; otherwise the reason for the 503 of /readyz.
    std::function<Task<std::string>()> readiness;
    LimitOptions limits{};
    std::vector<const psp::EventSource*> event_sources{};  // one per PSP; they outlive every request
};

// The handlers for http::Server. Outlives every request.
class Api {
public:
    explicit Api(ApiServices services);
    ~Api();
    Task<http::Response> handle(http::Request request);
    http::Response refuse(int status, std::string detail);  // what the server itself refuses, as problem+json

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::api
