// Looks up names that strangers chose, so that no name can hold up another: getaddrinfo blocks for seconds when a
// name's servers are silent and cannot be stopped, so it runs on a few threads of its own, apart from those that look
// up PSPs. Names that answered well may use all of them, new ones most, and those that were slow few at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"

namespace florin::http {

using Addresses = std::vector<boost::asio::ip::address>;
using LookedUp = std::expected<Addresses, std::string>;  // never empty; or why not

// Asks the system and blocks: /etc/hosts and DNS, without the search list of resolv.conf, so that a name means the same
// everywhere. Silent servers end it after about six seconds each.
LookedUp look_up_blocking(const std::string& name);

struct NamesOptions {
    std::size_t threads = 32;
    std::size_t new_names = 24;  // at a time
    std::size_t slow_names = 4;  // at a time, of those whose last look-up took longer than `slow`
    Milliseconds slow{1'000};
    Milliseconds keep{30'000};  // an answer; getaddrinfo does not tell how long it may be kept
    Milliseconds keep_failure{5'000};
    Milliseconds remember{600'000};                                          // that a name was slow, or was not
    std::function<LookedUp(const std::string&)> look_up = look_up_blocking;  // called on the threads
};

class Names {
public:
    explicit Names(boost::asio::any_io_executor executor, NamesOptions options = {});
    ~Names();
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;

    // Who asks for a name that is being looked up already waits with the others; nobody beyond his deadline.
    Task<LookedUp> addresses(std::string name, Deadline deadline);
    // Begins nothing more and blocks until the look-ups under way have ended, some seconds if servers are silent;
    // whoever waits for them gets a failure. Before the loop is destroyed.
    void close();

private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace florin::http
