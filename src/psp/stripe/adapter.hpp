// Stripe as a PSP: sends what encode writes, reads what decode understands, and decides nothing. Every call is one HTTP
// request with one deadline (abandon and look_up send further reads within theirs); nothing is retried.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "base/secret.hpp"
#include "http/client.hpp"
#include "observe/metrics.hpp"
#include "psp/psp.hpp"
#include "psp/stripe/intent.hpp"

namespace florin::psp::stripe {

struct StripeOptions {
    std::string account = "main";  // the account's name in the configuration and in ledger paths
    bool live = false;
    http::Origin origin;
    Secret key;
    Milliseconds read_lag{10'000};
    std::size_t connections = 256;
    std::string ca_file{};  // empty: the system's certificates
};

// Refuses what could send money the wrong way: a key of the other mode, a live key or a foreign host without TLS.
Checked<void> check_options(const StripeOptions& options);

// `metrics` may be null and otherwise outlives the adapter.
Checked<std::unique_ptr<Psp>> make_stripe(boost::asio::any_io_executor executor, StripeOptions options,
                                          observe::Metrics* metrics);

class StripePsp final : public Psp {
public:
    StripePsp(boost::asio::any_io_executor executor, StripeOptions options, observe::Metrics* metrics);

    const Rules& rules() const override { return rules_; }
    const std::string& account() const override { return options_.account; }

    Task<Answer> sale(SaleCall call, Deadline deadline) override;
    Task<Answer> read(std::string reference, SaleCall call, Deadline deadline) override;
    Task<Sweep> look_up(WallTime from, WallTime to, std::vector<SaleCall> calls, Deadline deadline) override;
    Task<Answer> abandon(std::string reference, SaleCall call, Deadline deadline) override;

private:
    using Wire = std::expected<http::ClientAnswer, http::ClientFailure>;

    http::ClientRequest get(std::string target) const;
    http::ClientRequest post(std::string target, std::string body, std::string idempotency_key) const;
    Expectation expectation(const SaleCall& call, std::string_view reference = {}) const;
    // Counts the call and logs what somebody should see.
    Answer record(std::string_view name, const SaleCall& call, std::chrono::steady_clock::time_point began,
                  Answer answer);
    void report(const Sweep& sweep, std::size_t wanted, std::chrono::steady_clock::time_point began);

    StripeOptions options_;
    Rules rules_;
    observe::Metrics* metrics_;
    http::Client client_;
};

}  // namespace florin::psp::stripe
