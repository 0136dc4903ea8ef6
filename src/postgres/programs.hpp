// Where PostgreSQL's own programs are installed, for the embedded cluster.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace florin::postgres {

struct Programs {
    int version = 0;  // major
    std::filesystem::path directory;

    std::filesystem::path initdb() const { return directory / "initdb"; }
    std::filesystem::path postgres() const { return directory / "postgres"; }
};

// Debian's and Red Hat's folders, then PATH; newest first, nothing older than kOldestServer.
std::vector<Programs> find_programs();

// The programs for an existing data directory of that major version, or the newest when there is none yet. Throws
// std::runtime_error naming what to install.
Programs choose_programs(const std::vector<Programs>& installed, std::optional<int> data_version);

}  // namespace florin::postgres
