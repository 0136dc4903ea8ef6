#include "api/admin_access.hpp"

#include "base/json.hpp"

namespace florin::api {
namespace {

Refusal no_such_key() {
    return {Error::not_found, "There is no API key with this id that your key may manage."};
}

Refusal no_such_merchant() {
    return {Error::not_found, "There is no merchant with this id."};
}

Refusal other_mode() {
    return {Error::forbidden,
            "Your API key is of the other mode: a test key manages test keys, a live key manages live keys."};
}

store::KeyMode mode_of(const store::Credential& credential) {
    return credential.live ? store::KeyMode::live : store::KeyMode::test;
}

Refusal missing(std::string field) {
    return {Error::missing_field, field + " is required with an operator's key: add it.", "/" + field};
}

}  // namespace

std::optional<Refusal> fault_of_no_operator(const store::Credential& credential) {
    if (is_operator(credential)) return std::nullopt;
    return Refusal{Error::forbidden, "Merchants are managed with an operator's key (sk_admin_…) only."};
}

Task<Checked<store::KeyRow>> load_managed_key(const ApiServices& services, store::Credential credential, std::string id,
                                              Deadline deadline) {
    const auto parsed = KeyId::parse(id);
    if (!parsed) co_return std::unexpected(no_such_key());
    auto key = co_await services.administration.find_key(*parsed, deadline);
    if (!key) co_return std::unexpected(no_such_key());
    if (is_operator(credential)) co_return std::move(*key);
    if (key->merchant != credential.merchant->id) co_return std::unexpected(no_such_key());
    if (key->mode != mode_of(credential)) co_return std::unexpected(other_mode());
    co_return std::move(*key);
}

Task<Checked<store::OwnerFilter>> owner_filter(const ApiServices& services, store::Credential credential,
                                               std::optional<std::string> merchant, Deadline deadline) {
    const auto named = merchant ? MerchantId::parse(*merchant) : std::nullopt;
    if (merchant && !named) co_return std::unexpected(no_such_merchant());
    if (!is_operator(credential)) {
        const auto mine = credential.merchant->id;
        if (named && *named != mine) co_return std::unexpected(no_such_merchant());
        co_return store::OwnerFilter{.merchant = mine, .live = credential.live};
    }
    if (named) {
        const auto row = co_await services.administration.find_merchant(*named, deadline);
        if (!row) co_return std::unexpected(no_such_merchant());
    }
    co_return store::OwnerFilter{.merchant = named};
}

Checked<store::NewKey> new_key(const store::Credential& credential, const KeyRequest& request) {
    const auto named = request.merchant ? MerchantId::parse(*request.merchant) : std::nullopt;
    if (request.merchant && !named) return std::unexpected(no_such_merchant());
    store::NewKey wanted{
        .merchant = named, .name = request.name, .scopes = request.scopes, .expires_at = request.expires_at};
    if (is_operator(credential)) {
        if (!named) return std::unexpected(missing("merchant_id"));
        if (!request.mode) return std::unexpected(missing("mode"));
        wanted.mode = *request.mode;
        return wanted;
    }
    const auto mine = credential.merchant->id;
    if (named && *named != mine) return std::unexpected(no_such_merchant());
    wanted.merchant = mine;
    wanted.mode = mode_of(credential);
    if (request.mode && *request.mode != wanted.mode) return std::unexpected(other_mode());
    return wanted;
}

store::Author author_of(const Call& call) {
    return {.actor = to_string(call.credential.key), .once = {}};
}

store::Author author_of(const Call& call, const MoneyRequest& request) {
    const auto text = call.request.path + "\n" + json::canonical(request.body);
    return {.actor = to_string(call.credential.key),
            .once = store::Author::Once{.key = request.key, .fingerprint = sha256(text)}};
}

}  // namespace florin::api
