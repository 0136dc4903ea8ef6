// The answers that clients got, one JSON object per line, as `florin verify --deep --acks` reads them. Flushed in
// groups: what was acknowledged is on disk within some milliseconds, and before the log is closed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace florin::selftest {

struct KeptAnswer {
    std::string_view key, payment_id, body;
    int status = 0;
    std::string_view path{}, request{};  // so that it can be sent again; may be left out
};

class AckLog {
public:
    explicit AckLog(const std::filesystem::path& path);  // appends; throws std::runtime_error
    ~AckLog();
    AckLog(const AckLog&) = delete;
    AckLog& operator=(const AckLog&) = delete;

    void keep(const KeptAnswer& answer);
    // Writes what was kept, and makes it durable where the last time is long enough ago, or when asked.
    void flush(bool now = false);
    std::uint64_t kept() const { return kept_; }

private:
    int fd_;
    std::string waiting_{};
    bool is_dirty_ = false;
    std::chrono::steady_clock::time_point synced_{};
    std::uint64_t kept_ = 0;
};

}  // namespace florin::selftest
