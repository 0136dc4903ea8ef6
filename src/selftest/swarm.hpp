// Many shoppers at once on this machine, over keep-alive connections to one or several processes of a gateway that may
// die, stop and come back at any time. One thread, raw epoll and a minimal parser: the swarm shares the cores with what
// it attacks.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "selftest/ack_log.hpp"
#include "selftest/shopper.hpp"

namespace florin::selftest {

struct SwarmOptions {
    std::vector<std::uint16_t> ports{};  // of the gateway's processes, on 127.0.0.1
    std::vector<std::string> keys{};     // secret API keys of the merchants, used in turn
    int clients = 32;
    std::uint64_t operations = 0;  // no more is begun after so many; 0: until leave()
    std::uint64_t seed = 1;
    std::string run{};                           // makes the idempotency keys of this run unique
    std::filesystem::path acks{};                // the list of answers; appended to
    std::chrono::milliseconds patience{20'000};  // with an answer
};

class Swarm {
public:
    explicit Swarm(SwarmOptions options);
    ~Swarm();
    Swarm(const Swarm&) = delete;
    Swarm& operator=(const Swarm&) = delete;

    // Sends what is due and takes what has come, waiting for it at most so long.
    void turn(std::chrono::milliseconds at_most);
    // Nothing new is begun; who waits for an answer is waited for.
    void leave() { is_leaving_ = true; }
    bool is_gone() const { return busy_ == 0; }
    // Requests whose answer is awaited now.
    std::uint64_t in_flight() const { return in_flight_; }
    std::uint64_t acknowledged() const { return log_.kept(); }
    const Tally& tally() const { return tally_; }

private:
    using Clock = std::chrono::steady_clock;
    enum class State : std::uint8_t { gone, waiting, connecting, sent };

    struct Client {
        Shopper shopper;
        std::uint64_t number;
        std::size_t process;  // index of ports
        State state = State::waiting;
        int fd = -1;
        Step step{};
        std::string in{}, out{};
        Clock::time_point due{};  // to send, or to lose patience
    };
    struct Alarm {
        Clock::time_point at;
        std::size_t client;
        bool operator>(const Alarm& other) const { return at > other.at; }
    };

    void take_step(Client& client);
    void set_alarm(Client& client, State state, std::chrono::milliseconds after);
    void ring_alarms();
    void ring(Client& client);
    void begin(Client& client);
    void connect(Client& client);
    void send(Client& client);
    void happened(Client& client, std::uint32_t events);
    void read_from(Client& client);
    void ended(Client& client, int status, std::string_view body, bool stays_open);
    void disconnect(Client& client);
    std::string text_of(const Client& client) const;

    SwarmOptions options_;
    AckLog log_;
    Tally tally_{};
    std::deque<Client> clients_{};
    std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_{};
    int epoll_;
    std::uint64_t busy_ = 0, in_flight_ = 0;
    bool is_leaving_ = false;
};

}  // namespace florin::selftest
