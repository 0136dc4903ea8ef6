// Base64 (RFC 4648, section 4), with padding; one text for each sequence of bytes and nothing else is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace florin::webhooks {

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace florin::webhooks
