#include "psp/stripe/event_source.hpp"

#include "psp/stripe/event.hpp"
#include "psp/stripe/signature.hpp"

namespace florin::psp::stripe {

StripeEvents::StripeEvents(std::vector<EventAccount> accounts) : accounts_(std::move(accounts)) {
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
        for (const Secret& secret : accounts_[i].secrets) {
            secrets_.push_back(secret);
            owners_.push_back(i);
        }
    }
}

std::expected<Delivery, Undeliverable> StripeEvents::read(std::string_view signature, std::string_view body,
                                                          WallTime now) const {
    const auto signer = verify_signature(signature, body, secrets_, now);
    if (!signer) return std::unexpected(Undeliverable{.why = signer.error()});
    const auto& account = accounts_[owners_[*signer]];
    auto event = read_event(body);
    if (!event) {
        auto& refusal = event.error();
        return std::unexpected(
            Undeliverable{.why = BadDelivery::unreadable, .detail = refusal.pointer + " " + refusal.detail});
    }
    // One secret is of one mode; an event of the other would be looked for where it never happened.
    if (event->live != account.live) return std::unexpected(Undeliverable{.why = BadDelivery::mode});
    return Delivery{.account = account.name, .event = std::move(*event)};
}

}  // namespace florin::psp::stripe
