// What is known about a request by the time it is answered: for its log line and the metrics.
#pragma once

#include <chrono>
#include <string>

#include "api/routes.hpp"
#include "base/id.hpp"
#include "http/server.hpp"
#include "observe/metrics.hpp"
#include "store/credentials.hpp"

namespace florin::api {

struct Story {
    RequestId request;
    std::string method{};
    std::string client_request{};  // the client's own X-Request-Id, as sent
    std::string trace{};
    const Route* route = nullptr;
    std::string merchant{};
    std::string key{};             // the id of the API key
    bool may_have_stored = false;  // a POST came as far as its use case
    bool is_shed = false;
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};

Story story_of(const http::Request& request, RequestId id);

// One log line and one observation. Probes and what is shed are told at level debug, for they come in thousands; a 403
// at level warning, for somebody tries what it may not.
void tell(const Story& story, const http::Response& response, observe::Metrics& metrics);

}  // namespace florin::api
