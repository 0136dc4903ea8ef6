// Scripted faults (POST /_simulator/faults): which requests they strike and how often they have.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "simulator/random.hpp"
#include "simulator/stripe_objects.hpp"
#include "simulator/stripe_parameters.hpp"

namespace florin::simulator {

enum class Action : std::uint8_t {
    none,
    // Nothing is processed, whatever the key has stored.
    refuse,                  // the connection is reset; operation "connect": nobody listens for `seconds`
    hang,                    // never an answer
    drop_before_processing,  // the connection is closed
    rate_limit,              // 429, nothing stored
    delayed_processing,      // never an answer, but executed delay_ms later
    // When the endpoint executes; answers from the idempotency store are not struck.
    error_before_processing,  // an error instead of the work
    error_after_processing,   // the work, then an error
    decline,                  // the issuer says no
    // The answer on its way, replays included; what is stored stays true.
    hang_after_processing,
    drop_after_processing,
    half_body,
    slow_drip,
    wrong_amount,
    wrong_currency,
    wrong_reference,
    wrong_id,      // of an object that nobody has
    other_id,      // the own object under the id of somebody else's
    other_object,  // somebody else's, as it really is
    garbage,       // HTML
    empty_body,
    huge_body,     // of `bytes`
    endless_body,  // until the client has enough
    deep_body,
    gzip_bomb,  // 120 MB in less than one
    wrong_types,
    not_a_number,
    duplicate_keys,
    byte_order_mark,
    utf16,
    wrong_content_type,
    wrong_status,
    wrong_mode,
    // Webhooks, as an event is made; `delay` by the simulator's clock. Calls know `delay` too.
    drop,              // never sent by itself
    delay,             // only later
    duplicate,         // `copies` more, at the same time
    duplicate_new_id,  // each copy an event of its own
    // One try of a webhook.
    tamper,  // a byte is another after the signing
    wrong_secret,
    old_timestamp,  // signed delay_ms ago, 10 minutes when it says none
    no_signature,
    truncate,  // half of the body
};

bool strikes_before_processing(Action action);
bool strikes_execution(Action action);
bool strikes_webhooks(Action action);
bool strikes_calls(Action action);

struct Event;

// A request as faults see it.
struct Target {
    Operation operation;
    const Parameters* parameters = nullptr;  // nullptr when they could not be read
    std::string_view idempotency_key = {};
    const Intent* intent = nullptr;  // of calls that name one
    bool is_replay = false;
    const Event* event = nullptr;  // of webhooks
};

struct Fault {
    std::int64_t id = 0;
    std::string psp = "*";
    const OperationName* operation = kOperationNames.data();
    Action action = Action::none;
    double probability = 1.0;
    std::int64_t times = -1;    // strikes left, -1 for ever
    std::int64_t until_us = 0;  // monotonic, 0 for ever
    std::int64_t seconds = 0;
    std::int64_t delay_ms = 0;
    std::int64_t copies = 1;
    std::int64_t bytes = 8 * 1024 * 1024;
    std::int64_t status = 500;              // of error_…: 500 is Stripe's own, another one a proxy's HTML page
    std::optional<std::uint8_t> decline{};  // of decline: what the issuer says of a sale, authorization or capture
    std::string code{};                     // of decline: Stripe's own refusal of a capture, cancellation or refund
    boost::json::object match{};
    std::int64_t hits = 0;

    // Strikes no request: nobody listens.
    bool is_connect() const { return operation->name == "connect"; }
};

class Faults {
public:
    explicit Faults(Random& random) : random_(random) {}

    // The fault with its id, or what is wrong with the JSON.
    Checked<Fault> add(const boost::json::object& wanted, std::int64_t now_us);
    bool remove(std::int64_t id);
    void clear() { faults_.clear(); }
    boost::json::array list() const;
    bool is_empty() const { return faults_.empty(); }

    // The first active fault that matches; counts its hit.
    const Fault* strike(const Target& target, std::int64_t now_us);
    // All that match a webhook, of the actions from `first` to `last`.
    std::vector<const Fault*> strike_event(const Event& event, Action first, Action last, std::int64_t now_us);

private:
    bool strikes(Fault& fault, const Target& target, std::int64_t now_us);
    Random& random_;
    std::deque<Fault> faults_;  // those used up stay, so that their hits can be read
    std::int64_t next_id_ = 1;
};

// fault_json.cpp: how a fault is written. Unknown members are refused.
Checked<Fault> read_fault(const boost::json::object& wanted);
boost::json::object to_json(const Fault& fault);

}  // namespace florin::simulator
