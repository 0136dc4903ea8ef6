// The beginning of a capture, void or refund: decided on the payment as read, and held by the compare-and-set of its
// version. What only open operations stand against is tried again after settling those that may be taken (rule 20).
#pragma once

#include <optional>

#include "flow/command.hpp"
#include "flow/perform.hpp"

namespace florin::flow {

class ModifyPayment {
public:
    ModifyPayment(const Services& services, const Command& command, Ongoing& ongoing);
    // 409 when the payment is busy, or did not stand still until the session's deadline; 503 when its PSP account is no
    // longer configured; nothing is stored then.
    Task<Begun> begin();

private:
    // Empty: the payment has moved and was read again.
    Task<Begun> begin_without_account();
    Task<std::optional<Begun>> act(const PspAccount& account, payments::Reserved reserved);
    Task<std::optional<Begun>> act(const PspAccount& account, payments::Busy busy);
    Task<std::optional<Begun>> act(const PspAccount& account, payments::Refused refused);
    Task<bool> key_is_taken();
    Task<void> read_again();
    payments::Attempt attempt_for(const PspAccount& account, Money amount, payments::Parameters parameters) const;
    Money refused_amount() const;

    const Services& services_;
    const Command& command_;
    Ongoing& ongoing_;
    const payments::ModificationRequest& request_;
    payments::Payment payment_;  // as last read
};

}  // namespace florin::flow
