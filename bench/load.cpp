#include "bench/load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <string_view>

#include "fmt/core.h"

namespace florin::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr time_t kPatienceSeconds = 60;
constexpr std::size_t kIdLength = 40;  // "pay_" and a UUID

struct Link {
    int fd = -1;
    std::string in;
    Steady::time_point began;
    std::uint64_t number = 0;  // of the payment
    std::int64_t amount = 0;
    std::string payment_id{};  // once it is created: the next request is its second step
    bool waiting = false;
};

std::uint64_t microseconds_between(Steady::time_point begin, Steady::time_point end) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(end - begin).count());
}

// The operation that the request asks for.
std::string_view operation_of(Workload workload, bool is_second) {
    if (is_second) return workload == Workload::refund ? "refund" : "capture";
    return workload == Workload::authorize_capture ? "authorize" : "sale";
}

std::string path_of(const Link& link, std::string_view operation) {
    constexpr std::string_view kPayments = "/api/v1/payments";
    return link.payment_id.empty() ? std::string(kPayments)
                                   : fmt::format("{}/{}/{}", kPayments, link.payment_id, operation);
}

std::string body_of(const Link& link, std::string_view operation, std::string_view currency) {
    if (!link.payment_id.empty()) return fmt::format(R"({{"amount":{}}})", link.amount);
    return fmt::format(R"({{"amount":{},"currency":"{}","payment_method":"pm_card_visa","capture":{},)"
                       R"("description":"Order #{}","metadata":{{"order_id":"ORD-{}"}}}})",
                       link.amount, currency, operation == "sale", link.number, link.number);
}

// The whole answer's status and body when `in` holds one; empty while it is incomplete.
struct Parsed {
    int status = 0;
    std::string_view body;
};
bool parse_answer(const std::string& in, Parsed& parsed) {
    const auto head = in.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const std::string_view headers(in.data(), head + 2);
    std::from_chars(in.data() + 9, in.data() + 12, parsed.status);
    auto at = headers.find("Content-Length: ");
    if (at == std::string_view::npos) at = headers.find("content-length: ");
    std::size_t length = 0;
    if (at != std::string_view::npos)
        std::from_chars(headers.data() + at + 16, headers.data() + headers.size(), length);
    if (in.size() < head + 4 + length) return false;
    parsed.body = std::string_view(in).substr(head + 4, length);
    return true;
}

class Load {
public:
    explicit Load(const LoadOptions& options)
        : options_(options), links_(static_cast<std::size_t>(options.connections)) {}

    LoadResult run() {
        epoll_ = epoll_create1(0);
        first_ = Steady::now();
        begin_ = first_ + std::chrono::seconds(options_.warmup_seconds);
        end_ = begin_ + std::chrono::seconds(options_.seconds);
        for (auto& link : links_) {
            open(link);
            begin_payment(link);
        }
        while (goes_on()) turn();
        result_.measured_us = static_cast<std::uint64_t>(options_.seconds) * 1'000'000;
        for (auto& link : links_) close(link.fd);
        close(epoll_);
        return std::move(result_);
    }

private:
    void open(Link& link) {
        link.fd = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(options_.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(link.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error(fmt::format("nobody listens on 127.0.0.1:{}", options_.port));
        const int one = 1;
        setsockopt(link.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        fcntl(link.fd, F_SETFL, fcntl(link.fd, F_GETFL) | O_NONBLOCK);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &link;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, link.fd, &event);
    }

    void begin_payment(Link& link) {
        if (options_.rate > 0) return free_.push_back(&link);
        begin_payment(link, Steady::now());
    }

    void begin_payment(Link& link, Steady::time_point due) {
        if (due >= end_) return;
        link.number = begun_++;
        link.amount = 1000 + static_cast<std::int64_t>(link.number % 9000);
        link.payment_id.clear();
        link.began = due;
        send_step(link);
    }

    // The time of the next payment that has not begun: payments late for want of a free connection keep theirs.
    Steady::time_point next_due() const {
        return first_ + std::chrono::nanoseconds(begun_ * 1'000'000'000 / options_.rate);
    }

    void begin_what_is_due() {
        const auto now = Steady::now();
        while (options_.rate > 0 && !free_.empty() && next_due() <= now && next_due() < end_) {
            Link& link = *free_.front();
            free_.pop_front();
            begin_payment(link, next_due());
        }
    }

    bool goes_on() const { return busy_ > 0 || (options_.rate > 0 && next_due() < end_); }

    timespec patience() const {
        const bool waits = options_.rate > 0 && !free_.empty() && next_due() < end_;
        if (!waits) return {.tv_sec = kPatienceSeconds, .tv_nsec = 0};
        const auto left = std::max(next_due() - Steady::now(), Steady::duration::zero());
        return {.tv_sec = left / std::chrono::seconds(1),
                .tv_nsec = std::chrono::nanoseconds(left % std::chrono::seconds(1)).count()};
    }

    void send_step(Link& link) {
        const auto operation = operation_of(options_.workload, !link.payment_id.empty());
        const auto body = body_of(link, operation, options_.currency);
        const auto text = fmt::format(
            "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {}-{}-{}\r\n"
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
            path_of(link, operation), options_.keys[link.number % options_.keys.size()], options_.run, link.number,
            operation, body.size(), body);
        link.waiting = true;
        ++busy_;
        if (write(link.fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) broke(link);
    }

    void turn() {
        std::array<epoll_event, 256> events{};
        begin_what_is_due();
        const auto at_most = patience();
        const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &at_most, nullptr);
        if (count == 0 && at_most.tv_sec == kPatienceSeconds) throw std::runtime_error("no answer for 60 s");
        for (int i = 0; i < count; ++i) read_from(*static_cast<Link*>(events[static_cast<std::size_t>(i)].data.ptr));
    }

    void read_from(Link& link) {
        std::array<char, 16 * 1024> buffer;
        const auto size = recv(link.fd, buffer.data(), buffer.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size <= 0) return broke(link);
        link.in.append(buffer.data(), static_cast<std::size_t>(size));
        Parsed parsed;
        if (!parse_answer(link.in, parsed)) return;
        const bool goes_on = answered(link, parsed);
        link.in.clear();
        link.waiting = false;
        --busy_;
        goes_on ? send_step(link) : begin_payment(link);
    }

    // True when the payment has another step.
    bool answered(Link& link, const Parsed& parsed) {
        ++result_.statuses[parsed.status];
        if (parsed.status != 200) {
            result_.last_refusal_us = microseconds_between(first_, Steady::now());
            return false;
        }
        static constexpr std::string_view kId = "\"payment_id\":\"";
        const auto at = parsed.body.find(kId);
        if (at == std::string_view::npos) throw std::runtime_error("a 200 without a payment_id");
        const bool is_second = !link.payment_id.empty();
        const auto id = parsed.body.substr(at + kId.size(), kIdLength);
        if (options_.acknowledged)
            fmt::print(options_.acknowledged, "{} {} {}\n", operation_of(options_.workload, is_second), id,
                       link.amount);
        if (options_.workload == Workload::sale || is_second) {
            ended(link);
            return false;
        }
        link.payment_id = id;
        return true;
    }

    void ended(const Link& link) {
        ++result_.acknowledged;
        const auto now = Steady::now();
        if (now < begin_ || now >= end_) return;
        ++result_.counted;
        result_.latency_us.record(microseconds_between(link.began, now));
    }

    void broke(Link& link) {
        ++result_.statuses[0];
        close(link.fd);
        link.in.clear();
        if (link.waiting) --busy_;
        link.waiting = false;
        open(link);
        begin_payment(link);
    }

    const LoadOptions& options_;
    std::vector<Link> links_;
    std::deque<Link*> free_;  // with a rate: those that wait for the next payment
    LoadResult result_;
    Steady::time_point first_, begin_, end_;
    std::uint64_t begun_ = 0;
    int epoll_ = -1;
    int busy_ = 0;
};

}  // namespace

LoadResult run_load(const LoadOptions& options) {
    return Load(options).run();
}

}  // namespace florin::bench
