// The address to which a payer is sent comes from outside: only what a browser may be given is let through.
#pragma once

#include <string_view>

namespace florin::psp::stripe {

// https with a host, or in test mode plain http to this machine (the simulator's page). At most 2048 visible ASCII
// characters, no user name in front of the host.
bool is_safe_redirect(std::string_view url, bool live);

}  // namespace florin::psp::stripe
