#include "postgres/postmaster.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace florin::postgres {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFastShutdown{30'000};
constexpr milliseconds kImmediateShutdown{10'000};
constexpr milliseconds kOrphansEndThemselves{5'000};
constexpr milliseconds kOrphansAreEnded{15'000};

std::vector<std::string> lines_of(const fs::path& path) {
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
    return lines;
}

// Empty for a process that is gone, a zombie, or not ours to look at.
bool is_server_process(pid_t pid, const fs::path& data) {
    const auto process = fs::path("/proc") / std::to_string(pid);
    std::error_code error;
    const auto directory = fs::read_symlink(process / "cwd", error);
    if (error || directory != data) return false;
    const auto names = lines_of(process / "comm");
    return !names.empty() && (names.front() == "postgres" || names.front() == "postmaster");
}

pid_t process_id(const std::string& text) {
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    return pid;
}

bool wait_until_none(const fs::path& data, milliseconds patience) {
    const auto end = steady_clock::now() + patience;
    while (!server_processes(data).empty()) {
        if (steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(milliseconds(20));
    }
    return true;
}

}  // namespace

std::vector<pid_t> server_processes(const fs::path& data) {
    std::error_code error;
    const auto real = fs::canonical(data, error);
    std::vector<pid_t> found;
    if (error) return found;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const pid_t pid = process_id(entry.path().filename());
        if (pid > 0 && is_server_process(pid, real)) found.push_back(pid);
    }
    return found;
}

std::optional<RunningPostmaster> find_postmaster(const fs::path& data) {
    const auto lines = lines_of(data / "postmaster.pid");
    if (lines.empty()) return std::nullopt;
    const pid_t pid = process_id(lines.front());
    std::error_code error;
    if (pid <= 1 || !is_server_process(pid, fs::canonical(data, error))) return std::nullopt;
    // Lines: process id, data directory, start time, port, socket directory, listen address, shared memory, status.
    return RunningPostmaster{pid, lines.size() > 4 ? fs::path(lines[4]) : fs::path()};
}

void clear_leftovers(const fs::path& data) {
    if (!wait_until_none(data, kOrphansEndThemselves)) {
        for (const pid_t pid : server_processes(data)) ::kill(pid, SIGQUIT);
        if (!wait_until_none(data, kOrphansAreEnded)) {
            throw std::runtime_error("server processes of an earlier run still use " + data.string() +
                                     " and do not end: end process " + std::to_string(server_processes(data).front()));
        }
    }
    const auto file = data / "postmaster.pid";
    const auto lines = lines_of(file);
    if (lines.empty()) return;
    const pid_t pid = process_id(lines.front());
    // PostgreSQL heals a file whose process is gone, but not one whose number another process has got.
    if (pid <= 1 || ::kill(pid, 0) == 0) fs::remove(file);
}

Postmaster::Postmaster(pid_t pid, bool is_child)
    : pid_(pid), is_child_(is_child), pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {
    if (pidfd_.get() < 0 && errno != ESRCH) {
        throw std::runtime_error(std::string("pidfd_open: ") + std::strerror(errno) +
                                 " (Linux 5.3 or later is needed)");
    }
}

Postmaster Postmaster::start(const Command& command) {
    return {spawn_process(command), true};
}
Postmaster Postmaster::adopt(pid_t pid) {
    return {pid, false};
}

bool Postmaster::is_running() const {
    pollfd poller{pidfd_.get(), POLLIN, 0};
    return pidfd_.get() >= 0 && ::poll(&poller, 1, 0) == 0;
}

bool Postmaster::wait_for_end(milliseconds patience) {
    const auto end = steady_clock::now() + patience;
    while (is_running()) {
        const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd poller{pidfd_.get(), POLLIN, 0};
        ::poll(&poller, 1, static_cast<int>(left.count()));
    }
    if (is_child_) wait_for_exit(pid_);
    is_child_ = false;  // reaped
    return true;
}

void Postmaster::send(int signal) const {
    ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0);
}

void Postmaster::stop() {
    if (is_running()) send(SIGINT);
    if (wait_for_end(kFastShutdown)) return;
    send(SIGQUIT);
    if (!wait_for_end(kImmediateShutdown)) {
        throw std::runtime_error("PostgreSQL (process " + std::to_string(pid_) + ") does not stop");
    }
}

}  // namespace florin::postgres
