// The beginning of POST /payments: the payment, its key and its creating operation are durable before the PSP hears of
// them.
#pragma once

#include "flow/command.hpp"
#include "flow/perform.hpp"

namespace florin::flow {

class CreatePayment {
public:
    CreatePayment(const Services& services, const PspAccount& account, const Command& command)
        : services_(services), account_(account), command_(command) {}
    Task<Begun> begin();

private:
    const Services& services_;
    const PspAccount& account_;
    const Command& command_;
};

}  // namespace florin::flow
