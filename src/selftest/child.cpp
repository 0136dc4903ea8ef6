#include "selftest/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>

extern char** environ;

namespace florin::selftest {
namespace {

// Made before fork: nothing is allocated between it and exec.
struct Image {
    explicit Image(const Program& program) {
        for (const auto& argument : program.arguments) argv.push_back(const_cast<char*>(argument.c_str()));
        for (char** variable = environ; *variable != nullptr; ++variable) {
            if (!std::string_view(*variable).starts_with("FLORIN_")) envp.push_back(*variable);
        }
        for (const auto& setting : program.settings) envp.push_back(const_cast<char*>(setting.c_str()));
        argv.push_back(nullptr);
        envp.push_back(nullptr);
    }
    std::vector<char*> argv, envp;
};

[[noreturn]] void become(const Image& image, int standard_output, int log) {
    setsid();  // Ctrl-C at our terminal is ours
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(standard_output, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    execve(image.argv[0], image.argv.data(), image.envp.data());
    _exit(127);
}

pid_t spawn(const Program& program, int standard_output) {
    const Image image(program);
    const int log = open(program.output.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log < 0) throw std::runtime_error(program.output.string() + " cannot be written");
    const pid_t child = fork();
    if (child == 0) become(image, standard_output >= 0 ? standard_output : log, log);
    close(log);
    if (child < 0) throw std::runtime_error("no more processes");
    return child;
}

int status_of(int wait_status) {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status_of(status);
}

}  // namespace

void Child::start() {
    pid_ = spawn(program_, -1);
    is_meant_to_live_ = true;
}

bool Child::is_alive() {
    if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
    return pid_ > 0;
}

void Child::kill() {
    if (!is_alive()) return;
    ::kill(pid_, SIGKILL);
    wait();
}

int Child::wait() {
    const int status = pid_ > 0 ? wait_for(pid_) : 0;
    pid_ = -1;
    is_meant_to_live_ = false;
    return status;
}

void Child::ask_to_end() const {
    if (pid_ > 0) ::kill(pid_, SIGTERM);
}

Finished run(const Program& program) {
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no more pipes");
    const pid_t child = spawn(program, ends[1]);
    close(ends[1]);
    Finished finished;
    std::array<char, 4096> buffer;
    for (;;) {
        const auto size = read(ends[0], buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) break;
        finished.output.append(buffer.data(), static_cast<std::size_t>(size));
    }
    close(ends[0]);
    finished.status = wait_for(child);
    return finished;
}

}  // namespace florin::selftest
