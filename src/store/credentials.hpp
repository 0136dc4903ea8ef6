// Who asks: the credential behind an API key, on the path of every request. Answers are cached for a second or two, so
// that a key that is revoked, expired or of a closed merchant is refused within 5 s on every process. Making and
// changing keys is administration.hpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/id.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "store/merchant.hpp"
#include "store/scopes.hpp"

namespace florin::store {

struct Credential {
    KeyId key;
    Scopes scopes = kMerchantScopes;
    bool live = false;
    std::shared_ptr<const Merchant> merchant;  // none with an operator's key
};

class Credentials {
public:
    Credentials(boost::asio::any_io_executor executor, std::string conninfo, Secret pepper);
    ~Credentials();
    // Empty when the key is malformed, unknown, revoked, expired or of a closed merchant. `may_look_up` is asked before
    // the database is, for a key that this process has not known: its no is an empty answer too. Requests of one key
    // that come together share one look-up and one question.
    Task<std::optional<Credential>> find_key(std::string key, Deadline deadline,
                                             std::function<bool()> may_look_up = {});
    // What is cached of a key, or of a merchant's keys, is not used again: they were changed by this process.
    void forget(KeyId key);
    void forget(MerchantId merchant);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
