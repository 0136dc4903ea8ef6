// A keep-alive connection to the gateway on this machine, without any library, because the generator shares the cores
// with what it measures: raw epoll and a parser of what the gateway answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace florin::bench {

using Steady = std::chrono::steady_clock;

inline std::uint64_t microseconds_between(Steady::time_point begin, Steady::time_point end) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(end - begin).count());
}
// How long epoll_pwait2 may wait; what has passed is zero.
timespec until(Steady::time_point when);

// Connected, non-blocking, and watched by the epoll for what comes in; -1 when nobody listens.
int connect_to(std::uint16_t port, int epoll, void* tag);
// False when the connection is no use any more.
bool send_all(int fd, std::string_view text);

struct Answer {
    int status = 0;
    std::string_view body;  // within what was parsed
};
// False while `in` does not hold the whole answer.
bool parse_answer(const std::string& in, Answer& answer);

enum class Received : std::uint8_t { nothing, something, broken };
Received receive(int fd, std::string& in);

}  // namespace florin::bench
