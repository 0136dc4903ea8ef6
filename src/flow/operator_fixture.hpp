// A person who settles open operations by hand.
#pragma once

#include "flow/flow_fixture.hpp"
#include "flow/resolve_by_operator.hpp"

namespace florin::flow {

class OperatorFixture : public FlowTest {
protected:
    Gateway gateway{loop, psp, quick_options()};
    store::Administration administration{loop.io.get_executor(), Database::shared().application(), Secret()};
    const store::Author person{.actor = "cli:ada"};

    OperationId left_open(const std::string& key) {
        psp.answers = {unclear()};
        EXPECT_EQ(gateway.send(command(key))->status, 202);
        end_leases();
        return stored(gateway, key).attempt.operation;
    }
    Checked<Resolution> resolve(OperationId operation, OperatorWord word, store::Author author) {
        return loop.wait_for(resolve_by_operator(gateway.services, administration, operation, std::move(word),
                                                 std::move(author), Deadline::after(kPatience)));
    }
    Checked<Resolution> resolve(OperationId operation, OperatorWord word) {
        return resolve(operation, std::move(word), person);
    }
    std::string named() const { return "pi_by_hand_" + to_string(merchant.id.uuid()); }
    OperatorWord word(payments::Outcome outcome, bool force = false) const {
        OperatorWord word{.outcome = outcome, .evidence = "mail of the PSP, case 123", .force = force};
        if (outcome == payments::Outcome::approved) word.reference = named();
        return word;
    }
    void psp_shows_nothing() { psp.sweeps = {psp::Sweep{.complete = false, .found = {}, .evidence = "timeout"}}; }
    std::vector<store::OperationRow> operations() {
        return loop.wait_for(gateway.store.operations_of(stored(gateway, "k").payment.id, Deadline::after(kPatience)));
    }
    std::vector<store::AdminAuditRow> audit() {
        return loop.wait_for(administration.list_changes({.merchant = merchant.id}, {}, Deadline::after(kPatience)))
            .rows;
    }
};

}  // namespace florin::flow
