#include "api/delay_meter.hpp"

#include <boost/asio/steady_timer.hpp>

#include "observe/log.hpp"

namespace florin::api {
namespace {

constexpr std::chrono::milliseconds kTick{20};
constexpr std::chrono::seconds kReport{1};

std::int64_t milliseconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

struct DelayMeter::State : std::enable_shared_from_this<State> {
    State(boost::asio::any_io_executor executor, std::function<std::chrono::nanoseconds()> queue, Admission& decides)
        : timer(std::move(executor)), wait_in_queue(std::move(queue)), admission(decides) {}

    void wait() {
        timer.expires_after(kTick);
        timer.async_wait([self = weak_from_this()](const boost::system::error_code& stopped) {
            if (const auto state = self.lock(); state && !stopped) state->tick();
        });
    }
    void tick() {
        const auto now = Admission::Moment::clock::now();
        admission.observe(std::max<std::chrono::nanoseconds>(now - timer.expiry(), wait_in_queue()), now);
        if (now >= report_at) report(now);
        wait();
    }
    // Refused requests have no log line of their own: under overload those would be more work than the requests.
    void report(Admission::Moment now) {
        report_at = now + kReport;
        const auto refused = admission.take_refused();
        if (refused == Admission::Counts{}) return;
        observe::log(observe::Level::warning, "http.overloaded",
                     {{"delay_ms", milliseconds(admission.standing_delay())},
                      {"reads_refused", refused[0]},
                      {"payments_refused", refused[1]},
                      {"modifications_refused", refused[2]}});
    }

    boost::asio::steady_timer timer;
    std::function<std::chrono::nanoseconds()> wait_in_queue;
    Admission& admission;
    Admission::Moment report_at{};
};

DelayMeter::DelayMeter(boost::asio::any_io_executor executor, std::function<std::chrono::nanoseconds()> wait_in_queue,
                       Admission& admission)
    : state_(std::make_shared<State>(std::move(executor), std::move(wait_in_queue), admission)) {
    state_->wait();
}

DelayMeter::~DelayMeter() {
    state_->timer.cancel();
}

}  // namespace florin::api
