// Long polls: who wants to know when a payment has changed, or when there is a new event. All waiters of this process
// share one small statement of each kind every fraction of a second, whoever changes the payment and wherever; a waiter
// holds no connection to the database.
#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "flow/services.hpp"

namespace florin::flow {

// True while something of it may still settle by itself or by its payer.
bool has_open(const payments::Payment& payment);

// What a waiter knows already: a payment's version, or a merchant's last event.
struct KnownPayment {
    PaymentId id;
    MerchantId merchant;
    std::int32_t version;
};
using Known = std::variant<KnownPayment, store::AwaitedEvents>;

class ChangeWatch {
public:
    explicit ChangeWatch(const Services& services);
    // True when the stored version is another one, or there is a later event; false at the deadline, when the process
    // stops, or when `is_gone` says that nobody wants to know any more. Refused when as many wait as may: of one
    // merchant (rate_limited), so that none holds the places of all, or at all (overloaded).
    Task<Checked<bool>> wait(Known known, Deadline deadline, std::function<bool()> is_gone);
    // Ends all waits, now and later.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace florin::flow
