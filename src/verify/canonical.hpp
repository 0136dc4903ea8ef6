// The canonical bytes that digests are of: "<octets>:<text>\n" for a value, "-\n" for none. Written apart from
// store/digest.hpp, which made the stored ones.
#pragma once

#include <charconv>
#include <concepts>

#include "base/hash.hpp"
#include "verify/evidence.hpp"

namespace florin::verify {

class Canonical {
public:
    explicit Canonical(Text form) {
        bytes_.reserve(2048);
        text(form);
    }
    Canonical& text(Text value) {
        append(value.size());
        bytes_ += ':';
        bytes_ += value;
        bytes_ += '\n';
        return *this;
    }
    Canonical& text(const MaybeText& value) { return value ? text(*value) : none(); }
    Canonical& none() {
        bytes_ += "-\n";
        return *this;
    }
    Canonical& id(const Uuid& value) { return text(Text(to_string(value))); }
    Canonical& number(std::int64_t value) {
        char digits[24];
        return text(Text(digits, std::to_chars(digits, digits + sizeof digits, value).ptr));
    }
    Canonical& time(WallTime value) { return number(value.time_since_epoch().count()); }
    Canonical& boolean(bool value) { return text(Text(value ? "true" : "false")); }
    Digest digest() const { return sha256(bytes_); }

private:
    void append(std::size_t value) {
        char digits[24];
        bytes_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    }

    std::string bytes_;
};

}  // namespace florin::verify
