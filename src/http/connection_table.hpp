// A server's connections, one list per phase. All in a phase may wait equally long, so each list is in the order of its
// deadlines: who is late, or waits longest, stands in front, and nobody else is looked at.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <list>

#include "http/server.hpp"

namespace florin::http {

using Moment = std::chrono::steady_clock::time_point;

class Connection;

enum class Phase : std::uint8_t {
    handshake,  // TLS
    fresh,      // no byte of a first request yet
    idle,       // between two requests
    header,     // begun, not complete
    body,
    handling,   // its handler runs: as long as that takes
    writing,    // the client does not read fast enough
    lingering,  // refused, until the client has read that
    ending,     // told to end
};
inline constexpr std::size_t kPhases = 9;

struct Place {
    Connection* connection;
    Phase phase;
    Moment since;
};

class ConnectionTable {
public:
    using Iterator = std::list<Place>::iterator;

    explicit ConnectionTable(const ServerOptions& options);

    Iterator add(Connection* connection, Phase phase);
    void move(Iterator place, Phase phase);
    void remove(Iterator place);

    std::size_t size() const { return size_; }
    Connection* find_late(Moment now);
    // Of those that wait for their client and run no request; nullptr when there is none.
    Connection* find_longest_waiting();
    template <class Act>
    void for_each(Act act);  // which may move any of them

private:
    std::list<Place>& list_of(Phase phase) { return lists_[static_cast<std::size_t>(phase)]; }

    std::array<std::list<Place>, kPhases> lists_;
    std::array<Milliseconds, kPhases> limits_;
    std::size_t size_ = 0;
};

template <class Act>
void ConnectionTable::for_each(Act act) {
    std::vector<Connection*> all;
    all.reserve(size_);
    for (const auto& list : lists_)
        for (const auto& place : list) all.push_back(place.connection);
    for (auto* connection : all) act(*connection);
}

}  // namespace florin::http
