// The group commit. Items that arrive while a batch is in flight leave together in the next one; an idle committer
// sends at once, at the end of the loop's turn, so that all requests that are ready join. There is no timer when
// nothing waits.
//
// A further writer works only when those before it are busy and enough items wait: two statements cost the database the
// same whatever their size.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <vector>

#include "base/timer.hpp"
#include "observe/metrics.hpp"
#include "store/queue.hpp"
#include "store/writer.hpp"

namespace florin::store {

struct CommitterOptions {
    std::string conninfo;
    std::size_t writers = 2;
    std::size_t batch = 128;
    std::size_t queue = 20'000;
    observe::Metrics* metrics = nullptr;
};

class Committer : public std::enable_shared_from_this<Committer> {
public:
    Committer(boost::asio::any_io_executor executor, CommitterOptions options);

    // Opens the first writer; throws when the server cannot be used.
    Task<void> start(Deadline deadline);
    // Throws QueueFull.
    void submit(Kind kind, ItemPtr item);
    // Until nothing waits and nothing is in flight.
    Task<void> drain(Deadline deadline);
    std::chrono::nanoseconds oldest_wait() const;
    // Nothing is sent any more; who still waits is never woken. For the end of the process.
    void stop();

private:
    struct Desk {  // a writer and its loop
        std::unique_ptr<Writer> writer;
        std::move_only_function<void()> wake;  // set while it is idle
    };
    static Task<void> work(std::shared_ptr<Committer> self, std::shared_ptr<Desk> desk);
    Task<void> idle(Desk& desk);
    Task<void> write(Desk& desk, Batch batch);
    Task<void> linger(std::size_t last);
    static Task<void> sweep(std::shared_ptr<Committer> self);
    void hire();
    void kick();
    void dispatch(bool everybody);
    void expire();
    bool is_wanted(const Desk& desk) const;
    bool is_at_rest() const;

    boost::asio::any_io_executor executor_;
    CommitterOptions options_;
    Queue queue_;
    std::vector<std::shared_ptr<Desk>> desks_;
    bool kicked_ = false;
    bool sweeping_ = false;
    bool stopped_ = false;
};

}  // namespace florin::store
