#include "config/environment.hpp"
#include "config/file.hpp"
#include "config/reading.hpp"
#include "config/rules.hpp"

namespace florin::config {

Reading read(const std::optional<std::filesystem::path>& path) {
    Reading reading;
    if (path) read_file(reading, *path);
    read_environment(reading);
    check_together(reading);
    return reading;
}

Checked<Config> load(const std::optional<std::filesystem::path>& path) {
    auto reading = read(path);
    if (!reading.problems.empty()) return std::unexpected(std::move(reading.problems.front()));
    return std::move(reading.config);
}

}  // namespace florin::config
