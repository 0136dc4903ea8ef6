#include "bench/load.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <string_view>

#include "bench/link.hpp"
#include "fmt/core.h"

namespace florin::bench {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kBetweenConnects{50};
constexpr std::size_t kIdLength = 40;  // "pay_" and a UUID
constexpr std::string_view kId = "\"payment_id\":\"";

struct Link {
    int fd = -1;
    std::string in{};
    Asked asked{};
    Steady::time_point began{};  // the payment: when it was due
    Steady::time_point sent{};   // the request
    std::uint64_t psp_calls = 0;
    bool waiting = false;
};

class Load {
public:
    explicit Load(const LoadOptions& options)
        : options_(options),
          workload_(*options.plan, Merchants(options.keys.size(), options.zipf), options.about, options.seed),
          links_(static_cast<std::size_t>(options.connections)),
          random_(options.seed + 1),
          events_(256) {}

    LoadResult run() {
        epoll_ = epoll_create1(EPOLL_CLOEXEC);
        for (Link& link : links_) open_first(link);
        first_ = heard_ = next_due_ = Steady::now();
        set_out(first_);
        for (Link& link : links_) release(link);
        while (busy_ > 0 || Steady::now() < end_) turn();
        result_.measured_us = static_cast<std::uint64_t>(options_.seconds) * 1'000'000;
        result_.differing = workload_.differing();
        for (const Link& link : links_) ::close(link.fd);
        ::close(epoll_);
        return std::move(result_);
    }

private:
    // The warm-up begins.
    void set_out(Steady::time_point now) {
        begin_ = now + std::chrono::seconds(options_.warmup_seconds);
        end_ = begin_ + std::chrono::seconds(options_.seconds);
    }

    bool is_open_loop() const { return options_.rate > 0; }

    void open_first(Link& link) {
        link.fd = connect_to(options_.port, epoll_, &link);
        if (link.fd < 0) throw std::runtime_error(fmt::format("nobody listens on 127.0.0.1:{}", options_.port));
    }

    // The connection is free: its next payment begins now, or when it is due.
    void release(Link& link) {
        if (is_open_loop()) return free_.push_back(&link);
        const auto now = Steady::now();
        if (now < end_) begin_payment(link, now);
    }

    void begin_payment(Link& link, Steady::time_point due) {
        link.asked = workload_.next();
        link.began = due;
        link.psp_calls = 0;
        send(link);
    }

    void send(Link& link) {
        const Asked& asked = link.asked;
        link.psp_calls += is_read(asked.kind) || asked.repeats ? 0 : 1;
        link.sent = Steady::now();
        link.waiting = true;
        ++busy_;
        if (!send_all(link.fd, request_text(asked, options_.keys.at(asked.merchant), options_.run, options_.currency)))
            broke(link);
    }

    void turn() {
        const auto wake = until(next_wake());
        const int count = epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &wake, nullptr);
        for (int i = 0; i < count; ++i) read_from(*static_cast<Link*>(events_[static_cast<std::size_t>(i)].data.ptr));
        const auto now = Steady::now();
        if (count > 0) heard_ = now;
        if (!workload_.is_ready()) set_out(now);
        if (busy_ > 0 && now - heard_ > kPatience) throw std::runtime_error("no answer for 60 s");
        if (!down_.empty() && now >= next_connect_) connect_again(now);
        if (is_open_loop()) begin_what_is_due(now, count < static_cast<int>(events_.size()));
    }

    Steady::time_point next_wake() const {
        auto wake = busy_ > 0 ? heard_ + kPatience : end_;
        if (is_open_loop() && next_due_ < end_) wake = std::min(wake, next_due_);
        return down_.empty() ? wake : std::min(wake, next_connect_);
    }

    // Nothing is dropped before every answer that has come is read.
    void begin_what_is_due(Steady::time_point now, bool everything_is_read) {
        while (next_due_ <= now && next_due_ < end_) {
            if (free_.empty()) {
                if (!everything_is_read) return;
                if (next_due_ >= begin_) ++result_.dropped;
            } else {
                Link& link = *free_.front();
                free_.pop_front();
                if (next_due_ >= begin_) result_.late_us.record(microseconds_between(next_due_, Steady::now()));
                begin_payment(link, next_due_);
            }
            next_due_ += std::chrono::nanoseconds(static_cast<std::int64_t>(gap_(random_) * 1e9));
        }
    }

    void read_from(Link& link) {
        const auto received = receive(link.fd, link.in);
        if (received == Received::nothing) return;
        if (received == Received::broken) return broke(link);
        Answer answer;
        if (!parse_answer(link.in, answer)) return;
        link.waiting = false;
        --busy_;
        const bool goes_on = answered(link, answer);
        link.in.clear();
        goes_on ? send(link) : release(link);
    }

    // True when the payment has another step, which is then the link's.
    bool answered(Link& link, const Answer& answer) {
        ++result_.statuses[answer.status];
        ++result_.all_requests;
        const auto now = Steady::now();
        if (answer.status != 200) {
            result_.last_refusal_us = microseconds_between(first_, now);
            return false;
        }
        const auto payment = is_read(link.asked.kind) ? std::string_view() : payment_in(answer.body);
        if (options_.acknowledged && !is_read(link.asked.kind) && !link.asked.repeats)
            fmt::print(options_.acknowledged, "{} {} {}\n", to_string(link.asked.kind), payment, link.asked.amount);
        if (counts(link, now))
            result_.by_kind[static_cast<std::size_t>(link.asked.kind)].record(microseconds_between(link.sent, now));
        auto next = workload_.answered(link.asked, payment, answer.body);
        if (!next) ended(link, now);
        if (next) link.asked = *std::move(next);
        return next.has_value();
    }

    static std::string_view payment_in(std::string_view body) {
        const auto at = body.find(kId);
        if (at == std::string_view::npos) throw std::runtime_error("a 200 without a payment_id");
        return body.substr(at + kId.size(), kIdLength);
    }

    bool counts(const Link& link, Steady::time_point now) const {
        const auto when = is_open_loop() ? link.began : now;
        return when >= begin_ && when < end_;
    }

    void ended(const Link& link, Steady::time_point now) {
        const bool is_payment = !is_read(link.asked.kind) && !link.asked.repeats;
        if (is_payment) ++result_.all_payments;
        if (!counts(link, now)) return;
        ++(is_payment ? result_.payments : link.asked.repeats ? result_.repeats : result_.reads);
        const auto took = microseconds_between(link.began, now);
        result_.latency_us.record(took);
        result_.added_us.record(took - std::min(took, link.psp_calls * options_.psp_us));
    }

    // What it asked has no answer; the connection comes back when somebody listens again.
    void broke(Link& link) {
        ::close(link.fd);
        link.fd = -1;
        link.in.clear();
        if (link.waiting) {
            ++result_.statuses[0];
            --busy_;
        } else {
            std::erase(free_, &link);
        }
        link.waiting = false;
        if (down_.empty()) next_connect_ = Steady::now();
        down_.push_back(&link);
    }

    void connect_again(Steady::time_point now) {
        next_connect_ = now + kBetweenConnects;
        std::vector<Link*> up;
        while (!down_.empty()) {
            Link& link = *down_.back();
            link.fd = connect_to(options_.port, epoll_, &link);
            if (link.fd < 0) break;
            down_.pop_back();
            up.push_back(&link);
        }
        for (Link* link : up) release(*link);
    }

    const LoadOptions& options_;
    Workload workload_;
    std::vector<Link> links_;
    std::deque<Link*> free_;   // open loop: those that wait for the next payment
    std::vector<Link*> down_;  // those without a connection
    std::mt19937_64 random_;
    std::exponential_distribution<> gap_{static_cast<double>(std::max<std::uint64_t>(options_.rate, 1))};
    std::vector<epoll_event> events_;
    LoadResult result_;
    Steady::time_point first_, begin_, end_, heard_, next_due_, next_connect_;
    int epoll_ = -1;
    int busy_ = 0;
};

}  // namespace

LoadResult run_load(const LoadOptions& options) {
    return Load(options).run();
}

}  // namespace florin::bench
