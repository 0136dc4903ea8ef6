// The answers that clients got and kept: one JSON object per line, {"key", "status", "body_sha256", "payment_id"} and
// whatever else the client wrote beside them. The last line may be cut off: it was not acknowledged by the disk.
#pragma once

#include <filesystem>
#include <fstream>
#include <vector>

#include "verify/deep_tables.hpp"

namespace florin::verify {

class AckFile {
public:
    explicit AckFile(const std::filesystem::path& path);
    // The next lines, at most this many; none at the end. Throws std::runtime_error naming a line that is no answer.
    std::vector<Ack> next(std::size_t most);

private:
    std::ifstream file_;
    std::string name_;
    std::int64_t line_ = 0;
};

}  // namespace florin::verify
