// One operation at work in this process: a task concludes it, any number of HTTP sessions wait for it.
#pragma once

#include <exception>
#include <optional>
#include <variant>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "flow/answer.hpp"
#include "flow/signal.hpp"

namespace florin::flow {

// The task has nothing final to say: the payment stands as it was last seen, and the resolver goes on.
struct Provisional {};
using Conclusion = std::variant<Answer, Refusal, Provisional>;

struct Ongoing {
    Ongoing(boost::asio::any_io_executor executor, const Digest& request_fingerprint, Deadline first_answer_by)
        : fingerprint(request_fingerprint), answer_by(first_answer_by), known(executor), ended(executor) {}

    struct Known {
        payments::Payment payment;
        payments::Attempt attempt;
    };

    const Digest fingerprint;
    const Deadline answer_by;  // of the session that began it: past it, it has been told how things stand
    // Set once the intent is known to be committed with this fingerprint: only then may the payment's id be told (rule
    // 17) and other requests be compared with it.
    std::optional<Known> operation;
    // What a session is told that cannot wait longer while nothing is claimed; empty while a claim is in flight.
    std::optional<Refusal> meanwhile;
    // Exactly one of the two is set at the end.
    std::optional<Conclusion> conclusion;
    std::exception_ptr failure;
    Signal known;  // the operation, or that there is none
    Signal ended;

    bool is_done() const { return conclusion.has_value() || failure != nullptr; }

    void know(payments::Payment payment_as_it_stands, payments::Attempt attempt) {
        operation.emplace(std::move(payment_as_it_stands), std::move(attempt));
        meanwhile.reset();
        known.notify();
    }
    void end() {
        known.notify();
        ended.notify();
    }
};

}  // namespace florin::flow
