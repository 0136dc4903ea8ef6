// Merchants and their API keys. A key is sk_test_… or sk_live_…; only its HMAC-SHA-256 under the installation's pepper
// is stored. find_key caches answers for a second or two, so that a revoked key is refused within 5 s on every process.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "ledger/journal.hpp"
#include "store/scopes.hpp"

namespace florin::store {

// Requests per second that a merchant may send in the long run, and how many at once after a rest.
struct RateLimit {
    int per_second = 0;
    int burst = 0;
};

struct Merchant {
    MerchantId id;
    std::string name;
    ledger::FeeRule default_fee;                  // where no currency of its own stands in `fees`
    std::map<std::string, ledger::FeeRule> fees;  // by currency code
    std::optional<RateLimit> limit{};             // in place of the configured one
    const ledger::FeeRule& fee_for(Currency currency) const;
};

struct Credential {
    KeyId key;
    Scopes scopes = kMerchantScopes;
    bool live = false;
    std::shared_ptr<const Merchant> merchant;  // none with an operator's key
};

struct KeyRow {
    KeyId id;
    MerchantId merchant;
    bool live;
    std::string name;
    std::string hint;  // "sk_test_…a1B2": the last four characters
    WallTime created_at;
    std::optional<WallTime> revoked_at;
};

class Credentials {
public:
    Credentials(boost::asio::any_io_executor executor, std::string conninfo, Secret pepper);
    ~Credentials();
    // Empty when the key is malformed, unknown or revoked. `may_look_up` is asked before the database is, for a key
    // that this process has not known: its no is an empty answer too.
    Task<std::optional<Credential>> find_key(std::string key, Deadline deadline,
                                             std::function<bool()> may_look_up = {});

    Task<Merchant> create_merchant(std::string name, ledger::FeeRule fee, Deadline deadline);
    Task<std::vector<Merchant>> list_merchants(Deadline deadline);
    struct NewKey {
        KeyRow row;
        Secret key;  // shown once
    };
    // Refused (not_found) when the merchant does not exist.
    Task<Checked<NewKey>> create_key(MerchantId merchant, bool live, std::string name, Deadline deadline);
    Task<Checked<KeyRow>> revoke_key(KeyId id, Deadline deadline);
    Task<std::vector<KeyRow>> list_keys(std::optional<MerchantId> merchant, Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
