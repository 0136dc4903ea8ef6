// The control API, plain JSON under /_simulator/: what tests and benchmarks ask and tell, and the payer's page.
//
//   GET    health                     the program is up; its seed
//   GET    truth?reference=R          what happened for a payment id, operation id or PSP id
//   GET    truth?limit=N&after=K      all of it in order of creation; `next` goes on
//   GET    truth/summary              counts and sums by kind and currency
//   GET    truth/duplicates           payments taken more than once, operations executed more than once
//   POST   faults   GET faults   DELETE faults[/id]
//   POST   settings GET settings
//   POST   clock {"advance_ms": N}    the simulator's clock goes forward only
//   GET    events?reference=R&type=T  webhooks: id, type, payment_id, tries, last_status; how many wait
//   POST   events/{id}/resend         one more delivery, now
//   POST   events/release {"ids": […]} or {"order": "reversed"|"shuffled"}: what the setting webhook_hold keeps
//   POST   events/inject              the request's body is signed and sent as it is
//   GET    3ds/{pi}   POST 3ds/{pi}/approve   POST 3ds/{pi}/deny
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "simulator/form.hpp"
#include "simulator/http_message.hpp"
#include "simulator/stripe.hpp"
#include "simulator/webhooks.hpp"

namespace florin::simulator {

class Control {
public:
    Control(World& world, Stripe& stripe, Webhooks& webhooks, std::uint64_t seed)
        : world_(world), stripe_(stripe), webhooks_(webhooks), seed_(seed) {}

    // Takes connections away: called for a fault on the operation "connect".
    std::function<void(std::int64_t duration_us)> refuse_connections{};

    void handle(const Request& request, Answer& answer);

private:
    bool handle_read(std::string_view path, const Request& request, Answer& answer);
    bool handle_write(std::string_view path, const Request& request, Answer& answer);
    void show_health(Answer& answer) const;
    void add_fault(const boost::json::object& wanted, Answer& answer);
    void change_settings(const boost::json::object& wanted, Answer& answer);
    bool handle_events(std::string_view path, const Request& request, Answer& answer);
    void advance_clock(const boost::json::object& wanted, Answer& answer);

    World& world_;
    Stripe& stripe_;
    Webhooks& webhooks_;
    std::uint64_t seed_;
};

// three_d_secure.cpp: `path` is what follows 3ds/.
void handle_challenge(World& world, Stripe& stripe, std::string_view path, const Request& request, Answer& answer);

}  // namespace florin::simulator
