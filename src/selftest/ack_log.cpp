#include "selftest/ack_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>

#include "base/hash.hpp"
#include "base/json.hpp"

namespace florin::selftest {
namespace {

constexpr std::chrono::milliseconds kGroup{20};

}  // namespace

AckLog::AckLog(const std::filesystem::path& path)
    : fd_(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    if (fd_ < 0) throw std::runtime_error(path.string() + " cannot be written");
}

AckLog::~AckLog() {
    close(fd_);
}

void AckLog::keep(const KeptAnswer& answer) {
    ++kept_;
    fmt::format_to(std::back_inserter(waiting_), R"({{"key":"{}","status":{},"body_sha256":"{}","payment_id":"{}")",
                   answer.key, answer.status, to_hex(sha256(answer.body)), answer.payment_id);
    if (!answer.path.empty()) {
        fmt::format_to(std::back_inserter(waiting_), R"(,"path":"{}","request":)", answer.path);
        json::append_string(waiting_, answer.request);
    }
    waiting_ += "}\n";
}

void AckLog::flush(bool now) {
    for (std::string_view rest = waiting_; !rest.empty();) {
        const auto written = write(fd_, rest.data(), rest.size());
        if (written < 0) throw std::runtime_error("the list of answers cannot be written");
        rest.remove_prefix(static_cast<std::size_t>(written));
        is_dirty_ = true;
    }
    waiting_.clear();
    const auto at = std::chrono::steady_clock::now();
    if (!is_dirty_ || (!now && at - synced_ < kGroup)) return;
    if (fdatasync(fd_) != 0) throw std::runtime_error("the list of answers cannot be made durable");
    is_dirty_ = false;
    synced_ = at;
}

}  // namespace florin::selftest
