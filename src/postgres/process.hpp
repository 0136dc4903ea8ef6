// Starting PostgreSQL's programs as a user that they accept (they refuse root), apart from our terminal.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace florin::postgres {

// A file descriptor that is closed.
class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    int get() const { return fd_; }

private:
    int fd_;
};

struct SystemUser {
    uid_t uid;
    gid_t gid;
    std::string name;

    bool is_other() const;  // we are root and become this user
};

// Ourselves; as root the owner of an existing data directory, else the user `postgres`.
SystemUser database_user(const std::filesystem::path& data);

// Whether the user may enter the directory, tried in a child process.
bool can_enter(const SystemUser& user, const std::filesystem::path& directory);

// Gives a file or directory to the user when we are root; nothing otherwise.
void give_to(const SystemUser& user, const std::filesystem::path& path);

struct Command {
    std::vector<std::string> arguments;  // the program's path first
    SystemUser user;
    std::filesystem::path working_directory;
    std::filesystem::path output;  // standard output and error are appended here
    bool dies_with_us = false;     // killed when the parent dies
};

// In a session of its own: Ctrl-C at our terminal does not reach it. Of the environment it gets what every program
// needs (PATH, HOME, LANG, …) and nothing else: our secrets are there too. Throws std::runtime_error when the program
// cannot be executed.
pid_t spawn_process(const Command& command);

// Waits for the end; the exit status, 128 + signal, or -1 when somebody else has reaped it.
int wait_for_exit(pid_t child);

}  // namespace florin::postgres
