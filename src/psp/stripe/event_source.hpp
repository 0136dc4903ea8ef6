// Stripe's webhooks: one address for all accounts, of which each has signing secrets of its own.
#pragma once

#include <vector>

#include "base/secret.hpp"
#include "psp/event_source.hpp"

namespace florin::psp::stripe {

struct EventAccount {
    std::string name;
    bool live = false;
    std::vector<Secret> secrets;  // several while one replaces another; none: nothing of this account is believed
};

class StripeEvents final : public EventSource {
public:
    explicit StripeEvents(std::vector<EventAccount> accounts);

    std::string_view psp() const override { return "stripe"; }
    std::string_view signature_header() const override { return "stripe-signature"; }
    std::expected<Delivery, Undeliverable> read(std::string_view signature, std::string_view body,
                                                WallTime now) const override;

private:
    std::vector<EventAccount> accounts_;
    std::vector<Secret> secrets_;      // of all accounts
    std::vector<std::size_t> owners_;  // whose each of them is
};

}  // namespace florin::psp::stripe
