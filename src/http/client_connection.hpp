// One connection of the client to its origin: opened once, then one exchange after the other. Made and owned by the
// pool.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <expected>
#include <optional>
#include <string>

#include "base/task.hpp"
#include "http/answer_parser.hpp"
#include "http/endpoints.hpp"
#include "http/tls.hpp"

namespace florin::http {

class ClientConnection {
public:
    ClientConnection(boost::asio::any_io_executor executor, boost::asio::ssl::context* tls);
    ~ClientConnection();

    // Connects to one of these addresses and shakes hands as with the origin's name. Empty when that worked, otherwise
    // the reason; no byte of a request was sent then.
    Task<std::string> open(const Origin& origin, const Endpoints& endpoints, Deadline until);
    Task<std::expected<ClientAnswer, ClientFailure>> exchange(std::string request, bool body_expected,
                                                              AnswerLimit limit, Deadline deadline);

    bool is_open() const { return open_; }
    // False when the other end has closed, has sent something that nobody asked for, or the connection was idle too
    // long.
    bool is_usable(Milliseconds idle_timeout);
    // After an exchange: both ends agree that another may follow.
    bool may_be_kept() const { return open_ && reusable_; }

    // Called by the pool's sweep: ends what is under way when its deadline has passed.
    void end_if_late();
    // Throws unsent bytes away instead of letting the kernel deliver them later (write protocol, rule 12).
    void reset();

private:
    enum class Sent : std::uint8_t { nothing, something, all };

    Task<bool> connect(const Endpoints& endpoints, boost::system::error_code& ec);
    Task<Sent> send_all(const std::string& bytes, boost::system::error_code& ec);
    Task<std::optional<std::string>> read_answer(AnswerParser& parser);
    Task<std::size_t> read_some(boost::system::error_code& ec);

    boost::asio::ip::tcp::socket socket_;
    std::optional<TlsStream> tls_;
    boost::beast::flat_buffer buffer_;
    std::optional<Deadline> until_;  // of the step under way
    std::chrono::steady_clock::time_point idle_since_;
    bool late_ = false;
    bool open_ = false;
    bool reusable_ = false;
};

}  // namespace florin::http
