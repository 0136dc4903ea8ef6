// For tests of the flow: gateways that share the database of the test program.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "flow/operations.hpp"
#include "flow/scripted_psp.hpp"
#include "flow/worker.hpp"
#include "postgres/database_fixture.hpp"

namespace florin::flow {

using postgres::Database;
using postgres::kPatience;
using postgres::Loop;

// What one HTTP session will have got.
struct Pending {
    std::optional<Checked<Answer>> answer;
    std::exception_ptr failure;
    bool is_done() const { return answer || failure; }
};

inline PspAccount account_at(ScriptedPsp& psp, bool live = false) {
    return {.psp = &psp,
            .account = {.psp = psp.table.name, .name = psp.account(), .live = live},
            .fees = {},
            .default_fee = {.basis_points = 290, .fixed = 30}};
}

// One gateway process: its own store, operations and worker.
class Gateway {
public:
    Gateway(Loop& loop, ScriptedPsp& psp, FlowOptions options, store::StoreOptions store_options = {})
        : loop_(loop),
          psp_(psp),
          store(loop.io.get_executor(), with_database(std::move(store_options))),
          accounts{.all = {account_at(psp)}},
          services{.executor = loop.io.get_executor(),
                   .clock = clock_,
                   .store = store,
                   .psps = accounts,
                   .metrics = metrics,
                   .options = options},
          operations(services) {
        loop_.wait_for(store.start(Deadline::after(kPatience)));
    }
    ~Gateway() {
        psp_.release();
        stop_worker();
        loop_.wait_for(operations.drain(Deadline::after(kPatience)));
        loop_.wait_for(store.drain(Deadline::after(kPatience)));
    }

    std::shared_ptr<Pending> begin(Command command) {
        auto pending = std::make_shared<Pending>();
        spawn(loop_.io.get_executor(), answered(pending, operations.run(std::move(command))),
              [pending](std::exception_ptr error) { pending->failure = error; });
        return pending;
    }
    Checked<Answer> send(Command command) {
        auto pending = begin(std::move(command));
        if (!loop_.until([&] { return pending->is_done(); })) throw std::runtime_error("no answer");
        if (pending->failure) std::rethrow_exception(pending->failure);
        return *pending->answer;
    }
    void start_worker() {
        is_working_ = true;
        worker.emplace(services, std::vector{idle_deliverer()});
        spawn(loop_.io.get_executor(), worker->run(), [this](std::exception_ptr) { is_working_ = false; });
    }
    void stop_worker() {
        if (worker) worker->stop();
        loop_.until([this] { return !is_working_; });
    }

private:
    static store::StoreOptions with_database(store::StoreOptions options) {
        options.conninfo = Database::shared().application();
        return options;
    }
    // Of another module: here it delivers nothing.
    static Companion idle_deliverer() {
        return {.queue = "webhook_queues", .run = []() -> Task<void> { co_return; }, .stop = [] {}};
    }
    Loop& loop_;
    ScriptedPsp& psp_;
    static Task<void> answered(std::shared_ptr<Pending> pending, Task<Checked<Answer>> answer) {
        pending->answer = co_await std::move(answer);
    }
    SystemClock clock_;
    bool is_working_ = false;

public:
    observe::Metrics metrics;
    store::Store store;
    PspAccounts accounts;
    Services services;
    Operations operations;
    std::optional<Worker> worker;  // a new one at each start
};

// No test waits for these to pass; a busy machine keeps within them.
inline FlowOptions quick_options() {
    return {.answer_within = Milliseconds{15'000},
            .psp_deadline = Milliseconds{18'000},
            .lease = Milliseconds{25'000},
            .execute_for = Milliseconds{15 * 60'000},
            .abandon_after = Milliseconds{60 * 60'000},
            .resolver_per_second = 1000};
}

}  // namespace florin::flow
