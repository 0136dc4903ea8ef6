// One call of a route, as its handler gets it: routed, authenticated, with a deadline.
#pragma once

#include <string>

#include "api/api.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "http/server.hpp"
#include "store/credentials.hpp"

namespace florin::api {

struct Call {
    http::Request request;
    std::string id;                // what stands for {id} in the path, as sent
    store::Credential credential;  // empty on routes that need no key
    RequestId request_id;
    Deadline deadline;  // for reads; a payment's own deadlines are the flow's
};

using Answer = Checked<http::Response>;

// Handlers are plain functions, so that the route table is a constant. The services outlive every call.
using Handler = Task<Answer> (*)(const ApiServices& services, Call call);

}  // namespace florin::api
