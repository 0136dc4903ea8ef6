#include "store/item.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "store/store.hpp"

namespace florin::store {
namespace asio = boost::asio;

void Item::finish() {
    done_ = true;
    if (wake_) std::exchange(wake_, nullptr)();
}

void Item::fail(std::exception_ptr error) {
    if (done_) return;
    error_ = std::move(error);
    finish();
}

void Item::fail_if_expired() {
    if (!deadline.passed()) return;
    fail(sent ? std::make_exception_ptr(CommitUnknown()) : std::make_exception_ptr(QueueFull()));
}

Task<void> Item::done() {
    if (!done_) {
        auto park = [this](auto handler) {
            wake_ = [handler = std::move(handler)]() mutable {
                auto executor = asio::get_associated_executor(handler);
                asio::post(executor, std::move(handler));
            };
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(park, asio::use_awaitable);
    }
    if (error_) std::rethrow_exception(error_);
}

}  // namespace florin::store
