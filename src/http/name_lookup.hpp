// Addresses of the one host a client talks to. Numbers and localhost need no look-up. Names are looked up by one task
// at a time and kept for a while; a caller waits at most to its deadline, although getaddrinfo itself cannot be
// stopped.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "http/client.hpp"
#include "http/endpoints.hpp"

namespace florin::http {

class NameLookup : public std::enable_shared_from_this<NameLookup> {
public:
    NameLookup(boost::asio::any_io_executor executor, Origin origin);
    // Empty when the name is unknown or the deadline passed; the reason is then in last_error().
    Task<Endpoints> endpoints(Deadline deadline);
    const std::string& last_error() const { return last_error_; }

private:
    using Moment = std::chrono::steady_clock::time_point;

    static Task<void> look_up(std::shared_ptr<NameLookup> self);
    Endpoints fixed_endpoints() const;

    boost::asio::any_io_executor executor_;
    Origin origin_;
    Endpoints found_;
    Moment stale_at_;
    bool looking_ = false;
    std::string last_error_;
};

}  // namespace florin::http
