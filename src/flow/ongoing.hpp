// One create at work in this process: a task concludes it, any number of HTTP sessions wait for it.
#pragma once

#include <exception>
#include <optional>
#include <variant>

#include "flow/create_payment.hpp"
#include "flow/signal.hpp"

namespace florin::flow {

// The task has nothing final to say: the payment stands as it was last seen, and the resolver goes on.
struct Provisional {};
using Conclusion = std::variant<Answer, Refusal, Provisional>;

struct Ongoing {
    Ongoing(boost::asio::any_io_executor executor, const Digest& request_fingerprint)
        : fingerprint(request_fingerprint), known(executor), ended(executor) {}

    const Digest fingerprint;
    // Both set once the intent is known to be committed with this fingerprint: only then may the payment's id be told
    // (rule 17) and other requests be compared with it.
    std::optional<payments::Payment> payment;
    OperationId operation;
    // Exactly one of the two is set at the end.
    std::optional<Conclusion> conclusion;
    std::exception_ptr failure;
    Signal known;  // the payment, or that there is none
    Signal ended;

    bool is_done() const { return conclusion.has_value() || failure != nullptr; }

    void know(payments::Payment as_it_stands, OperationId its_operation) {
        payment = std::move(as_it_stands);
        operation = its_operation;
        known.notify();
    }
    void end() {
        known.notify();
        ended.notify();
    }
};

}  // namespace florin::flow
