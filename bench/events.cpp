#include "bench/events.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "bench/event_documents.hpp"
#include "bench/histogram.hpp"
#include "bench/link.hpp"
#include "fmt/core.h"

namespace florin::bench {
namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::size_t kRemembered = 1'000;  // from which duplicates are chosen

struct Options {
    std::uint16_t port = 0;
    std::string secret{};
    std::vector<Paid> paid{};
    std::string run{};  // in every event's id
    std::uint64_t rate = 2'000;
    std::uint64_t seconds = 20;
    std::uint64_t duplicates_permille = 50;
    std::size_t connections = 64;
};

std::int64_t unix_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

struct Link {
    int fd = -1;
    std::string in{};
    Steady::time_point due{};
};

// Sends what is due, whether or not earlier ones have been answered: each event's time counts from when it was due.
class Sender {
public:
    explicit Sender(const Options& options) : options_(options), links_(options.connections) {}

    void run() {
        epoll_ = epoll_create1(0);
        for (Link& link : links_) {
            open(link);
            free_.push_back(&link);
        }
        first_ = Steady::now();
        while (begun_ < total() || free_.size() < links_.size()) turn();
        for (const Link& link : links_) ::close(link.fd);
        ::close(epoll_);
    }

    void print() const {
        std::string statuses;
        for (const auto& [status, count] : statuses_) {
            statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, count);
        }
        fmt::print(R"({{"run":"{}","sent":{},"events":{},"p50_us":{},"p99_us":{},"p999_us":{},"statuses":{{{}}}}})"
                   "\n",
                   options_.run, begun_, next_, latency_us_.percentile(500'000), latency_us_.percentile(990'000),
                   latency_us_.percentile(999'000), statuses);
    }

private:
    std::uint64_t total() const { return options_.rate * options_.seconds; }
    Steady::time_point due_at(std::uint64_t number) const {
        return first_ + std::chrono::nanoseconds(number * 1'000'000'000 / options_.rate);
    }

    void open(Link& link) const {
        link.fd = connect_to(options_.port, epoll_, &link);
        if (link.fd < 0) throw std::runtime_error(fmt::format("nobody listens on 127.0.0.1:{}", options_.port));
    }

    // Every so often an older one again, as Stripe does after a lost answer.
    std::string next_document() {
        const bool repeats = next_ > 0 && begun_ * 7'919 % 1'000 < options_.duplicates_permille;
        const auto number =
            repeats ? next_ - 1 - (begun_ * 7'919) % std::min<std::uint64_t>(next_, kRemembered) : next_++;
        const auto& paid = options_.paid[number % options_.paid.size()];
        return event_document(fmt::format("evt_{}_{}", options_.run, number), number, paid, created_);
    }

    void send(Link& link) {
        const auto now =
            std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                .count();
        const auto body = next_document();
        const auto signature = to_hex(hmac_sha256(options_.secret, fmt::format("{}.{}", now, body)));
        const auto text = fmt::format(
            "POST /psp/stripe/webhooks HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Stripe/1.0 (+https://stripe.com/"
            "docs/webhooks)\r\nContent-Type: application/json; charset=utf-8\r\nStripe-Signature: t={},v1={}\r\n"
            "Content-Length: {}\r\n\r\n{}",
            now, signature, body.size(), body);
        link.due = due_at(begun_++);
        if (!send_all(link.fd, text)) broke(link);
    }

    void turn() {
        while (begun_ < total() && !free_.empty() && due_at(begun_) <= Steady::now()) {
            Link& link = *free_.front();
            free_.pop_front();
            send(link);
        }
        const bool waits = begun_ < total() && !free_.empty();
        const auto at_most = until(waits ? due_at(begun_) : Steady::now() + kPatience);
        std::array<epoll_event, 256> events{};
        const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &at_most, nullptr);
        if (count == 0 && !waits) throw std::runtime_error("no answer for 30 s");
        for (int i = 0; i < count; ++i) read_from(*static_cast<Link*>(events[static_cast<std::size_t>(i)].data.ptr));
    }

    void read_from(Link& link) {
        const auto received = receive(link.fd, link.in);
        if (received == Received::broken) return broke(link);
        Answer answer;
        if (received == Received::nothing || !parse_answer(link.in, answer)) return;
        ++statuses_[answer.status];
        latency_us_.record(microseconds_between(link.due, Steady::now()));
        link.in.clear();
        free_.push_back(&link);
    }

    void broke(Link& link) {
        ++statuses_[0];
        ::close(link.fd);
        link.in.clear();
        open(link);
        free_.push_back(&link);
    }

    const Options& options_;
    std::vector<Link> links_;
    std::deque<Link*> free_;
    Histogram latency_us_;
    std::map<int, std::uint64_t> statuses_;  // 0: the connection broke
    Steady::time_point first_;
    const std::int64_t created_ = unix_seconds();  // a repeat has the same bytes
    std::uint64_t begun_ = 0;                      // deliveries, duplicates included
    std::uint64_t next_ = 0;                       // events
    int epoll_ = -1;
};

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

}  // namespace

int run_events(int argc, char** argv) {
    Options options;
    std::string secret_file, paid_file;
    CLI::App app(
        "Signed webhooks of Stripe's, begun at a given rate.\n\nExample:\n"
        "  florin-bench events --port 8080 --secret secret.txt --about paid.txt --rate 2000 --seconds 20",
        "florin-bench events");
    app.add_option("--port", options.port, "the gateway's port on 127.0.0.1")->required();
    app.add_option("--secret", secret_file, "file whose first line is the endpoint's signing secret")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--about", paid_file, "file of payments: PaymentIntent, payment, operation and amount in each line")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--rate", options.rate, "deliveries begun per second")->check(CLI::Range(1, 1'000'000));
    app.add_option("--seconds", options.seconds)->check(CLI::Range(1, 36'000));
    app.add_option("--duplicates", options.duplicates_permille, "of a thousand deliveries so many are repeats")
        ->check(CLI::Range(0, 999));
    app.add_option("--connections", options.connections)->check(CLI::Range(1, 10'000));
    CLI11_PARSE(app, argc, argv);
    try {
        options.run = random_token(12);
        options.secret = first_line(secret_file);
        options.paid = read_paid(paid_file);
        Sender sender(options);
        sender.run();
        sender.print();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "florin-bench events: " << error.what() << '\n';
        return 1;
    }
}

}  // namespace florin::bench
