#include "base/virtual_time.hpp"

#ifdef FLORIN_FAIL_POINTS

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <cstdlib>

namespace florin {
namespace {

// A test whose time does not move must not pass.
[[noreturn]] void refuse(const char* variable, const char* path) {
    fmt::print(stderr, "{}: cannot read eight bytes of {}\n", variable, path);
    std::_Exit(2);
}

// Another process writes the eight bytes; they stay mapped, so that reading a clock costs one load.
const std::int64_t* mapped(const char* variable) {
    const char* path = std::getenv(variable);
    if (path == nullptr) return nullptr;
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || ::lseek(file, 0, SEEK_END) < static_cast<off_t>(sizeof(std::int64_t))) refuse(variable, path);
    void* at = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) refuse(variable, path);
    ::close(file);
    return static_cast<const std::int64_t*>(at);
}

std::chrono::nanoseconds shown_by(const std::int64_t* bytes) {
    if (bytes == nullptr) return {};
    static_assert(std::endian::native == std::endian::little);
    const auto big_endian = static_cast<std::uint64_t>(__atomic_load_n(bytes, __ATOMIC_ACQUIRE));
    return std::chrono::nanoseconds(static_cast<std::int64_t>(__builtin_bswap64(big_endian)));
}

const std::int64_t* clock_file() {
    static const std::int64_t* const file = mapped("FLORIN_CLOCK");
    return file;
}

}  // namespace

bool is_time_virtual() {
    return clock_file() != nullptr;
}

std::chrono::nanoseconds virtual_time() {
    return shown_by(clock_file());
}

std::chrono::nanoseconds wall_skew() {
    static const std::int64_t* const file = mapped("FLORIN_CLOCK_SKEW");
    return shown_by(file);
}

}  // namespace florin

#endif
