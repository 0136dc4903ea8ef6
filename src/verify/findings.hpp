// What a check found: rows that disagree, at most a hundred of them, in order.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace florin::verify {

class Findings {
public:
    static constexpr std::size_t kMost = 100;
    struct Row {
        std::string subject;  // ids of the row
        std::string detail;   // what is stored and what it should be
        auto operator<=>(const Row&) const = default;
    };

    void add(std::string subject, std::string detail) {
        rows_.push_back({std::move(subject), std::move(detail)});
        if (rows_.size() >= 10 * kMost) rows();
    }
    // The first hundred by subject.
    const std::vector<Row>& rows() {
        std::ranges::sort(rows_);
        if (rows_.size() > kMost) rows_.resize(kMost);
        return rows_;
    }

private:
    std::vector<Row> rows_;
};

}  // namespace florin::verify
