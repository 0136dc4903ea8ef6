// A merchant's view of a running gateway, for the quick try: FLORIN_URL and FLORIN_SECRET_KEY say where and as whom.
// Both come from the environment alone, so that no key stands in the list of processes or in a shell's history.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "base/secret.hpp"
#include "base/task.hpp"
#include "http/client.hpp"

namespace florin::cli {

// What the gateway answered; a problem (4xx, 5xx) is an answer too.
struct GatewayAnswer {
    int status = 0;
    boost::json::value body;
    bool is_success() const { return status < 300; }
};

class GatewayClient {
public:
    // Throws UsageError when the environment does not say where the gateway is.
    explicit GatewayClient(boost::asio::any_io_executor executor);
    bool is_live() const;

    // Both throw one clear line when the gateway does not answer.
    Task<GatewayAnswer> get(std::string path);
    Task<GatewayAnswer> post(std::string path, boost::json::object body, std::string idempotency_key);

private:
    Task<GatewayAnswer> send(http::ClientRequest request);

    Secret key_;
    http::Client client_;
};

// Prints the problem as a sentence and its code to standard error; returns the exit code.
int print_problem(const GatewayAnswer& answer);

}  // namespace florin::cli
