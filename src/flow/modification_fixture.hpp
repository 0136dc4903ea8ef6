// Tests of captures, voids and refunds: a gateway, payments to modify, and a look at what became of them.
#pragma once

#include <algorithm>

#include "flow/flow_fixture.hpp"

namespace florin::flow {

using payments::OperationKind;
using payments::Outcome;
using payments::Status;

class ModificationTest : public FlowTest {
protected:
    Gateway gateway{loop, psp, quick_options()};

    PaymentId authorized(std::int64_t amount = 100, bool multiple_captures = false) {
        const auto key = next_key();
        const auto answer = gateway.send(hold(key, amount, multiple_captures));
        if (!answer || answer->status != 200) throw std::runtime_error("not authorized");
        return stored(gateway, key).payment.id;
    }
    PaymentId sold(std::int64_t amount = 100) {
        const auto key = next_key();
        const auto answer = gateway.send(command(key, amount));
        if (!answer || answer->status != 200) throw std::runtime_error("not sold");
        return stored(gateway, key).payment.id;
    }
    // What an operation of that kind needs to begin with.
    PaymentId payment_for(OperationKind kind) { return kind == OperationKind::refund ? sold() : authorized(); }

    Command ask(OperationKind kind, std::string key, PaymentId payment, std::optional<std::int64_t> amount = {}) {
        return modify(gateway, std::move(key), payment, {.kind = kind, .amount = amount});
    }
    Command capture(std::string key, PaymentId payment, std::optional<std::int64_t> amount = {},
                    std::optional<bool> final = {}) {
        return modify(gateway, std::move(key), payment,
                      {.kind = OperationKind::capture, .amount = amount, .final = final});
    }
    Command release(std::string key, PaymentId payment) { return ask(OperationKind::void_, std::move(key), payment); }
    Command refund(std::string key, PaymentId payment, std::optional<std::int64_t> amount = {}) {
        return ask(OperationKind::refund, std::move(key), payment, amount);
    }

    payments::Amounts amounts(PaymentId payment) { return read(gateway, payment).amounts; }
    std::string next_key() { return "key-" + std::to_string(++keys_); }
    bool eventually(const std::function<bool()>& holds) {
        const auto limit = Deadline::after(kPatience);
        while (!holds()) {
            if (limit.passed()) return false;
            loop.wait_for(pause(loop.io.get_executor(), Milliseconds{20}));
        }
        return true;
    }
    bool worker_settles(const std::string& key) {
        gateway.start_worker();
        const bool settled = eventually_settled(gateway, key);
        gateway.stop_worker();
        return settled;
    }
    std::string metrics() const { return gateway.metrics.render(); }

private:
    int keys_ = 0;
};

}  // namespace florin::flow
