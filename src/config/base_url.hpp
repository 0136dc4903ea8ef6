// Which addresses a PSP may be called at: https anywhere, plain http only on this machine and only in test mode, so
// that neither a live key nor a card token ever crosses a network in the clear.
#pragma once

#include <string>
#include <string_view>

namespace florin::config {

// What is wrong with the address, as the rest of a sentence ("must …"); empty when nothing is.
std::string base_url_problem(std::string_view url, bool live);

// Whether a host or address is this machine: "localhost", "[::1]" (or "::1"), 127.…
bool is_loopback(std::string_view host);

}  // namespace florin::config
