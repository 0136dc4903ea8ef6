// Named places where a test makes this process fail, compiled in by FLORIN_FAIL_POINTS (a release build has none of
// it). They stand in coroutines, between any two steps of the write protocol. A plan says what happens where:
//
//     FLORIN_FAIL="after_intent_commit=crash@3,before_outcome_commit=sleep:500"
//
//     crash      SIGKILL to itself                      error      what infrastructure throws that breaks there
//     hang       SIGSTOP to itself, until SIGCONT       sleep:MS   blocks the process so long
//     gather:N   N coroutines wait here, then it crashes: all of them are cut at this very point
//     barrier:N  N coroutines wait here, then they go on together
//     @HIT       at this hit alone; without it, at each
//
// FLORIN_FAIL_FILE names a file that holds such a plan and may be replaced while the process runs. A name may be
// narrowed: "statement_sent.settle" is hit where the statement settles, "statement_sent" at every statement.
// FLORIN_FAIL_SEED=7:20 crashes at two hits of a hundred, the same ones for the same seed; 7:20:error throws there.
// FLORIN_FAIL_HITS names a file that gets a line "name action" for each hit ("pass" where nothing is planned): a test
// whose fault never fired fails. `florin fail-points` lists the names.
#pragma once

#ifdef FLORIN_FAIL_POINTS

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "base/task.hpp"

namespace florin {

struct InjectedFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One per place in the code, in a section of its own: so the program knows them all.
struct FailPoint {
    const char* name;
};

enum class FailAction : std::uint8_t { none, error, wait };

FailAction fail_point_hit(const FailPoint& point, std::string_view detail = {});
Task<void> fail_point_wait(const FailPoint& point, std::string_view detail = {});
// Whether a plan names it: for what a place does only to be hit, such as sending half of something first.
bool is_fail_point_planned(std::string_view name);
std::vector<std::string_view> fail_point_names();

}  // namespace florin

// The exception is what breaks there in truth; the detail narrows the name.
#define FLORIN_FAIL_POINT_OF(point, detail, exception)                                                      \
    do {                                                                                                    \
        [[gnu::section("florin_fail_points"), gnu::used]] static constinit ::florin::FailPoint here{point}; \
        const auto action = ::florin::fail_point_hit(here, detail);                                         \
        if (action == ::florin::FailAction::error) throw exception;                                         \
        if (action == ::florin::FailAction::wait) co_await ::florin::fail_point_wait(here, detail);         \
    } while (false)
#define FLORIN_FAIL_POINT(point) FLORIN_FAIL_POINT_OF(point, {}, ::florin::InjectedFailure("fail point " point))
#define FLORIN_FAIL_POINT_PLANNED(point) ::florin::is_fail_point_planned(point)

#else

#define FLORIN_FAIL_POINT_OF(point, detail, exception) static_cast<void>(0)
#define FLORIN_FAIL_POINT(point) static_cast<void>(0)
#define FLORIN_FAIL_POINT_PLANNED(point) false

#endif
