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

    void run(Worker& worker) {
        boost::asio::co_spawn(loop.io, worker.run(), [this](std::exception_ptr error) {
            failure = error;
            has_ended = true;
        });
    }
};

TEST_F(WorkerTest, k_22_every_queue_of_the_database_has_a_loop) {
    Worker worker(gateway.services);
    run(worker);
    loop.wait_for(pause(loop.io.get_executor(), Milliseconds{1'000}));
    EXPECT_FALSE(has_ended);
    worker.stop();
    EXPECT_TRUE(loop.until([&] { return has_ended; }));
    EXPECT_FALSE(failure);
}

TEST_F(WorkerTest, k_22_a_queue_that_nobody_works_stops_the_start) {
    Database::shared().run("create table dunning (id uuid primary key, next_try timestamptz not null)");
    Worker worker(gateway.services);
    run(worker);
    EXPECT_TRUE(loop.until([&] { return has_ended; }));
    Database::shared().run("drop table dunning");
    worker.stop();
    loop.wait_for(pause(loop.io.get_executor(), Milliseconds{500}));
    try {
        ASSERT_TRUE(failure);
        std::rethrow_exception(failure);
    } catch (const std::logic_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("dunning"));
    }
}

}  // namespace
}  // namespace florin::flow
