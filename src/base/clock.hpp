// Time. Wall time stamps what people read; deadlines run on CLOCK_BOOTTIME, which counts suspended time and never steps
// (facts of the write protocol, rule 12). Ages that decide about money are the database's, never a process's clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace florin {

using Milliseconds = std::chrono::milliseconds;
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    virtual WallTime now() const = 0;
};

class SystemClock final : public Clock {
public:
    WallTime now() const override;
};

// An absolute moment on CLOCK_BOOTTIME.
class Deadline {
public:
    static Deadline after(Milliseconds duration);
    bool passed() const;
    Milliseconds remaining() const;  // never negative
    Deadline earlier(Deadline other) const;

private:
    explicit Deadline(std::chrono::nanoseconds at) : at_(at) {}
    std::chrono::nanoseconds at_;
};

// RFC 3339 in UTC with milliseconds, as every API body shows time: 2026-03-13T10:00:00.123Z
std::string format_time(WallTime time);
std::optional<WallTime> parse_time(std::string_view text);

}  // namespace florin
