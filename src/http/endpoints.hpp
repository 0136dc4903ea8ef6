// Where a connection may go: addresses with their port, in the order to be tried.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <vector>

namespace florin::http {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

}  // namespace florin::http
