// Strict JSON for everything that comes from outside: size, depth and member count are bounded, duplicate members are
// refused (boost::json::parse silently keeps the last), UTF-8 is checked, NUL (\u0000) and lone surrogates are refused.
#pragma once

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace florin::json {

struct Limits {
    std::size_t bytes = std::size_t{64} * 1024;
    std::size_t depth = 16;
    std::size_t members = 1000;  // objects' members and arrays' elements together
    bool floats = false;         // merchants' requests hold none; PSP answers may
};

// The value, or malformed_json with a sentence that names the place (byte offset or JSON pointer) and the fix. What is
// parsed into an arena lives as long as that.
Checked<boost::json::value> parse(std::string_view text, const Limits& limits = {},
                                  boost::json::storage_ptr storage = {});

// Memory for a document that is read and let go, on the stack as long as it is of the usual size.
class Arena {
public:
    boost::json::storage_ptr storage() { return &memory_; }

private:
    std::array<unsigned char, 12'288> first_;
    boost::json::monotonic_resource memory_{first_.data(), first_.size()};
};

// The same value always gives the same bytes: members sorted by name, no white space. For fingerprints.
std::string canonical(const boost::json::value& value);

// True for well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text);

// Appends "/" and the name as one step of a JSON pointer (RFC 6901: ~ is written ~0, / is written ~1).
void append_step(std::string& pointer, std::string_view name);

// Appends text as a JSON string with its quotes.
void append_string(std::string& out, std::string_view text);

}  // namespace florin::json
