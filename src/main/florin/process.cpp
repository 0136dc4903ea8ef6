#include "main/florin/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace florin {
namespace {

// Some containers allow a thousand million, and programs that we start may walk through all that could be open.
constexpr rlim_t kMostUseful = 1U << 20;

// Database, log, PSP connections.
constexpr rlim_t kOwnDescriptors = 512;

}  // namespace

void forbid_core_dumps() {
    const char* wanted = std::getenv("FLORIN_CORE_DUMPS");
    if (wanted && std::string_view(wanted) == "1") return;
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kMostUseful));
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t connections_that_fit(std::size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
    const rlim_t left = limit.rlim_cur > kOwnDescriptors ? limit.rlim_cur - kOwnDescriptors : 1;
    return std::min<std::size_t>(wanted, left);
}

}  // namespace florin
