#include "postgres/cluster_start.hpp"

#include <libpq-fe.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include "postgres/cluster_configuration.hpp"

namespace florin::postgres {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::uintmax_t kMegabyte = 1 << 20;
constexpr std::uintmax_t kSpaceForNew = 512 * kMegabyte;
constexpr std::uintmax_t kSpaceForOld = 64 * kMegabyte;

// A server that does not answer at all is given up after a minute. One that answers "I recover" is at work: gigabytes
// of WAL may take longer, and stopping it would only make the next start begin again.
constexpr seconds kSilence{60};
constexpr seconds kRecovery{900};
constexpr seconds kBetweenLines{5};

std::uintmax_t size_of(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : size;
}

std::runtime_error failure(const ClusterDirectory& directory, const std::string& what, std::uintmax_t log_offset) {
    const auto reason = reason_in_log(directory.log(), log_offset);
    if (reason.find("No space left on device") != std::string::npos) {
        return std::runtime_error(what + ": the disk of " + directory.root().string() + " is full");
    }
    return std::runtime_error(what + ": " + (reason.empty() ? "no reason given" : reason) + " (more in " +
                              directory.log().string() + ")");
}

PGPing ping(const fs::path& socket_directory) {
    const std::array<const char*, 6> keys{"host", "port", "dbname", "user", "connect_timeout", nullptr};
    const std::array<const char*, 6> values{socket_directory.c_str(), "5432", "postgres", "postgres", "5", nullptr};
    return PQpingParams(keys.data(), values.data(), 0);
}

// True when it takes connections, false when its process has ended.
bool wait_until_ready(const Postmaster& postmaster, const fs::path& data, const fs::path& socket_directory) {
    const auto begin = steady_clock::now();
    auto next_line = begin + kBetweenLines;
    for (auto pause = std::chrono::milliseconds(5);; pause = std::min(pause * 2, std::chrono::milliseconds(50))) {
        if (!postmaster.is_running()) return false;
        auto socket = socket_directory;
        if (socket.empty()) {  // adopted while it was starting
            if (const auto found = find_postmaster(data)) socket = found->socket_directory;
        }
        const auto state = socket.empty() ? PQPING_NO_RESPONSE : ping(socket);
        if (state == PQPING_OK) return true;
        const auto now = steady_clock::now();
        const auto waited = std::to_string(std::chrono::duration_cast<seconds>(now - begin).count()) + " s";
        if (now - begin > (state == PQPING_REJECT ? kRecovery : kSilence)) {
            throw std::runtime_error("PostgreSQL is not ready after " + waited +
                                     "; it goes on by itself, start florin again later");
        }
        if (now >= next_line) {
            say("waiting for PostgreSQL" + std::string(state == PQPING_REJECT ? " to recover from a crash, " : ", ") +
                waited);
            next_line += kBetweenLines;
        }
        std::this_thread::sleep_for(pause);
    }
}

std::optional<Started> try_to_adopt(const ClusterDirectory& directory) {
    const auto running = find_postmaster(directory.data());
    if (!running) return std::nullopt;
    auto postmaster = Postmaster::adopt(running->pid);
    if (!wait_until_ready(postmaster, directory.data(), running->socket_directory)) return std::nullopt;
    const auto ready = find_postmaster(directory.data());
    if (!ready) return std::nullopt;
    return Started{std::move(postmaster), ready->socket_directory, true};
}

Command postmaster_command(const ClusterDirectory& directory, const Programs& programs) {
    return {.arguments = {programs.postgres().string(), "-D", directory.data().string()},
            .user = directory.user(),
            .working_directory = directory.data(),
            .output = directory.log()};
}

}  // namespace

void say(const std::string& line) {
    std::fprintf(stderr, "florin: %s\n", line.c_str());
}

std::string disk_complaint(const fs::path& root, std::uintmax_t free_bytes, bool is_new) {
    const auto needed = is_new ? kSpaceForNew : kSpaceForOld;
    if (free_bytes >= needed) return {};
    return "the disk of " + root.string() + " is full: " + std::to_string(free_bytes / kMegabyte) + " MB are free, " +
           std::to_string(needed / kMegabyte) + " MB are needed";
}

std::string reason_in_log(const fs::path& log, std::uintmax_t offset) {
    std::ifstream file(log);
    file.seekg(static_cast<std::streamoff>(offset));
    std::string reason;
    for (std::string line; std::getline(file, line);) {
        for (const std::string_view mark : {"PANIC:  ", "FATAL:  ", "error: ", "fatal: "}) {
            const auto at = line.find(mark);
            if (at == std::string::npos) continue;
            reason = line.substr(at + mark.size());
            break;
        }
    }
    return reason;
}

void initialise(const ClusterDirectory& directory, const Programs& programs, const std::string& superuser_password) {
    fs::remove_all(directory.new_data());
    const auto password_file = directory.root() / "initdb.password";
    write_private_file(directory.user(), password_file, superuser_password + "\n");
    const Command initdb{
        .arguments = {programs.initdb().string(), "--pgdata=" + directory.new_data().string(),
                      "--username=" + std::string(kSuperuser), "--pwfile=" + password_file.string(),
                      "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--lc-messages=C",
                      "--data-checksums", "--no-instructions"},
        .user = directory.user(),
        .working_directory = directory.root(),
        .output = directory.log(),
        .dies_with_us = true,
    };
    const auto log_offset = size_of(directory.log());
    const int status = wait_for_exit(spawn_process(initdb));
    fs::remove(password_file);
    if (status != 0) {
        fs::remove_all(directory.new_data());
        throw failure(directory, "PostgreSQL's data directory could not be made", log_offset);
    }
    fs::rename(directory.new_data(), directory.data());
}

Started start_or_adopt(const ClusterDirectory& directory, const Programs& programs) {
    if (auto adopted = try_to_adopt(directory)) return std::move(*adopted);
    clear_leftovers(directory.data());
    const auto socket_directory = directory.make_socket_directory();
    // Nobody uses the data, so nobody listens here; a lock file left by a crash would be believed if its number lives.
    for (const char* stale : {".s.PGSQL.5432", ".s.PGSQL.5432.lock"}) fs::remove(socket_directory / stale);
    write_private_file(directory.user(), directory.data() / "postgresql.conf",
                       postgresql_conf(this_machine(directory.free_bytes()), socket_directory));
    const auto log_offset = size_of(directory.log());
    auto postmaster = Postmaster::start(postmaster_command(directory, programs));
    if (wait_until_ready(postmaster, directory.data(), socket_directory)) {
        return {std::move(postmaster), socket_directory, false};
    }
    postmaster.stop();
    throw failure(directory, "PostgreSQL did not start", log_offset);
}

}  // namespace florin::postgres
