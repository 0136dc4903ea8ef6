#include "http/connection_table.hpp"

#include "base/assert.hpp"

namespace florin::http {
namespace {
constexpr Milliseconds kNoLimit = Milliseconds::max();
// How long a refused client may go on sending.
constexpr Milliseconds kLinger{2'000};

Milliseconds limit_of(Phase phase, const ServerOptions& options) {
    switch (phase) {
        case Phase::handshake:
        case Phase::fresh:
        case Phase::header:
            return options.header_timeout;
        case Phase::idle:
            return options.idle_timeout;
        case Phase::body:
            return options.body_timeout;
        case Phase::writing:
            return options.write_timeout;
        case Phase::lingering:
            return kLinger;
        case Phase::handling:
        case Phase::ending:
            return kNoLimit;
    }
    assertion_failed("a Phase outside its enumeration", __FILE__, __LINE__);
}

constexpr std::array kWaitingForClient{Phase::handshake, Phase::fresh, Phase::idle, Phase::header, Phase::body};
}  // namespace

ConnectionTable::ConnectionTable(const ServerOptions& options) {
    for (std::size_t i = 0; i < kPhases; ++i) limits_[i] = limit_of(static_cast<Phase>(i), options);
}

ConnectionTable::Iterator ConnectionTable::add(Connection* connection, Phase phase) {
    auto& list = list_of(phase);
    ++size_;
    return list.insert(list.end(), Place{connection, phase, std::chrono::steady_clock::now()});
}

void ConnectionTable::move(Iterator place, Phase phase) {
    auto& to = list_of(phase);
    to.splice(to.end(), list_of(place->phase), place);
    place->phase = phase;
    place->since = std::chrono::steady_clock::now();
}

void ConnectionTable::remove(Iterator place) {
    list_of(place->phase).erase(place);
    --size_;
}

Connection* ConnectionTable::find_late(Moment now) {
    for (std::size_t i = 0; i < kPhases; ++i) {
        if (limits_[i] == kNoLimit || lists_[i].empty()) continue;
        const auto& first = lists_[i].front();
        if (now - first.since >= limits_[i]) return first.connection;
    }
    return nullptr;
}

Connection* ConnectionTable::find_longest_waiting() {
    const Place* longest = nullptr;
    for (const auto phase : kWaitingForClient) {
        const auto& list = list_of(phase);
        if (!list.empty() && (!longest || list.front().since < longest->since)) longest = &list.front();
    }
    return longest ? longest->connection : nullptr;
}

}  // namespace florin::http
