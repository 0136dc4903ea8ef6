// A success that the PSP took back, as an operation of its own: opened and closed in one commit, once for ever.
#pragma once

#include "flow/services.hpp"

namespace florin::flow {

Task<void> record_failure(const Services& services, store::Watched watched, payments::Judgement judgement,
                          std::string evidence);

}  // namespace florin::flow
