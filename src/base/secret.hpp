// A string that cannot be printed by accident: no stream operator, no formatter, wiped when destroyed.
#pragma once

#include <string>
#include <string_view>

namespace florin {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(const Secret&) = default;
    Secret& operator=(Secret&&) noexcept = default;
    ~Secret();

    // The name says what the reader of a call must think about.
    std::string_view expose() const { return value_; }
    bool empty() const { return value_.empty(); }

private:
    std::string value_;
};

}  // namespace florin
