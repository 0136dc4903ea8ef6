// Who may manage what: an operator's key every merchant and key, a merchant's key with the scope admin the keys of its
// own merchant and mode. Another merchant's id is answered as a missing one, so that nobody learns which ids exist.
#pragma once

#include <string>

#include "api/admin_request.hpp"
#include "api/call.hpp"
#include "api/money_request.hpp"

namespace florin::api {

inline bool is_operator(const store::Credential& credential) {
    return credential.merchant == nullptr;
}

// What must be refused because the caller is not an operator.
std::optional<Refusal> fault_of_no_operator(const store::Credential& credential);

Task<Checked<store::KeyRow>> load_managed_key(const ApiServices& services, store::Credential credential, std::string id,
                                              Deadline deadline);
// The merchant that the caller's list is about: the one it names, its own, or for an operator all.
Task<Checked<store::OwnerFilter>> owner_filter(const ApiServices& services, store::Credential credential,
                                               std::optional<std::string> merchant, Deadline deadline);
// The key that the caller may make.
Checked<store::NewKey> new_key(const store::Credential& credential, const KeyRequest& request);

// The key of the call, and its Idempotency-Key with what makes a repeat the same request.
store::Author author_of(const Call& call);
store::Author author_of(const Call& call, const MoneyRequest& request);

}  // namespace florin::api
