#include "simulator/truth_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "simulator/mix.hpp"

namespace florin::simulator {
namespace {

constexpr std::string_view kMagic = "FLORINT2";
// Zeros written ahead: a sync that does not move the file's end costs half, here and for the disk's other users.
constexpr std::size_t kReserve = 1024 * 1024;
constexpr std::size_t kHead = sizeof(std::uint32_t) + sizeof(std::uint64_t);

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::string read_all(int file, const std::string& name) {
    struct stat facts{};
    if (::fstat(file, &facts) != 0) fail("cannot read " + name);
    std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
        const ssize_t part = ::pread(file, bytes.data() + got, bytes.size() - got, static_cast<off_t>(got));
        if (part <= 0) fail("cannot read " + name);
        got += static_cast<std::size_t>(part);
    }
    return bytes;
}

// The payload of the first frame, empty when there is no whole one.
std::string_view whole_frame(std::string_view bytes) {
    if (bytes.size() < kHead) return {};
    std::uint32_t length = 0;
    std::uint64_t checksum = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    std::memcpy(&checksum, bytes.data() + sizeof length, sizeof checksum);
    if (bytes.size() - kHead < length) return {};
    const auto payload = bytes.substr(kHead, length);
    return mix(payload) == checksum ? payload : std::string_view();
}

void sync_directory(const std::string& directory) {
    const int handle = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0 || ::fsync(handle) != 0) fail("cannot sync " + directory);
    ::close(handle);
}

}  // namespace

std::string_view Reader::take(std::size_t count) {
    if (count > bytes_.size()) throw std::runtime_error("a record of the truth log is shorter than it says");
    const auto part = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return part;
}

TruthLog::~TruthLog() {
    if (file_ >= 0) ::close(file_);
}

void TruthLog::open(const std::string& directory, const std::function<void(Reader)>& replay) {
    std::filesystem::create_directories(directory);
    const auto name = directory + "/truth.log";
    file_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) fail("cannot open " + name);
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) fail("another simulator uses " + name);
    const auto bytes = read_all(file_, name);
    if (bytes.size() < kMagic.size()) {
        if (::ftruncate(file_, 0) != 0) fail("cannot cut " + name);
        pending_.assign(kMagic);
        flush();
        sync_directory(directory);
        return;
    }
    if (!bytes.starts_with(kMagic))
        throw std::runtime_error(
            name +
            " is a truth log of another version: choose another directory, or delete it with the gateway's data");
    std::size_t at = kMagic.size();
    for (auto rest = std::string_view(bytes).substr(at); !rest.empty();) {
        const auto payload = whole_frame(rest);
        if (payload.empty()) break;
        replay(Reader(payload));
        rest.remove_prefix(kHead + payload.size());
        at += kHead + payload.size();
    }
    end_ = at;
    reserved_ = at;
    // What follows is the zeros of the reserve, or the torn tail of a crash: both go.
    if (::ftruncate(file_, static_cast<off_t>(at)) != 0 || ::fdatasync(file_) != 0) fail("cannot cut " + name);
}

void TruthLog::begin_frame() {
    frame_began_ = pending_.size();
    pending_.append(kHead, '\0');
}

void TruthLog::end_frame() {
    const auto payload = std::string_view(pending_).substr(frame_began_ + kHead);
    if (payload.empty()) return pending_.resize(frame_began_);
    const auto length = static_cast<std::uint32_t>(payload.size());
    const auto checksum = mix(payload);
    std::memcpy(pending_.data() + frame_began_, &length, sizeof length);
    std::memcpy(pending_.data() + frame_began_ + sizeof length, &checksum, sizeof checksum);
}

void TruthLog::write_at(std::size_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t done = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) fail("cannot write the truth log");
        offset += static_cast<std::size_t>(done);
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
}

// A truth that cannot be written must not be told: the process ends instead (full disk, broken disk).
void TruthLog::flush() {
    const auto needed = end_ + pending_.size();
    if (needed > reserved_) {
        reserved_ = needed + kReserve;
        write_at(needed, std::string(kReserve, '\0'));
    }
    write_at(end_, pending_);
    if (::fdatasync(file_) != 0) fail("cannot sync the truth log");
    end_ = needed;
    pending_.clear();
}

}  // namespace florin::simulator
