// An owner that sleeps beyond its lease with a success in its hands, while its attempt is taken for not executed.
#pragma once

#include "flow/modification_fixture.hpp"
#include "flow/settle.hpp"

namespace florin::flow {

class LateFixture : public ModificationTest {
protected:
    static FlowOptions options() {
        auto quick = quick_options();
        quick.answer_within = Milliseconds{2'000};  // also what a commit may take, on a busy machine too
        return quick;
    }
    Gateway owner{loop, psp, options()};

    void owner_sleeps_on(Command command) {
        psp.hold_next();
        ASSERT_EQ(owner.send(std::move(command))->status, 202);
        end_leases();
        shift_database_clock("24 hours");
        ASSERT_TRUE(worker_settles("k"));
        ASSERT_EQ(stored(gateway, "k").result->outcome, Outcome::not_executed);
        shift_database_clock("0");
    }
    void owner_wakes() {
        psp.release();
        loop.wait_for(owner.operations.drain(Deadline::after(kPatience)));
    }
    bool has_alerted() const { return owner.metrics.render().find("why=\"late_success\"") != std::string::npos; }

    std::vector<store::OperationRow> operations(PaymentId payment) {
        return loop.wait_for(gateway.store.operations_of(payment, Deadline::after(kPatience)));
    }
    // The attempts of what answers late successes.
    std::vector<store::OperationRow> answers(PaymentId payment) {
        auto rows = operations(payment);
        std::erase_if(rows, [](const auto& row) { return !payments::answers_late_success(row.attempt.kind); });
        return rows;
    }
    // "late_charge late_charges -1000": each line of the journals of late successes.
    std::vector<std::string> late_lines(PaymentId payment) {
        std::vector<std::string> lines;
        for (const auto& row : loop.wait_for(gateway.store.ledger_of(payment, Deadline::after(kPatience)))) {
            if (!row.kind.starts_with("late_")) continue;
            const std::string prefix = "test:psp:stripe:main:";
            lines.push_back(row.kind + " " + row.account.substr(prefix.size()) + " " + std::to_string(row.amount));
        }
        return lines;
    }
    std::int64_t standing() {
        return loop.wait_for(gateway.store.count_standing(gateway.accounts.all[0].account, Deadline::after(kPatience)));
    }
    // A notice of attempt n's success, judged on the payment as it is now: what a webhook or a look brings.
    Verdict notice(const std::string& key, std::int16_t number, std::string reference) {
        auto found = stored(gateway, key);
        found.attempt.number = number;
        auto verdict = verdict_of(found.payment, found.attempt, approved(std::move(reference)), false);
        verdict.actor = "system:test";
        return verdict;
    }
    static Task<void> bring(Gateway& process, Verdict verdict) {
        co_await settle(process.services, std::move(verdict), Deadline::after(kPatience));
    }
    void tell(Gateway& process, Verdict verdict) { loop.wait_for(bring(process, std::move(verdict))); }
    bool worker_reaches(const std::function<bool()>& condition) {
        gateway.start_worker();
        const bool reached = eventually(condition);
        gateway.stop_worker();
        return reached;
    }
};

}  // namespace florin::flow
