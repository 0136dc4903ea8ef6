// Asks Stripe something harmless, for an operator's check: is it there, does it take our key, what time is it there?
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "http/client.hpp"

namespace florin::psp::stripe {

struct Probe {
    std::string problem;           // with the mend; empty: reachable, and the key may read payments
    std::optional<WallTime> date;  // of the answer, whole seconds
};

// Reads the newest payment's page of one: nothing is made or changed.
Task<Probe> probe(boost::asio::any_io_executor executor, http::Origin origin, Secret key, Deadline deadline);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7, the one form that is still sent).
std::optional<WallTime> parse_http_date(const std::string& text);

}  // namespace florin::psp::stripe
