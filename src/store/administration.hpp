// Managing merchants and API keys, for operators' commands and the admin API. Every change writes its row of
// admin_audit_log in its own statement, so that neither exists without the other. Under one idempotency key an actor
// changes one subject: the unique index on the log keeps that promise, whatever races.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "store/credential_secret.hpp"
#include "store/merchant.hpp"
#include "store/scopes.hpp"

namespace florin::store {

// Who changes something.
struct Author {
    std::string actor;  // key_… of the API, cli:<user> of the command line
    struct Once {
        std::string key;  // the Idempotency-Key
        Digest fingerprint;
    };
    std::optional<Once> once{};
};

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

// What an operator does to something that is not this class's: a row of the log.
struct Decree {
    std::string action, subject;
    std::optional<MerchantId> merchant{};
    std::optional<bool> live{};
    boost::json::object details{};
};

// What a change has come to. A replay is of the same request under the same idempotency key: nothing was changed again.
template <class Row>
struct Changed {
    Row row;
    bool replayed = false;
};
struct MadeKey {
    KeyRow row;
    Secret key;  // shown now or never: empty in a replay
    bool replayed = false;
};

// Newest first.
struct Cut {
    int limit = 10;                        // 1…100
    std::optional<Uuid> starting_after{};  // the last one of the page before
};
template <class Row>
struct Slice {
    std::vector<Row> rows;
    bool has_more = false;
};
// Whose keys, or whose changes; what is absent is not looked at.
struct OwnerFilter {
    std::optional<MerchantId> merchant{};
    std::optional<bool> live{};
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
