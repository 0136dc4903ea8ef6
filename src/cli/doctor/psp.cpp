#include <fmt/format.h>

#include "cli/doctor/finding.hpp"
#include "psp/stripe/probe.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(5'000);
constexpr Milliseconds kWholeSecond{1'000};  // the header has no finer time

}  // namespace

Task<Findings> look_at_psp(boost::asio::any_io_executor executor, std::string mode, config::StripeAccount account) {
    const auto name = fmt::format("psp stripe.{}", mode);
    auto origin = http::parse_origin(account.base_url);
    if (!origin) co_return Findings{{name, Health::wrong, origin.error().detail}};
    const SystemClock clock;
    const auto asked = clock.now();
    const auto probe =
        co_await psp::stripe::probe(executor, std::move(*origin), account.secret_key, Deadline::after(kPatience));
    const auto answered = clock.now();
    Findings findings;
    if (probe.problem.empty()) {
        findings.push_back({name, Health::ok, fmt::format("{} answers and takes our key", account.base_url)});
    } else {
        findings.push_back({name, Health::wrong, fmt::format("{} {}", account.base_url, probe.problem)});
    }
    if (probe.date) {
        const auto took = std::chrono::ceil<Milliseconds>(answered - asked);
        findings.push_back(judge_clock("clock of " + name, answered, *probe.date, took + kWholeSecond));
    }
    co_return findings;
}

}  // namespace florin::cli
