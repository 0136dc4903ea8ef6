// Sends events to merchants' endpoints: a duty of the worker beside the relay. Any number of them may run, in any
// number of processes; each takes queues of endpoints under leases. It keeps nothing that matters in memory: killed
// anywhere, what it had sent without writing so is sent again, under the same id.
//
// One endpoint never stands in another's way. An endpoint begins with one delivery at a time and gets more as long as
// it answers quickly. When it fails several times in a row, or slowly, or asks for time, it is left alone for its
// back-off and then tried by one delivery. Endpoints that fail, and those that have not answered for a while, are
// counted apart from the others and bounded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "observe/metrics.hpp"
#include "store/webhook_deliveries.hpp"
#include "webhooks/message.hpp"
#include "webhooks/sealed_secret.hpp"

namespace florin::webhooks {

struct DelivererOptions {
    Milliseconds disable_after{std::chrono::days(5)};  // of failures and no success
    // Visits of endpoints at once: that answer or have begun just now, that fail, and all together.
    std::size_t answering = 128, failing = 64, visits = 1024;
    std::size_t per_endpoint = 8;  // deliveries at once
    std::size_t in_flight = 256;   // beyond it no endpoint gets a second one at once
    int deliveries = 32;           // of one visit
    Milliseconds timeout{15'000};  // of one try
    // What was read longer ago is not sent: the endpoint may have been changed. The lease outlasts this and a try.
    Milliseconds start_within{3'000};
    Milliseconds lease{30'000};
    Milliseconds pause{200};  // between two looks when nothing is due
};

class Deliverer {
public:
    struct Services {
        boost::asio::any_io_executor executor;
        store::WebhookDeliveries& deliveries;
        Sender send;
        Sealer sealer;
        const Clock& clock;
        observe::Metrics& metrics;
    };
    Deliverer(Services services, DelivererOptions options);
    ~Deliverer();
    // Runs until stop() and, for some seconds, the end of what is under way then; trouble is logged and waited out.
    Task<void> run();
    void stop();

private:
    std::shared_ptr<struct Work> work_;
};

}  // namespace florin::webhooks
