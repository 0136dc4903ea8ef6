// Managing merchants and API keys, for operators' commands and the admin API; change.hpp says what holds of every
// change.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/id.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "store/change.hpp"
#include "store/credential_secret.hpp"
#include "store/merchant.hpp"
#include "store/scopes.hpp"

namespace florin::store {

struct MerchantRow {
    Merchant merchant;
    WallTime created_at;
    std::optional<WallTime> closed_at;
    std::int32_t version;  // counts its changes
};

// What is absent stays as it is.
struct MerchantChange {
    std::optional<std::string> name{};
    std::optional<ledger::FeeRule> default_fee{};
    std::map<std::string, std::optional<ledger::FeeRule>> fees{};  // by currency; none: the default holds there again
    std::optional<std::optional<RateLimit>> limit{};               // none: the configured one holds again
    std::optional<ExpiryPolicy> before_expiry{};
    std::optional<bool> closed{};
};

struct KeyRow {
    KeyId id;
    std::optional<MerchantId> merchant;  // none with an operator's key
    KeyMode mode;
    std::string name;
    std::string hint;  // "sk_test_…a1B2"
    Scopes scopes;
    WallTime created_at;
    std::optional<WallTime> expires_at, revoked_at, last_used_at;
    std::optional<KeyId> replaced_by;
};

struct NewKey {
    std::optional<MerchantId> merchant;  // none for an operator's key
    KeyMode mode = KeyMode::test;
    std::string name;
    Scopes scopes = kMerchantScopes;
    std::optional<WallTime> expires_at{};
};

struct AdminAuditRow {
    AuditId id;
    WallTime at;
    std::string actor, action, subject;
    std::string details;  // a JSON object
};

struct MadeKey {
    KeyRow row;
    Secret key;  // shown now or never: empty in a replay
    bool replayed = false;
};

class Administration {
public:
    // The pepper may be empty where no key is made.
    Administration(boost::asio::any_io_executor executor, std::string conninfo, Secret pepper);
    ~Administration();

    // Its id is made here.
    Task<Checked<Changed<MerchantRow>>> create_merchant(Merchant merchant, Author author, Deadline deadline);
    // Refused (not_found) when there is no such merchant. What changes nothing leaves no audit row.
    Task<Checked<MerchantRow>> update_merchant(MerchantId id, MerchantChange change, Author author, Deadline deadline);
    Task<std::optional<MerchantRow>> find_merchant(MerchantId id, Deadline deadline);
    Task<Slice<MerchantRow>> list_merchants(Cut cut, Deadline deadline);

    // Refused when the merchant does not exist (not_found) or is closed.
    Task<Checked<MadeKey>> create_key(NewKey wanted, Author author, Deadline deadline);
    // A new key of the same merchant, mode, name, scopes and length of life; the old one ends after the overlap.
    Task<Checked<MadeKey>> rotate_key(KeyId id, std::chrono::seconds overlap, Author author, Deadline deadline);
    // A key that is revoked already stays as it is.
    Task<Checked<Changed<KeyRow>>> revoke_key(KeyId id, Author author, Deadline deadline);
    Task<std::optional<KeyRow>> find_key(KeyId id, Deadline deadline);
    Task<Slice<KeyRow>> list_keys(OwnerFilter filter, Cut cut, Deadline deadline);

    // Writes the row of what is changed elsewhere, before that is done. False when it stands there already under the
    // author's idempotency key. Refused for another request under that key.
    Task<Checked<bool>> record(Decree decree, Author author, Deadline deadline);
    // The details, a JSON object, of what the author changed by this very request before.
    Task<Checked<std::optional<std::string>>> replayed(Author author, Deadline deadline);

    Task<Slice<AdminAuditRow>> list_changes(OwnerFilter filter, Cut cut, Deadline deadline);

private:
    struct State;
    Task<KeyRow> load_key(KeyId id, Deadline deadline);
    Task<MadeKey> replayed_key(std::string subject, Deadline deadline);
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
