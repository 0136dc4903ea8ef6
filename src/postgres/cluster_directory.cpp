#include "postgres/cluster_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "base/hash.hpp"

namespace florin::postgres {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPasswordLength = 32;
constexpr std::uintmax_t kLargestLog = 16 << 20;

// What may lie in the folder before its lock does: an earlier cluster's parts, the gateway's pepper, a disk's own
// folder.
constexpr auto kKnownNames = std::to_array<std::string_view>(
    {"data", "data.new", "socket", "secrets", "postgres.log", "postgres.log.1", "pepper", "lost+found"});

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
    throw std::runtime_error(what + " " + path.string() + ": " + std::strerror(errno));
}

std::string short_name_of(const fs::path& path) {
    return to_hex(sha256(path.string())).substr(0, 16);
}

fs::path nearest_existing(fs::path path) {
    std::error_code ignored;
    while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
    return path;
}

// Private and the user's, made if it is missing. Not followed when it is a link: it may lie in /tmp.
void make_private_directory(const SystemUser& user, const fs::path& path) {
    if (::mkdir(path.c_str(), 0700) == 0) {
        give_to(user, path);
        return;
    }
    struct stat info{};
    if (errno != EEXIST || ::lstat(path.c_str(), &info) != 0) fail("cannot create", path);
    if (!S_ISDIR(info.st_mode)) throw std::runtime_error(path.string() + " is in the way: it is not a folder");
    if (user.is_other() && info.st_uid == 0) {
        give_to(user, path);
    } else if (info.st_uid != user.uid) {
        throw std::runtime_error(path.string() +
                                 " belongs to another user: start florin as that user, or choose "
                                 "another data directory");
    }
    if (::chmod(path.c_str(), 0700) != 0) fail("cannot make private", path);
}

std::string first_line(const fs::path& path) {
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    return line;
}

void sync_directory(const fs::path& directory) {
    const Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0 || ::fsync(fd.get()) != 0) fail("cannot write to the disk of", directory);
}

}  // namespace

fs::path cluster_root(const fs::path& wanted) {
    auto root = fs::absolute(wanted).lexically_normal();
    if (!root.has_filename()) root = root.parent_path();
    if (::geteuid() != 0) return root;
    const auto elsewhere = fs::path("/var/lib/florin") / short_name_of(root);
    // Where data is, it stays: permissions that change must not make an old cluster look like a new, empty one.
    if (fs::exists(root / "data")) return root;
    if (fs::exists(elsewhere / "data")) return elsewhere;
    // The folder itself becomes the user's; what stands above it must let the user through.
    return can_enter(database_user(root / "data"), nearest_existing(root.parent_path())) ? root : elsewhere;
}

bool socket_path_fits(const fs::path& socket_directory) {
    return (socket_directory / ".s.PGSQL.5432").string().size() <= 107;
}

fs::path short_socket_directory(const fs::path& root) {
    const auto name = "florin-" + short_name_of(root);
    if (::geteuid() == 0 && fs::is_directory("/run")) return fs::path("/run") / name;
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (runtime && *runtime == '/' && fs::is_directory(runtime) && socket_path_fits(fs::path(runtime) / name)) {
        return fs::path(runtime) / name;
    }
    return fs::path("/tmp") / name;
}

ClusterDirectory::ClusterDirectory(const fs::path& root) : root_(root), user_(database_user(root / "data")) {
    std::error_code error;
    fs::create_directories(root_.parent_path(), error);
    if (error) throw std::runtime_error("cannot create " + root_.parent_path().string() + ": " + error.message());
    check_contents();
    make_private_directory(user_, root_);
    if (!can_enter(user_, root_)) {
        throw std::runtime_error("the user " + user_.name + ", as whom PostgreSQL runs, cannot enter " +
                                 root_.string() + ": make the folders above it passable (chmod a+x)");
    }
    lock();
    if (::mkdir((root_ / "secrets").c_str(), 0700) != 0 && errno != EEXIST) fail("cannot create", root_ / "secrets");
}

void ClusterDirectory::check_contents() const {
    std::error_code error;
    if (!fs::exists(root_, error) || fs::exists(root_ / "florin.lock", error)) return;
    if (!fs::is_directory(root_, error)) throw std::runtime_error(root_.string() + " is not a folder");
    for (const auto& entry : fs::directory_iterator(root_, error)) {
        const auto name = entry.path().filename().string();
        if (std::ranges::find(kKnownNames, name) != kKnownNames.end()) continue;
        throw std::runtime_error(root_.string() + " is not a data directory of Florin (it holds " + name +
                                 "): name an empty or a new one");
    }
    if (error) throw std::runtime_error("cannot read " + root_.string() + ": " + error.message());
}

void ClusterDirectory::lock() {
    const auto path = root_ / "florin.lock";
    lock_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock_.get() < 0) fail("cannot open", path);
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) fail("cannot lock", path);
        throw std::runtime_error("another florin (process " + first_line(path) + ") already uses " + root_.string() +
                                 ": stop it, or name another data directory");
    }
    const auto line = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock_.get(), 0) != 0 || ::pwrite(lock_.get(), line.data(), line.size(), 0) < 0) {
        fail("cannot write", path);
    }
}

std::optional<int> ClusterDirectory::data_version() const {
    std::error_code error;
    if (!fs::exists(data(), error)) return std::nullopt;
    const auto line = first_line(data() / "PG_VERSION");
    int version = 0;
    std::from_chars(line.data(), line.data() + line.size(), version);
    if (version == 0)
        throw std::runtime_error(data().string() + " is not a PostgreSQL data directory: restore a backup");
    return version;
}

fs::path ClusterDirectory::make_socket_directory() const {
    auto path = root_ / "socket";
    // libpq takes a comma for the end of a host, and postgresql.conf needs quoting for the others.
    if (!socket_path_fits(path) || path.string().find_first_of(",\"'\\ ") != std::string::npos)
        path = short_socket_directory(root_);
    make_private_directory(user_, path);
    return path;
}

std::optional<std::string> find_password(const fs::path& root, std::string_view role) {
    auto password = first_line(root / "secrets" / role);
    return password.empty() ? std::nullopt : std::optional(std::move(password));
}

std::string ClusterDirectory::load_or_make_password(std::string_view role) const {
    if (auto known = find_password(root_, role)) return *known;
    const auto path = root_ / "secrets" / role;
    // The other roles' passwords are set anew at each start; the superuser's is needed to do that.
    if (role == kSuperuser && fs::exists(data())) {
        throw std::runtime_error(path.string() + " is missing: restore it from the backup of this folder");
    }
    const auto password = random_token(kPasswordLength);
    const SystemUser ourselves{::geteuid(), ::getegid(), {}};
    write_private_file(ourselves, path, password + "\n");
    return password;
}

void ClusterDirectory::rotate_log() const {
    std::error_code error;
    if (fs::file_size(log(), error) > kLargestLog && !error) fs::rename(log(), root_ / "postgres.log.1", error);
    const Descriptor fd(::open(log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (fd.get() < 0) fail("cannot write", log());
    give_to(user_, log());
}

std::uintmax_t ClusterDirectory::free_bytes() const {
    return fs::space(root_).available;
}

void write_private_file(const SystemUser& user, const fs::path& path, std::string_view content) {
    const fs::path fresh = path.string() + ".new";
    fs::remove(fresh);
    {
        const Descriptor fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (fd.get() < 0) fail("cannot create", fresh);
        if (::write(fd.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
            ::fsync(fd.get()) != 0) {
            fail("cannot write", fresh);
        }
        give_to(user, fresh);
    }
    fs::rename(fresh, path);
    sync_directory(path.parent_path());
}

}  // namespace florin::postgres
