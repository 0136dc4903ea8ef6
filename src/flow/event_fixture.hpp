// Tests of events: what a PSP would tell of a payment, as the bytes that it sends, and a worker that works them off.
#pragma once

#include "flow/modification_fixture.hpp"
#include "flow/psp_events.hpp"

namespace florin::flow {

// How it stands with an object, as members of it.
inline const std::string kSucceeded = R"("status":"succeeded")";
inline const std::string kTaken = R"("status":"succeeded","captured":true)";
inline const std::string kFailed = R"("status":"requires_payment_method","last_payment_error":{})";

inline std::string captured_charge(int refunded) {
    return R"("status":"succeeded","captured":true,"amount_refunded":)" + std::to_string(refunded);
}

class EventTest : public ModificationTest {
protected:
    EventTest() { psp.looks_into_payments = true; }

    // A sale whose call got no clear answer; nobody is at it and the resolver would look much later.
    PaymentId unknown_sale(const std::string& key = "k") {
        psp.answers = {unclear()};
        EXPECT_EQ(gateway.send(command(key, 1000))->status, 202);
        Database::shared().run("update open_operations set next_try = florin_now() + interval '1 h'");
        return stored(gateway, key).payment.id;
    }
    PaymentId unknown(OperationKind kind) {
        const auto payment = payment_for(kind);
        psp.answers = {unclear()};
        EXPECT_EQ(gateway.send(ask(kind, "unknown", payment))->status, 202);
        Database::shared().run("update open_operations set next_try = florin_now() + interval '1 h'");
        return payment;
    }

    // The name that the scripted PSP gives the object of an attempt.
    static std::string object_name(const char* prefix, const payments::Attempt& attempt) {
        auto key = psp::idempotency_key(attempt.operation, attempt.number);
        std::ranges::replace(key, '-', '_');
        return prefix + key;
    }
    static std::string metadata_of(const payments::Attempt& attempt) {
        return R"({"florin_payment":")" + to_string(attempt.payment) + R"(","florin_operation":")" +
               to_string(attempt.operation) + R"(","florin_attempt":")" + std::to_string(attempt.number) + R"("})";
    }
    static std::string object_of(const char* kind, const std::string& id, std::int64_t amount,
                                 const std::string& rest) {
        return R"({"object":")" + std::string(kind) + R"(","id":")" + id + R"(","currency":"eur","amount":)" +
               std::to_string(amount) + "," + rest + "}";
    }
    // `rest`: members that say how it stands with the object.
    static std::string intent(const payments::Attempt& creation, const std::string& rest) {
        return object_of("payment_intent", object_name("pi_", creation), creation.amount.minor_units(),
                         rest + R"(,"metadata":)" + metadata_of(creation));
    }
    static std::string charge(const payments::Attempt& creation, const std::string& rest) {
        return object_of("charge", object_name("ch_", creation), creation.amount.minor_units(),
                         rest + R"(,"payment_intent":")" + object_name("pi_", creation) + R"(","metadata":)" +
                             metadata_of(creation));
    }
    static std::string refund_of(const payments::Attempt& creation, const payments::Attempt& refund,
                                 const std::string& rest) {
        return object_of(
            "refund", object_name("re_", refund), refund.amount.minor_units(),
            rest + R"(,"payment_intent":")" + object_name("pi_", creation) + R"(","metadata":)" + metadata_of(refund));
    }
    static std::string status(const std::string& word) { return R"("status":")" + word + "\""; }

    store::ReceivedEvent received(const std::string& type, const std::string& object) {
        const auto now = SystemClock().now();
        const auto id = next_event();
        return {.id = PspEventId::make(now, Bucket{}, false),
                .account = {"stripe", "main", false},
                .event = id,
                .type = type,
                .created = now,
                .body = R"({"id":")" + id + R"(","object":"event","type":")" + type +
                        R"(","created":1790000000,"livemode":false,"data":{"object":)" + object + "}}",
                .received = now};
    }
    // The event is kept as if it had just come in. Its id.
    std::string hear(const std::string& type, const std::string& object) { return keep(received(type, object)); }
    std::string keep(store::ReceivedEvent event) {
        auto id = event.event;
        loop.wait_for(gateway.store.psp_events().keep(std::move(event), Deadline::after(kPatience)));
        return id;
    }
    std::string next_event() {
        auto id = "evt_" + to_string(merchant.id.uuid()) + "_" + std::to_string(++events_);
        std::ranges::replace(id, '-', '_');
        return id;
    }

    // One pass over what is due, to its end.
    void work(Gateway& worker) {
        PspEvents events(worker.services, worker.accounts.all.front());
        loop.wait_for(events.pass());
        loop.wait_for(events.finish());
    }
    void work() { work(gateway); }
    static void make_events_due() {
        Database::shared().run("update open_psp_events set next_try = florin_now() - interval '1 s' where not parked");
    }
    static std::string waiting() {
        return Database::shared().run("select count(*)::text from open_psp_events where not parked");
    }
    // Until every event has ended, however long they would have waited.
    void work_off(int rounds = 60) {
        for (; waiting() != "0" && rounds > 0; --rounds) {
            make_events_due();
            work();
        }
        EXPECT_EQ(waiting(), "0");
    }
    static std::string end_of(const std::string& event) {
        return Database::shared().run(
            "select coalesce((select what from psp_event_ids where event_id = '" + event +
            "'), (select case when parked then 'parked: ' else 'waiting: ' end || why from open_psp_events "
            "where event_id = '" +
            event + "'), 'nothing')");
    }
    static std::string parked_events() {
        return Database::shared().run("select count(*)::text from open_psp_events where parked");
    }

    payments::Attempt creation_of(PaymentId payment) { return attempt_of(payment, 0); }
    // The last operation's.
    payments::Attempt last_of(PaymentId payment) { return rows_of(payment).back().attempt; }
    payments::Attempt attempt_of(PaymentId payment, std::size_t index) { return rows_of(payment).at(index).attempt; }
    std::vector<store::OperationRow> rows_of(PaymentId payment) {
        return loop.wait_for(gateway.store.operations_of(payment, Deadline::after(kPatience)));
    }
    // Journals of the payment, by kind: how many there are of each.
    std::string journals(PaymentId payment) {
        return Database::shared().run(
            "select coalesce(string_agg(kind || ':' || n, ' ' order by kind), '') from ("
            "select e.kind, count(distinct e.operation_id) n from operations o join ledger_entries e using "
            "(operation_id) "
            "where o.payment_id = '" +
            to_string(payment.uuid()) + "' group by e.kind) x");
    }

private:
    int events_ = 0;
};

}  // namespace florin::flow
