#include <fmt/format.h>

#include "cli/doctor/finding.hpp"
#include "psp/stripe/probe.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(5'000);
constexpr Milliseconds kWholeSecond{1'000};  // the header has no finer time

// Without its secret every webhook is refused; refused ones are Stripe's e-mails to the account's owner, days later.
Finding judge_events(const std::string& name, const config::StripeAccount& account) {
    const auto secrets = account.webhook_secrets.size();
    if (secrets == 0) {
        return {"events of " + name, Health::warning,
                "no webhook secret is set: events are refused, and what is open is settled by asking alone; enter "
                "<this gateway's address>/psp/stripe/webhooks in Stripe's dashboard and set its signing secret"};
    }
    if (secrets == 1) return {"events of " + name, Health::ok, "one webhook secret is set"};
    return {
        "events of " + name, Health::ok,
        fmt::format("{} webhook secrets are set: take the old one out once Stripe signs with the new one", secrets)};
}

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
    Findings findings{judge_events(name, account)};
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
