#include "flow/worker.hpp"

#include <gmock/gmock.h>

#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

class WorkerTest : public FlowTest {
protected:
    Gateway gateway{loop, psp, quick_options()};
    std::exception_ptr failure;
    bool has_ended = false;
    Signal companion_stops{loop.io.get_executor()};
    bool companion_is_stopping = false;

    // As the deliverer of webhooks, which is of another module.
    Task<void> accompany() {
        while (!companion_is_stopping) co_await companion_stops.wait(Deadline::after(kPatience));
    }
    Companion companion() {
        return {.queue = "webhook_queues",
                .run = [this] { return accompany(); },
                .stop =
                    [this] {
                        companion_is_stopping = true;
                        companion_stops.notify();
                    }};
    }
    // What the worker says about a queue that nobody works.
    std::string complaint(Worker& worker) {
        run(worker);
        EXPECT_TRUE(loop.until([&] { return has_ended; }));
        worker.stop();
        loop.wait_for(pause(loop.io.get_executor(), Milliseconds{500}));
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const std::logic_error& error) {
            return error.what();
        }
        return "none";
    }

    void run(Worker& worker) {
        boost::asio::co_spawn(loop.io, worker.run(), [this](std::exception_ptr error) {
            failure = error;
            has_ended = true;
        });
    }
};

TEST_F(WorkerTest, k_22_every_queue_of_the_database_has_a_loop) {
    Worker worker(gateway.services, {companion()});
    run(worker);
    loop.wait_for(pause(loop.io.get_executor(), Milliseconds{1'000}));
    EXPECT_FALSE(has_ended);
    worker.stop();
    EXPECT_TRUE(loop.until([&] { return has_ended; }));
    EXPECT_FALSE(failure);
}

TEST_F(WorkerTest, k_22_a_queue_that_nobody_works_stops_the_start) {
    Database::shared().run("create table dunning (id uuid primary key, next_try timestamptz not null)");
    Worker worker(gateway.services, {companion()});
    EXPECT_THAT(complaint(worker), testing::HasSubstr("dunning"));
    Database::shared().run("drop table dunning");
}

TEST_F(WorkerTest, k_22_a_worker_without_the_deliverer_of_webhooks_does_not_live) {
    Worker worker(gateway.services, {});
    EXPECT_THAT(complaint(worker), testing::HasSubstr("webhook_queues"));
}

}  // namespace
}  // namespace florin::flow
