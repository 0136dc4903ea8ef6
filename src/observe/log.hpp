// JSON log lines to standard error: one line per event, ids and numbers only. There is no way to log a Secret, and
// texts from outside are escaped and cut to 200 characters.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"

namespace florin::observe {

enum class Level : std::uint8_t { debug, info, warning, error };
void set_log_level(Level level);  // info until set
bool is_logged(Level level);      // for whoever would have to prepare much for a line

struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, bool> value;
    Field(std::string_view n, std::string_view v) : name(n), value(v) {}
    Field(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    Field(std::string_view n, bool v) : name(n), value(v) {}
    template <std::integral T>
    Field(std::string_view n, T v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

// The line without its destination, line feed included: for tests and for programs with another place to write.
std::string render_line(WallTime time, Level level, std::string_view event, std::span<const Field> fields);

// {"time":"…","level":"info","event":"payment.settled","payment":"pay_…",…}
void log(Level level, std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace florin::observe
