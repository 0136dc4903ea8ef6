#include "postgres/programs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>

#include "postgres/settings.hpp"

namespace florin::postgres {
namespace {

namespace fs = std::filesystem;

bool has_programs(const fs::path& directory) {
    std::error_code ignored;
    return fs::exists(directory / "initdb", ignored) && fs::exists(directory / "postgres", ignored);
}

int leading_number(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// "postgres (PostgreSQL) 15.20 (Debian …)" → 15
int version_of(const fs::path& postgres) {
    const std::string command = "'" + postgres.string() + "' --version 2>/dev/null";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "re"), ::pclose);
    std::array<char, 128> line{};
    if (!pipe || !std::fgets(line.data(), line.size(), pipe.get())) return 0;
    const std::string_view text = line.data();
    const auto at = text.find(") ");
    return at == std::string_view::npos ? 0 : leading_number(text.substr(at + 2));
}

void add(std::vector<Programs>& found, const fs::path& directory) {
    if (!has_programs(directory) || directory.string().find('\'') != std::string::npos) return;
    const int version = version_of(directory / "postgres");
    if (version >= kOldestServer) found.push_back({version, directory});
}

void add_versioned(std::vector<Programs>& found, const fs::path& parent, std::string_view prefix) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(parent, ignored)) {
        if (entry.path().filename().string().starts_with(prefix)) add(found, entry.path() / "bin");
    }
}

}  // namespace

std::vector<Programs> find_programs() {
    std::vector<Programs> found;
    add_versioned(found, "/usr/lib/postgresql", "");
    add_versioned(found, "/usr", "pgsql-");
    const char* path = std::getenv("PATH");
    for (const auto part : std::views::split(std::string_view(path ? path : ""), ':')) {
        if (!part.empty()) add(found, fs::path(std::string_view(part)));
    }
    std::ranges::sort(found, std::ranges::greater{}, &Programs::version);
    return found;
}

Programs choose_programs(const std::vector<Programs>& installed, std::optional<int> data_version) {
    if (installed.empty()) {
        throw std::runtime_error(
            "no PostgreSQL programs found (version 15 or later, in /usr/lib/postgresql/*/bin or PATH): "
            "install them (Debian: apt install postgresql-15) or set database.url to a server");
    }
    if (!data_version) return installed.front();
    const auto match = std::ranges::find(installed, *data_version, &Programs::version);
    if (match != installed.end()) return *match;
    const auto wanted = std::to_string(*data_version);
    throw std::runtime_error("the database was made by PostgreSQL " + wanted +
                             ", whose programs are not installed: install postgresql-" + wanted +
                             ", or move the data with pg_upgrade");
}

}  // namespace florin::postgres
