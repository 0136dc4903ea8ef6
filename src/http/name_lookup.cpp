#include "http/name_lookup.hpp"

#include <boost/asio/redirect_error.hpp>

#include "base/timer.hpp"

namespace florin::http {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr std::chrono::seconds kKeep{30};
}

NameLookup::NameLookup(asio::any_io_executor executor, Origin origin)
    : executor_(std::move(executor)),
      origin_(std::move(origin)),
      found_(fixed_endpoints()),
      stale_at_(found_.empty() ? Moment::min() : Moment::max()) {}

Endpoints NameLookup::fixed_endpoints() const {
    if (origin_.host == "localhost")
        return {{asio::ip::address_v4::loopback(), origin_.port}, {asio::ip::address_v6::loopback(), origin_.port}};
    error_code ec;
    const auto address = asio::ip::make_address(origin_.host, ec);
    return ec ? Endpoints{} : Endpoints{{address, origin_.port}};
}

Task<Endpoints> NameLookup::endpoints(Deadline deadline) {
    if (Moment::clock::now() < stale_at_) co_return found_;
    if (!looking_) {
        looking_ = true;
        found_.clear();
        last_error_ = "name look-up timed out";
        spawn(executor_, look_up(shared_from_this()));
    }
    // Each caller has a deadline of its own, and a look-up is rare: looking again every few milliseconds is enough.
    Timer tick(executor_);
    while (looking_ && !deadline.passed()) {
        tick.expires_after(std::min(deadline.remaining(), Milliseconds{5}));
        error_code ignored;
        co_await tick.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return looking_ ? Endpoints{} : found_;
}

Task<void> NameLookup::look_up(std::shared_ptr<NameLookup> self) {
    tcp::resolver resolver(self->executor_);
    error_code ec;
    const auto results =
        co_await resolver.async_resolve(self->origin_.host, std::to_string(self->origin_.port),
                                        tcp::resolver::numeric_service, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) {
        self->last_error_ = ec.message();
    } else {
        for (const auto& result : results) self->found_.push_back(result.endpoint());
        self->stale_at_ = Moment::clock::now() + kKeep;
    }
    self->looking_ = false;
}

}  // namespace florin::http
