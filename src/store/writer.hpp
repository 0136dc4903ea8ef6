// One committer connection. It holds the advisory lock of its writer number as long as its session lives, so that the
// balances and the hash chain of that number have one writer in the whole installation. Batches are written one by one.
//
// Errors: a data error is bisected down to the item, which alone fails; a serialization failure or deadlock repeats the
// whole batch; a lost connection is opened anew and the same items are submitted again with the same ids (rule 19)
// until they are answered or given up by their deadlines.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "postgres/connection.hpp"
#include "store/statement.hpp"

namespace florin::store {

class Writer {
public:
    Writer(boost::asio::any_io_executor executor, std::string conninfo);

    // Throws ConnectionLost or SqlError.
    Task<void> connect(Deadline deadline);
    // Returns when every item is answered, has failed, or was given up by somebody else.
    Task<void> write(Batch batch);

    // What is with the server or waiting for a connection to it.
    const std::vector<ItemPtr>& in_flight() const { return in_flight_; }
    std::int16_t number() const { return number_; }

private:
    enum class Next : std::uint8_t { done, repeat, reconnect, bisect };
    Task<void> write_group(const Statement& statement, std::vector<ItemPtr> items);
    Task<Next> try_once(const Statement& statement, const std::vector<ItemPtr>& items);
    Task<void> send(const Statement& statement, const std::vector<ItemPtr>& items);
    Task<void> confirm(const Statement& statement, const std::vector<ItemPtr>& items, Verdicts& verdicts);
    Task<void> prepare(const Statement& statement, Deadline deadline);
    Task<void> ensure_accounts(std::vector<ledger::Account> accounts, Deadline deadline);
    Task<void> pause();

    boost::asio::any_io_executor executor_;
    std::string conninfo_;
    std::unique_ptr<postgres::Connection> connection_;
    std::int16_t number_ = -1;
    std::set<std::string> prepared_;
    std::set<Uuid> accounts_;  // with a balance row of this writer number
    std::vector<ItemPtr> in_flight_;
    int failures_ = 0;  // in a row
    std::exception_ptr error_;
};

}  // namespace florin::store
