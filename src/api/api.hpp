// The REST API: the route table, authentication, and the translation between HTTP and use cases.
#pragma once

#include "api/limits.hpp"
#include "flow/operations.hpp"
#include "flow/payment_watch.hpp"
#include "http/server.hpp"
#include "psp/event_source.hpp"
#include "store/administration.hpp"
#include "store/credentials.hpp"

namespace florin::api {

struct ApiServices {
    flow::Services& flow;
    flow::Operations& operations;
    flow::PaymentWatch& watch;
    store::Credentials& credentials;
    store::Administration& administration;
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
