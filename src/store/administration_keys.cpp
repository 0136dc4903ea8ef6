#include <fmt/core.h>

#include "base/assert.hpp"
#include "store/administration_json.hpp"
#include "store/administration_rows.hpp"
#include "store/administration_state.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

Refusal no_such_key() {
    return {Error::not_found, "There is no API key with this id."};
}

std::optional<bool> live_of(KeyMode mode) {
    return mode == KeyMode::admin ? std::nullopt : std::optional(mode == KeyMode::live);
}

KeyId new_key_id(WallTime now, const std::optional<MerchantId>& merchant, KeyMode mode) {
    return KeyId::make(now, merchant ? bucket_of(merchant->uuid()) : Bucket{}, mode == KeyMode::live);
}

std::optional<Refusal> fault_of_merchant(const std::optional<MerchantRow>& merchant) {
    if (!merchant) return Refusal{Error::not_found, "There is no merchant with this id."};
    if (!merchant->closed_at) return std::nullopt;
    return Refusal{Error::operation_not_allowed, "This merchant is closed: reopen it before it gets a new API key."};
}

std::optional<Refusal> fault_of_rotation(const KeyRow& key, WallTime now) {
    std::string why;
    if (key.revoked_at)
        why = "This API key is revoked: create a new one.";
    else if (key.replaced_by)
        why = fmt::format("This API key was rotated already: rotate its successor {}.", to_string(*key.replaced_by));
    else if (key.expires_at && *key.expires_at <= now)
        why = "This API key has expired: create a new one.";
    if (why.empty()) return std::nullopt;
    return Refusal{Error::operation_not_allowed, std::move(why)};
}

}  // namespace

Task<std::optional<KeyRow>> Administration::find_key(KeyId id, Deadline deadline) {
    postgres::Params params;
    params.add(id.uuid());
    const auto rows = co_await state_->log.execute("find_key_row", std::move(params), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return key_row_of(rows[0]);
}

Task<Slice<KeyRow>> Administration::list_keys(OwnerFilter filter, Cut cut, Deadline deadline) {
    const auto rows = co_await state_->log.page("list_keys", cut, filter, deadline);
    std::vector<KeyRow> keys;
    for (int i = 0; i < rows.size(); ++i) keys.push_back(key_row_of(rows[i]));
    co_return slice_of(std::move(keys), cut.limit);
}

Task<Checked<MadeKey>> Administration::create_key(NewKey wanted, Author author, Deadline deadline) {
    FLORIN_ASSERT(wanted.merchant.has_value() == (wanted.mode != KeyMode::admin));
    for (int tries = 0; tries < kTries; ++tries) {
        CO_TRY(subject, co_await state_->log.replayed_subject(author, deadline));
        if (subject) co_return co_await replayed_key(std::move(*subject), deadline);
        if (wanted.merchant) {
            const auto merchant = co_await find_merchant(*wanted.merchant, deadline);
            if (auto fault = fault_of_merchant(merchant)) co_return std::unexpected(std::move(*fault));
        }
        const auto key = make_key(wanted.mode);
        const auto id = new_key_id(state_->log.now(), wanted.merchant, wanted.mode);
        auto entry = state_->log.entry_of({.action = "key.create",
                                           .subject = to_string(id),
                                           .merchant = wanted.merchant,
                                           .live = live_of(wanted.mode),
                                           .details = settings_of(wanted)},
                                          author);
        entry.params.add(id.uuid()).add(wanted.name).add(hint_of(key));
        entry.params.add_bytes(hash_of_key(state_->pepper, key.expose())).add(to_string(wanted.scopes));
        wanted.expires_at ? entry.params.add(*wanted.expires_at) : entry.params.add_null(Oid::timestamptz);
        if (!co_await state_->log.write("create_key", std::move(entry), deadline)) continue;
        auto row = co_await load_key(id, deadline);
        co_return MadeKey{.row = std::move(row), .key = key};
    }
    co_return std::unexpected(changed_meanwhile());
}

Task<Checked<MadeKey>> Administration::rotate_key(KeyId id, std::chrono::seconds overlap, Author author,
                                                  Deadline deadline) {
    for (int tries = 0; tries < kTries; ++tries) {
        CO_TRY(subject, co_await state_->log.replayed_subject(author, deadline));
        if (subject) co_return co_await replayed_key(std::move(*subject), deadline);
        const auto old = co_await find_key(id, deadline);
        if (!old) co_return std::unexpected(no_such_key());
        if (auto fault = fault_of_rotation(*old, state_->log.now())) co_return std::unexpected(std::move(*fault));
        const auto key = make_key(old->mode);
        const auto next = new_key_id(state_->log.now(), old->merchant, old->mode);
        auto entry =
            state_->log.entry_of({.action = "key.rotate",
                                  .subject = to_string(next),
                                  .merchant = old->merchant,
                                  .live = live_of(old->mode),
                                  .details = {{"replaces", to_string(id)}, {"overlap_seconds", overlap.count()}}},
                                 author);
        entry.params.add(id.uuid()).add(next.uuid()).add(hint_of(key));
        entry.params.add_bytes(hash_of_key(state_->pepper, key.expose())).add(std::int64_t{overlap.count()});
        if (!co_await state_->log.write("rotate_key", std::move(entry), deadline)) continue;
        auto row = co_await load_key(next, deadline);
        co_return MadeKey{.row = std::move(row), .key = key};
    }
    co_return std::unexpected(changed_meanwhile());
}

Task<Checked<Changed<KeyRow>>> Administration::revoke_key(KeyId id, Author author, Deadline deadline) {
    CO_TRY(subject, co_await state_->log.replayed_subject(author, deadline));
    auto key = co_await find_key(id, deadline);
    if (!key) co_return std::unexpected(no_such_key());
    if (subject || key->revoked_at) co_return Changed<KeyRow>{.row = std::move(*key), .replayed = subject.has_value()};
    auto entry = state_->log.entry_of({.action = "key.revoke",
                                       .subject = to_string(id),
                                       .merchant = key->merchant,
                                       .live = live_of(key->mode),
                                       .details = {}},
                                      author);
    entry.params.add(id.uuid());
    const bool is_mine = co_await state_->log.write("revoke_key", std::move(entry), deadline);
    auto row = co_await load_key(id, deadline);
    // Who lost against another request under the same idempotency key, or against another revocation, says what holds.
    if (!row.revoked_at) co_return std::unexpected(changed_meanwhile());
    co_return Changed<KeyRow>{.row = std::move(row), .replayed = !is_mine};
}

Task<KeyRow> Administration::load_key(KeyId id, Deadline deadline) {
    auto row = co_await find_key(id, deadline);
    FLORIN_ASSERT(row.has_value());
    co_return std::move(*row);
}

Task<MadeKey> Administration::replayed_key(std::string subject, Deadline deadline) {
    const auto id = KeyId::parse(subject);
    FLORIN_ASSERT(id.has_value());
    auto row = co_await load_key(*id, deadline);
    co_return MadeKey{.row = std::move(row), .key = {}, .replayed = true};
}

}  // namespace florin::store
