// Where the payer comes back to: an absolute https URL (RFC 3986) without user information and fragment. Plain http is
// allowed to this machine only, in test mode only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace florin::payments {

// What is wrong with the URL as a sentence for the merchant; empty when nothing is.
std::optional<std::string> return_url_fault(std::string_view url, bool live);

}  // namespace florin::payments
