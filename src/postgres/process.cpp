#include "postgres/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

extern char** environ;

namespace florin::postgres {
namespace {

SystemUser user_of(const passwd& entry) {
    return {entry.pw_uid, entry.pw_gid, entry.pw_name};
}

// What stands between fork and exec may only use async-signal-safe calls; each returns 0 or an errno.
int become(const SystemUser& user) {
    if (!user.is_other()) return 0;
    if (::setgroups(1, &user.gid) != 0 || ::setgid(user.gid) != 0 || ::setuid(user.uid) != 0) return errno;
    return 0;
}

int redirect_to(const char* output) {
    const int null = ::open("/dev/null", O_RDONLY);
    const int log = ::open(output, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (null < 0 || log < 0 || ::dup2(null, 0) < 0 || ::dup2(log, 1) < 0 || ::dup2(log, 2) < 0) return errno;
    if (null > 2) ::close(null);
    if (log > 2) ::close(log);
    return 0;
}

void restore_signals() {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2}) {
        ::signal(number, SIG_DFL);
    }
}

// Where programs, libraries and files are, and how to write; neither secrets nor PostgreSQL's own PG… variables.
bool is_for_children(std::string_view variable) {
    constexpr auto kKept = std::to_array<std::string_view>(
        {"HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER"});
    const auto name = variable.substr(0, variable.find('='));
    return name.starts_with("LC_") || std::ranges::find(kKept, name) != kKept.end();
}

// Argument and environment vectors, made before fork.
struct Image {
    explicit Image(const Command& command) {
        for (const auto& argument : command.arguments) argv.push_back(const_cast<char*>(argument.c_str()));
        for (char** variable = environ; *variable; ++variable) {
            if (is_for_children(*variable)) envp.push_back(*variable);
        }
        argv.push_back(nullptr);
        envp.push_back(nullptr);
    }
    std::vector<char*> argv, envp;
};

[[noreturn]] void run_child(const Command& command, const Image& image, int report) {
    ::setsid();
    restore_signals();
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    ::umask(077);
    int error = become(command.user);
    if (!error && command.dies_with_us && ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) error = errno;
    if (!error && ::chdir(command.working_directory.c_str()) != 0) error = errno;
    if (!error) error = redirect_to(command.output.c_str());
    if (!error) {
        ::execve(image.argv[0], image.argv.data(), image.envp.data());
        error = errno;
    }
    [[maybe_unused]] const auto written = ::write(report, &error, sizeof error);
    ::_exit(127);
}

}  // namespace

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

bool SystemUser::is_other() const {
    return ::geteuid() == 0 && uid != 0;
}

SystemUser database_user(const std::filesystem::path& data) {
    const uid_t self = ::geteuid();
    struct stat info{};
    const bool has_data = ::stat(data.c_str(), &info) == 0;
    const passwd* entry = nullptr;
    if (self != 0) {
        entry = ::getpwuid(self);
        if (!entry) return {self, ::getegid(), std::to_string(self)};
    } else {
        entry = has_data && info.st_uid != 0 ? ::getpwuid(info.st_uid) : ::getpwnam("postgres");
    }
    if (entry) return user_of(*entry);
    if (has_data && info.st_uid != 0) return {info.st_uid, info.st_gid, std::to_string(info.st_uid)};
    throw std::runtime_error(
        "PostgreSQL refuses to run as root and there is no user `postgres`: start florin as another user, or "
        "useradd --system postgres");
}

bool can_enter(const SystemUser& user, const std::filesystem::path& directory) {
    const std::string path = directory.string();
    const pid_t child = ::fork();
    if (child == 0) ::_exit(become(user) == 0 && ::chdir(path.c_str()) == 0 ? 0 : 1);
    return child > 0 && wait_for_exit(child) == 0;
}

void give_to(const SystemUser& user, const std::filesystem::path& path) {
    if (user.is_other() && ::lchown(path.c_str(), user.uid, user.gid) != 0) {
        throw std::runtime_error("cannot give " + path.string() + " to the user " + user.name + ": " +
                                 std::strerror(errno));
    }
}

pid_t spawn_process(const Command& command) {
    const Image image(command);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
    const Descriptor read_end(ends[0]);
    Descriptor write_end(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
    if (child == 0) run_child(command, image, ends[1]);
    write_end = Descriptor();
    int error = 0;
    ssize_t got = 0;
    do {
        got = ::read(read_end.get(), &error, sizeof error);
    } while (got < 0 && errno == EINTR);
    if (got == 0) return child;  // closed by exec
    wait_for_exit(child);
    throw std::runtime_error("cannot start " + command.arguments.front() + " as the user " + command.user.name + ": " +
                             std::strerror(error));
}

int wait_for_exit(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace florin::postgres
