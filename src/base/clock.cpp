#include "base/clock.hpp"

#include <time.h>

#include <algorithm>
#include <charconv>

#include "base/assert.hpp"
#include "base/virtual_time.hpp"

namespace florin {
namespace {

using std::chrono::nanoseconds;

nanoseconds boot_time() {
    timespec now{};
    FLORIN_ASSERT(clock_gettime(CLOCK_BOOTTIME, &now) == 0);
    return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec) + virtual_time();
}

void put_digits(char* end, int digits, unsigned value) {
    for (int i = 0; i < digits; ++i, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

// Reads exactly `digits` decimal digits from the front of the text and removes them.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

// ".123" as microseconds; absent is zero, more than six digits are refused.
std::optional<int> take_fraction(std::string_view& text) {
    if (!take(text, '.')) return 0;
    int value = 0;
    int digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        value = value * 10 + (text.front() - '0');
        text.remove_prefix(1);
        if (++digits > 6) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 6; ++digits) value *= 10;
    return value;
}

// "Z", "+02:00" or "-05:30", as what has to be subtracted.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
    if (take(text, 'Z')) return std::chrono::minutes(0);
    const bool east = text.starts_with('+');
    if (!east && !text.starts_with('-')) return std::nullopt;
    text.remove_prefix(1);
    const auto hours = take_digits(text, 2);
    if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
    const auto minutes = take_digits(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const auto offset = std::chrono::minutes(*hours * 60 + *minutes);
    return east ? offset : -offset;
}

// RFC 3339 knows the years 0000 to 9999 only, and an offset may lead out of them.
bool is_shown_in_four_digits(WallTime time) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
    return date.year() >= std::chrono::year(0) && date.year() <= std::chrono::year(9999);
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day || !take(text, 'T')) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> take_time_of_day(std::string_view& text) {
    const auto hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
    const auto second = take_digits(text, 2);
    if (!second || *second > 59) return std::nullopt;
    return std::chrono::seconds(*hour * 3600 + *minute * 60 + *second);
}

}  // namespace

WallTime SystemClock::now() const {
    const auto now = std::chrono::system_clock::now() + virtual_time() + wall_skew();
    return std::chrono::time_point_cast<std::chrono::microseconds>(now);
}

Deadline Deadline::after(Milliseconds duration) {
    // A century is for ever, and keeps the sum far from overflow.
    constexpr Milliseconds kForEver = std::chrono::hours(24 * 36'525);
    return Deadline(boot_time() + nanoseconds(std::clamp(duration, Milliseconds(0), kForEver)));
}

bool Deadline::passed() const {
    return boot_time() >= at_;
}

Milliseconds Deadline::remaining() const {
    return std::chrono::ceil<Milliseconds>(std::max(at_ - boot_time(), nanoseconds(0)));
}

Deadline Deadline::earlier(Deadline other) const {
    return Deadline(std::min(at_, other.at_));
}

std::string format_time(WallTime time) {
    const auto milliseconds = std::chrono::floor<Milliseconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(milliseconds);
    const std::chrono::year_month_day date(day);
    const auto of_day = static_cast<unsigned>((milliseconds - day).count());

    std::string text = "0000-00-00T00:00:00.000Z";
    char* const at = text.data();
    put_digits(at + 4, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put_digits(at + 7, 2, static_cast<unsigned>(date.month()));
    put_digits(at + 10, 2, static_cast<unsigned>(date.day()));
    put_digits(at + 13, 2, of_day / 3'600'000);
    put_digits(at + 16, 2, of_day / 60'000 % 60);
    put_digits(at + 19, 2, of_day / 1'000 % 60);
    put_digits(at + 23, 3, of_day % 1'000);
    return text;
}

std::optional<WallTime> parse_time(std::string_view text) {
    const auto day = take_date(text);
    if (!day) return std::nullopt;
    const auto of_day = take_time_of_day(text);
    if (!of_day) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    const auto time = WallTime(*day) + *of_day + std::chrono::microseconds(*fraction) - *offset;
    return is_shown_in_four_digits(time) ? std::optional(time) : std::nullopt;
}

}  // namespace florin
