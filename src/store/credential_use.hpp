// When each key was last used, written behind the requests' back: at most once a minute per key, many keys in one
// statement, one statement at a time. Losing one (a crash, a database that is away) costs a minute of precision.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "base/id.hpp"
#include "postgres/pool.hpp"

namespace florin::store {

class KeyUse {
public:
    KeyUse(boost::asio::any_io_executor executor, std::shared_ptr<postgres::Pool> pool);
    ~KeyUse();
    // Costs a look into a table; never waits.
    void note(KeyId key);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace florin::store
