// What merchants ask, and in which proportions: a table of shares for each workload. Knows the payments that its
// answers told of, so that captures, refunds and reads are about payments that exist. No I/O.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "bench/request.hpp"

namespace florin::bench {

// Which merchant asks next.
class Merchants {
public:
    // Zipf: the n-th merchant asks 1/n times as often as the first; uniform: all alike.
    Merchants(std::size_t count, bool zipf);
    std::size_t choose(std::mt19937_64& random) const;

private:
    std::vector<double> up_to_;  // cumulated weights
};

struct Share {
    Kind kind;
    int percent;
};
struct Plan {
    std::string_view name;
    std::span<const Share> shares;
    std::optional<Kind> then;  // what each payment goes through after its creation
    int repeated_percent = 0;  // of all requests: a key that was used before, half of them while its request runs
};
std::span<const Plan> plans();

struct Known {
    std::size_t merchant;
    std::string payment;
    std::int64_t amount;
};

class Workload {
public:
    // `about`: payments that exist already, for reads.
    Workload(const Plan& plan, Merchants merchants, std::vector<Known> about, std::uint64_t seed);

    // Where there is nothing yet that could be captured, refunded or read, something is created instead.
    Asked next();
    // Learns from a 200 to `asked`; what the same payment goes through now, if anything. `body` of a repeat must be
    // what the first answer was.
    std::optional<Asked> answered(const Asked& asked, std::string_view payment, std::string_view body);
    // False while the payments that only reads are about are still being made.
    bool is_ready() const;
    // Answers to repeated keys that were not, byte for byte, the first one.
    std::uint64_t differing() const { return differing_; }

private:
    struct Ended {
        Asked asked;
        std::size_t body;  // its hash
    };
    Kind draw();
    std::optional<Asked> repeated();
    Asked created(Kind kind);
    std::optional<Asked> about_one(std::vector<Known>& pool, Kind kind);
    Known take(std::vector<Known>& pool);
    void keep(std::vector<Known>& pool, Known known);
    void compare(const Asked& asked, std::size_t body);

    const Plan& plan_;
    Merchants merchants_;
    std::mt19937_64 random_;
    std::vector<Known> readable_, held_, captured_;
    std::deque<Asked> twins_;                        // wait to be sent beside what they repeat
    std::map<std::uint64_t, std::size_t> of_twins_;  // by number: the hash of the answer that came first
    std::vector<Ended> ended_;
    std::uint64_t begun_ = 0, differing_ = 0;
};

}  // namespace florin::bench
