// Tests of keys and merchants: a shop, its keys, and the log of what was done to them.
#pragma once

#include <gmock/gmock.h>

#include "store/administration.hpp"
#include "store/credentials.hpp"
#include "store/store_fixture.hpp"

namespace florin::store::test {

inline const Author kOperator{.actor = "cli:tests"};

// A request of the API under an idempotency key.
inline Author once(std::string key, std::string_view request = "the request") {
    return {.actor = "key_of_a_test", .once = Author::Once{.key = std::move(key), .fingerprint = sha256(request)}};
}

class AdministrationTest : public StoreTest {
protected:
    Merchant new_shop(std::string name = "Corner Shop", ledger::FeeRule fee = {250, 30}) {
        return wait(administration_.create_merchant({.id = {}, .name = std::move(name), .default_fee = fee, .fees = {}},
                                                    kOperator, soon()))
            ->row.merchant;
    }
    MadeKey new_key(const Merchant& merchant, KeyMode mode = KeyMode::test, Scopes scopes = kMerchantScopes) {
        return *wait(administration_.create_key(
            {.merchant = merchant.id, .mode = mode, .name = "web shop", .scopes = scopes}, kOperator, soon()));
    }
    std::optional<Credential> find(const Secret& key) { return find(std::string(key.expose())); }
    std::optional<Credential> find(std::string key) { return wait(credentials_->find_key(std::move(key), soon())); }
    // Polls until the key leads to nobody; false when it still does at the deadline.
    bool soon_refused(Credentials& credentials, const Secret& key) {
        const Deadline limit = soon();
        while (wait(credentials.find_key(std::string(key.expose()), soon()))) {
            if (limit.passed()) return false;
        }
        return true;
    }
    std::vector<AdminAuditRow> changes_of(const Merchant& merchant) {
        return wait(administration_.list_changes({.merchant = merchant.id}, {.limit = 100}, soon())).rows;
    }

    std::unique_ptr<Credentials> make_credentials() {
        return std::make_unique<Credentials>(loop_.get_executor(), urls().application, Secret("pepper"));
    }
    std::unique_ptr<Credentials> credentials_ = make_credentials();
    Administration administration_{loop_.get_executor(), urls().application, Secret("pepper")};
};

}  // namespace florin::store::test
