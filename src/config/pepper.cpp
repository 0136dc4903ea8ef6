#include "config/pepper.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/hash.hpp"

namespace florin::config {
namespace {

constexpr std::size_t kCharacters = 64;

std::unexpected<Refusal> refuse_file(const std::filesystem::path& path, std::string_view what) {
    return refuse(Error::internal, fmt::format("{}: {}", path.string(), what));
}

// Written beside its place and linked into it, so that nobody ever reads half of it and of two makers one wins.
int make_file(const std::filesystem::path& path) {
    std::error_code ignored;  // open says what is wrong
    std::filesystem::create_directories(path.parent_path(), ignored);
    auto draft = path.string() + fmt::format(".{}", ::getpid());
    int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return errno;
    auto token = random_token(kCharacters) + "\n";
    bool written =
        ::write(file, token.data(), token.size()) == static_cast<ssize_t>(token.size()) && ::fsync(file) == 0;
    int error = written ? 0 : errno;
    ::close(file);
    if (error == 0 && ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) error = errno;
    ::unlink(draft.c_str());
    return error;
}

}  // namespace

Checked<Secret> load_pepper(const Config& config) {
    if (!config.pepper.empty()) return config.pepper;
    auto path = config.data / "pepper";
    if (!std::filesystem::exists(path)) {
        if (int error = make_file(path)) return refuse_file(path, std::strerror(error));
    }
    std::ifstream stream(path);
    std::string token;
    if (!std::getline(stream, token)) return refuse_file(path, "cannot be read by this user");
    if (token.size() != kCharacters) return refuse_file(path, "is damaged; put back the one of your backup");
    return Secret(std::move(token));
}

}  // namespace florin::config
