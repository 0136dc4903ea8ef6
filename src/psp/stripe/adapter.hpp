// Stripe as a PSP: sends what encode writes, reads what decode understands, and decides nothing. Every call is one HTTP
// request with one deadline (what reads objects besides sends further reads within it); nothing is retried.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "base/secret.hpp"
#include "http/client.hpp"
#include "observe/metrics.hpp"
#include "psp/psp.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/event.hpp"
#include "psp/stripe/intent.hpp"

namespace florin::psp::stripe {

struct StripeOptions {
    std::string account = "main";  // the account's name in the configuration and in ledger paths
    bool live = false;
    http::Origin origin;
    Secret key;
    Milliseconds read_lag{10'000};
    bool stores_errors = true;  // false: a stand-in that forgets errors (rule 15), never in live mode
    std::size_t connections = 256;
    std::string ca_file{};  // empty: the system's certificates
    // When a refund that succeeded is looked at again, counted from its success and growing; empty: never.
    std::vector<Milliseconds> refund_looks{std::chrono::hours(1),       std::chrono::hours(24),
                                           std::chrono::hours(3 * 24),  std::chrono::hours(7 * 24),
                                           std::chrono::hours(14 * 24), std::chrono::hours(30 * 24)};
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

    Task<Answer> execute(Call call, Deadline deadline) override;
    Task<Answer> read(std::string reference, Call call, Deadline deadline) override;
    Task<Sweep> look_up(LookUp wanted, Deadline deadline) override;
    Task<Answer> abandon(std::string reference, Call call, Deadline deadline) override;
    Checked<Event> read_event(std::string_view body) const override { return stripe::read_event(body); }
    Task<std::expected<ListedPage, std::string>> list(ListQuery query, Deadline deadline) override;

private:
    using Wire = std::expected<http::ClientAnswer, http::ClientFailure>;
    using Wanted = std::map<std::string, Call>;  // by idempotency key

    // One capability per file, each with its call and, where the payment's state refuses it, what its object says.
    Task<Answer> create(Call call, Deadline deadline);   // create.cpp: sale, authorize
    Task<Answer> capture(Call call, Deadline deadline);  // capture.cpp
    Task<Answer> cancel(Call call, Deadline deadline);   // cancel.cpp: void, expire
    Task<Answer> refund(Call call, Deadline deadline);   // refund.cpp
    Task<Answer> post_call(std::string target, Body body, Call call, Deadline deadline);
    // read.cpp. The object that `reference` names, compared with the call.
    Task<Answer> read_object(std::string reference, Call call, Deadline deadline);
    // Rule 21: the refusal, or what the payment's object knows better.
    Task<Answer> read_back(Answer refusal, Call call, Deadline deadline);
    Task<bool> is_exhausted(Call call, Deadline deadline);
    // look_up.cpp. `list` is the target of the first page, `begun` what was read of it before.
    Task<Sweep> sweep_list(std::string list, bool refunds, Wanted wanted, Sweep begun, Deadline deadline);
    Task<Sweep> sweep_intent(std::string reference, Wanted wanted, Deadline deadline);

    // The one way out: what was heard is told to the listener.
    Task<Wire> send(http::ClientRequest request, Deadline deadline);
    http::ClientRequest get(std::string target) const;
    http::ClientRequest post(std::string target, std::string body, std::string idempotency_key) const;
    Expectation expectation(const Call& call, std::string_view reference = {}) const;
    // Counts the call and logs what somebody should see.
    Answer record(std::string_view name, const Call& call, std::chrono::steady_clock::time_point began, Answer answer);
    void report(const Sweep& sweep, std::size_t wanted, std::chrono::steady_clock::time_point began);

    StripeOptions options_;
    Rules rules_;
    observe::Metrics* metrics_;
    http::Client client_;
};

// An answer without any call.
Answer not_sent(Answer::Kind kind, std::string evidence);

// True for what content or state refuse, listed or not: it speaks of its own call only, and is reason to read the
// object (rule 21).
bool is_worth_reading_back(const Answer& refusal);
// The refusal, replaced by what the object shows where it shows anything.
Answer confirmed_by(Answer refusal, Answer seen);

}  // namespace florin::psp::stripe
