// What stands behind a Store: the committer for writes and the pool for reads.
#pragma once

#include <memory>

#include "postgres/pool.hpp"
#include "store/committer.hpp"
#include "store/store.hpp"

namespace florin::store {

struct Store::State {
    boost::asio::any_io_executor executor;
    StoreOptions options;
    std::shared_ptr<Committer> committer;
    postgres::Pool readers;
    PspEvents psp_events;
    Events events;
};

}  // namespace florin::store
