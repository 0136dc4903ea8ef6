// Tests of the flow: a merchant of its own for each, and commands in its name.
#pragma once

#include <gtest/gtest.h>

#include "flow/gateway_fixture.hpp"
#include "store/administration.hpp"

namespace florin::flow {

class FlowTest : public testing::Test {
protected:
    FlowTest() {
        shift_database_clock("0");
        // What other tests have left to the worker.
        for (const char* table : {"open_operations", "held_authorizations", "watched_operations", "open_psp_events",
                                  "standing_late_charges", "watched_attempts"}) {
            Database::shared().run(std::string("delete from ") + table);
        }
        merchant = new_merchant("Test", {.basis_points = 100, .fixed = 10});
    }
    ~FlowTest() override { shift_database_clock("0"); }

    store::Merchant new_merchant(std::string name, ledger::FeeRule fee = {}) {
        store::Merchant wanted{.id = {}, .name = std::move(name), .default_fee = fee, .fees = {}};
        store::Author author{.actor = "cli:tests"};
        return loop
            .wait_for(administration_.create_merchant(std::move(wanted), std::move(author), Deadline::after(kPatience)))
            ->row.merchant;
    }
    payments::CreateRequest some_request(std::int64_t amount) const {
        payments::CreateRequest request;
        request.amount = Money{amount, kEur};
        request.payment_method = "pm_card_visa";
        return request;
    }
    Command command_of(std::string key, payments::CreateRequest request) const {
        const auto fingerprint = payments::fingerprint("/api/v1/payments", request);
        return under(std::move(key), std::move(request), fingerprint);
    }
    // A sale.
    Command command(std::string key, std::int64_t amount = 1000) const {
        return command_of(std::move(key), some_request(amount));
    }
    Command hold(std::string key, std::int64_t amount = 1000, bool multiple_captures = false) const {
        auto request = some_request(amount);
        request.capture = false;
        request.multiple_captures = multiple_captures;
        return command_of(std::move(key), std::move(request));
    }
    Command modify(Gateway& gateway, std::string key, PaymentId payment, payments::ModificationRequest request) {
        const auto path = "/api/v1/payments/" + to_string(payment) + "/" + std::string(to_string(request.kind));
        const auto fingerprint = payments::fingerprint(path, request);
        return under(std::move(key), Modification{.payment = read(gateway, payment), .request = std::move(request)},
                     fingerprint);
    }
    payments::Payment read(Gateway& gateway, PaymentId payment) {
        auto found = loop.wait_for(gateway.store.find_payment(merchant.id, false, payment, Deadline::after(kPatience)));
        if (!found) throw std::runtime_error("no such payment");
        return *found;
    }

    // What every process of the gateway takes for the time.
    static void shift_database_clock(const std::string& interval) {
        Database::shared().run(
            "create or replace function florin_now() returns timestamptz language sql volatile "
            "parallel safe as $$select clock_timestamp() + interval '" +
            interval + "'$$");
    }
    // As if the owner's lease had run out and the resolver's next look were due.
    void end_leases() const {
        Database::shared().run(
            "update open_operations o set lease_until = florin_now() - interval '1 s', "
            "next_try = florin_now() - interval '1 s' from payments p "
            "where p.id = o.payment_id and p.merchant_id = '" +
            to_string(merchant.id.uuid()) + "'");
    }
    store::StoredOperation stored(Gateway& gateway, const std::string& key) {
        auto found = loop.wait_for(gateway.store.find_by_key(merchant.id, false, key, Deadline::after(kPatience)));
        if (!found) throw std::runtime_error("nothing is stored under " + key);
        return *found;
    }
    bool eventually_settled(Gateway& gateway, const std::string& key) {
        const auto limit = Deadline::after(kPatience);
        while (!limit.passed()) {
            if (stored(gateway, key).result) return true;
            loop.wait_for(pause(loop.io.get_executor(), Milliseconds{20}));
        }
        return false;
    }

    // The payment's entries of a journal, summed; every currency of a test is the same.
    std::int64_t debits(Gateway& gateway, PaymentId payment, std::string_view kind) {
        std::int64_t sum = 0;
        for (const auto& row : loop.wait_for(gateway.store.ledger_of(payment, Deadline::after(kPatience)))) {
            if (row.kind == kind && row.amount > 0) sum += row.amount;
        }
        return sum;
    }

    Loop loop;
    ScriptedPsp psp{loop.io.get_executor()};
    store::Merchant merchant;

private:
    template <class Request>
    Command under(std::string key, Request request, Digest fingerprint) const {
        const store::Credential credential{
            .key = KeyId{}, .live = false, .merchant = std::make_shared<const store::Merchant>(merchant)};
        return {.credential = credential,
                .key = std::move(key),
                .request_id = RequestId::make(SystemClock().now(), bucket_of(merchant.id.uuid()), false),
                .request = std::move(request),
                .fingerprint = fingerprint};
    }

    store::Administration administration_{loop.io.get_executor(), Database::shared().application(), Secret()};
};

}  // namespace florin::flow
