// The wiring of a serving process: which service gets which other. No rules here.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <vector>

#include "api/api.hpp"
#include "base/timer.hpp"
#include "cli/cli.hpp"
#include "flow/operations.hpp"
#include "flow/worker.hpp"
#include "http/server.hpp"
#include "observe/metrics.hpp"
#include "psp/psp.hpp"
#include "psp/stripe/event_source.hpp"
#include "store/administration.hpp"
#include "store/credentials.hpp"
#include "store/store.hpp"
#include "webhooks/deliverer.hpp"

namespace florin {

class Gateway {
public:
    Gateway(boost::asio::any_io_executor executor, const config::Config& config, cli::Role role, std::string conninfo);
    ~Gateway();
    // Opens the database's connections, then the port. Throws one clear line.
    Task<void> start();
    std::uint16_t port() const { return server_.port(); }
    // Reads the certificate again; new connections get it. A refusal leaves the old one in use.
    Checked<void> reload_certificate() { return server_.reload_tls(); }
    // Not ready any more, no new requests, then what runs gets the time until the deadline.
    Task<void> drain(Deadline deadline);

private:
    webhooks::Sender webhook_sender(const config::Config& config);
    void add_stripe(bool live, const config::StripeAccount& account);
    Task<http::Response> handle(http::Request request);
    Task<std::string> readiness();
    Task<void> worker_ended(Deadline deadline);

    boost::asio::any_io_executor executor_;
    cli::Role role_;
    SystemClock clock_;
    observe::Metrics metrics_;
    std::vector<std::unique_ptr<psp::Psp>> psps_;
    flow::PspAccounts accounts_;
    store::Store store_;
    store::Credentials credentials_;
    store::Administration administration_;
    std::shared_ptr<http::Names> names_;  // of merchants' hosts
    store::WebhookEndpoints webhook_endpoints_;
    store::WebhookDeliveries webhook_deliveries_;
    webhooks::Registration webhook_registration_;
    flow::Services services_;
    psp::stripe::StripeEvents stripe_events_;
    flow::Operations operations_;
    flow::ChangeWatch watch_;
    flow::Worker worker_;
    webhooks::Deliverer deliverer_;
    api::Api api_;
    http::Server server_;
    Timer worker_end_;
    bool works_ = false;  // until the end of the worker
    bool is_draining_ = false;
};

}  // namespace florin
