#include "http/names.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <optional>
#include <unordered_map>

#include "base/timer.hpp"

namespace florin::http {
namespace asio = boost::asio;

namespace {

using Moment = std::chrono::steady_clock::time_point;

enum Line : std::size_t { known, fresh, slow, kLines };

struct Entry {
    explicit Entry(std::string its_name) : name(std::move(its_name)) {}
    std::string name;
    LookedUp found = std::unexpected(std::string());
    Line line = fresh;
    bool under_way = false;  // in a line, or on a thread
    Moment stale_at = Moment::min();
    Moment forgotten_at = Moment::max();
    std::vector<Timer*> waiters{};
};
using Asked = std::shared_ptr<Entry>;

constexpr std::size_t kFirstSweep = 1024;

}  // namespace

class Names::State : public std::enable_shared_from_this<State> {
public:
    State(asio::any_io_executor executor, NamesOptions options)
        : executor_(std::move(executor)),
          options_(std::move(options)),
          most_{options_.threads, options_.new_names, options_.slow_names} {}

    static Task<LookedUp> addresses(std::shared_ptr<State> self, std::string name, Deadline deadline);
    void close();

private:
    Asked entry_of(const std::string& name);
    void forget_old();
    void begin_what_may();
    void begin(Asked asked);
    void finish(const Asked& asked, LookedUp found, Milliseconds took);
    static void wake(Entry& entry);

    asio::any_io_executor executor_;
    NamesOptions options_;
    std::array<std::size_t, kLines> most_;
    std::array<std::size_t, kLines> running_{};
    std::array<std::deque<Asked>, kLines> lines_{};
    std::unordered_map<std::string, Asked> entries_{};
    std::size_t sweep_at_ = kFirstSweep;
    std::optional<asio::thread_pool> threads_{};  // begun by the first name
    bool closed_ = false;
};

Task<LookedUp> Names::State::addresses(std::shared_ptr<State> self, std::string name, Deadline deadline) {
    const auto asked = self->entry_of(name);
    if (!asked->under_way && Moment::clock::now() < asked->stale_at) co_return asked->found;
    if (self->closed_) co_return std::unexpected("names are not looked up any more");

    Timer patience(self->executor_, deadline.remaining());
    asked->waiters.push_back(&patience);
    if (!asked->under_way) {
        asked->under_way = true;
        self->lines_[asked->line].push_back(asked);
        self->begin_what_may();
    }
    boost::system::error_code ignored;
    co_await patience.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    std::erase(asked->waiters, &patience);
    if (asked->under_way) co_return std::unexpected("the look-up timed out");
    co_return asked->found;
}

Asked Names::State::entry_of(const std::string& name) {
    if (entries_.size() >= sweep_at_) forget_old();
    auto& entry = entries_[name];
    if (!entry) entry = std::make_shared<Entry>(name);
    return entry;
}

void Names::State::forget_old() {
    const auto now = Moment::clock::now();
    std::erase_if(entries_,
                  [now](const auto& item) { return !item.second->under_way && now >= item.second->forgotten_at; });
    sweep_at_ = std::max(kFirstSweep, entries_.size() * 2);
}

void Names::State::begin_what_may() {
    for (std::size_t line = 0; line < kLines; ++line) {
        auto& waiting = lines_[line];
        while (!waiting.empty() && running_[line] < most_[line] &&
               running_[known] + running_[fresh] + running_[slow] < options_.threads) {
            Asked asked = std::move(waiting.front());
            waiting.pop_front();
            if (asked->waiters.empty())
                asked->under_way = false;  // everybody has given up
            else
                begin(std::move(asked));
        }
    }
}

void Names::State::begin(Asked asked) {
    if (!threads_) threads_.emplace(options_.threads);
    ++running_[asked->line];
    // Whoever lets go of the state last joins the threads, so none of them may hold it.
    asio::post(*threads_, [executor = executor_, self = weak_from_this(), look_up = options_.look_up, asked]() mutable {
        const auto began = Moment::clock::now();
        auto found = look_up(asked->name);
        const auto took = std::chrono::ceil<Milliseconds>(Moment::clock::now() - began);
        asio::post(executor, [self, asked = std::move(asked), found = std::move(found), took]() mutable {
            if (const auto state = self.lock()) state->finish(asked, std::move(found), took);
        });
    });
}

void Names::State::finish(const Asked& asked, LookedUp found, Milliseconds took) {
    --running_[asked->line];
    const auto now = Moment::clock::now();
    asked->line = took > options_.slow ? slow : known;
    asked->stale_at = now + (found ? options_.keep : options_.keep_failure);
    asked->forgotten_at = now + options_.remember;
    asked->found = std::move(found);
    wake(*asked);
    if (!closed_) begin_what_may();
}

void Names::State::wake(Entry& entry) {
    entry.under_way = false;
    for (Timer* waiter : entry.waiters) waiter->cancel();
}

void Names::State::close() {
    closed_ = true;
    for (auto& line : lines_) line.clear();
    if (threads_) {
        threads_->stop();
        threads_->join();
    }
    for (const auto& [name, asked] : entries_) {
        if (!asked->under_way) continue;
        asked->found = std::unexpected("names are not looked up any more");
        wake(*asked);
    }
}

Names::Names(asio::any_io_executor executor, NamesOptions options)
    : state_(std::make_shared<State>(std::move(executor), std::move(options))) {}

Names::~Names() {
    close();
}

void Names::close() {
    state_->close();
}

Task<LookedUp> Names::addresses(std::string name, Deadline deadline) {
    return State::addresses(state_, std::move(name), deadline);
}

}  // namespace florin::http
