// Sends to the PSP as the write protocol wants it: nothing past the deadline, and an adapter that throws has answered
// nothing clear.
#pragma once

#include "flow/create_payment.hpp"

namespace florin::flow {

Task<psp::Answer> send_execute(psp::Psp& psp, psp::Call call, Deadline deadline);
Task<psp::Answer> send_read(psp::Psp& psp, std::string reference, psp::Call call, Deadline deadline);
Task<psp::Answer> send_abandon(psp::Psp& psp, std::string reference, psp::Call call, Deadline deadline);
Task<psp::Sweep> send_look_up(psp::Psp& psp, psp::LookUp wanted, Deadline deadline);

}  // namespace florin::flow
