// The server process of an embedded cluster: started by us, or left over by a florin that was killed and adopted. It is
// held by a pidfd, so that a process id that was given to somebody else is never signalled.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "postgres/process.hpp"

namespace florin::postgres {

// What postmaster.pid says, where its process really is a postmaster of this data directory. A file left by a crash, or
// one whose process id now belongs to something else, is empty here.
struct RunningPostmaster {
    pid_t pid;
    std::filesystem::path socket_directory;  // empty while it is starting
};
std::optional<RunningPostmaster> find_postmaster(const std::filesystem::path& data);

// Every server process whose working directory is this data directory.
std::vector<pid_t> server_processes(const std::filesystem::path& data);

// A killed postmaster's children end by themselves when they notice; those that do not are ended (SIGQUIT), because a
// new postmaster must not start beside them. Then a pid file that names a process of somebody else is removed.
void clear_leftovers(const std::filesystem::path& data);

class Postmaster {
public:
    static Postmaster start(const Command& command);
    static Postmaster adopt(pid_t pid);

    Postmaster(Postmaster&&) = default;
    Postmaster& operator=(Postmaster&&) = default;

    bool is_running() const;
    bool wait_for_end(std::chrono::milliseconds patience);  // true when it has ended
    // Fast shutdown (sessions are ended, a checkpoint is written); SIGQUIT when that took 30 s.
    void stop();
    pid_t pid() const { return pid_; }

private:
    Postmaster(pid_t pid, bool is_child);
    void send(int signal) const;

    pid_t pid_;
    bool is_child_;
    Descriptor pidfd_;
};

}  // namespace florin::postgres
