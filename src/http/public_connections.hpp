// The connections of the public client: those in use, whose deadlines one timer watches, and those that may be used
// again, by what they were opened for.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/timer.hpp"
#include "http/client_connection.hpp"
#include "http/public_client.hpp"

namespace florin::http {

class PublicConnections : public std::enable_shared_from_this<PublicConnections> {
public:
    using Moment = std::chrono::steady_clock::time_point;

    struct Held {
        std::shared_ptr<ClientConnection> connection;
        Moment opened_at{};
    };

    PublicConnections(boost::asio::any_io_executor executor, const PublicClientOptions& options);

    // One that is open when there is one for this key, else one to be opened. Every connection must be given back.
    Held take(const std::string& key, bool tls);
    void give_back(const std::string& key, Held held);
    // Closes what is idle; what is in use ends when it is given back.
    void close();

private:
    bool may_be_used_again(const Held& held) const;
    std::shared_ptr<ClientConnection> take_idle(const std::string& key, Moment& opened_at);
    void drop_idle_too_long();
    void watch();
    static Task<void> sweep(std::shared_ptr<PublicConnections> self);

    boost::asio::any_io_executor executor_;
    Milliseconds idle_timeout_, longest_use_;
    std::size_t most_idle_;
    boost::asio::ssl::context tls_;  // one for all: reading the authorities takes milliseconds and megabytes
    std::unordered_set<std::shared_ptr<ClientConnection>> in_use_{};
    std::map<std::string, std::vector<Held>> idle_{};  // the back was used last
    std::size_t idle_count_ = 0;
    Timer sweep_timer_;
    Moment idle_looked_at_{};
    bool sweeping_ = false;
    bool closed_ = false;
};

}  // namespace florin::http
