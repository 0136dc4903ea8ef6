#include "base/assert.hpp"
#include "store/administration_json.hpp"
#include "store/administration_rows.hpp"
#include "store/administration_state.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

Refusal no_such_merchant() {
    return {Error::not_found, "There is no merchant with this id."};
}

Bucket random_bucket() {
    const auto digest = sha256(random_token(32));
    return Bucket{static_cast<std::uint16_t>((digest[0] << 8 | digest[1]) % kBuckets)};
}

// Name, rate limit and fee plans, the default one without a currency.
void add_settings(postgres::Params& params, const Merchant& merchant) {
    params.add(merchant.id.uuid()).add(merchant.name);
    merchant.limit ? params.add(std::int32_t{merchant.limit->per_second}) : params.add_null(Oid::int4);
    merchant.limit ? params.add(std::int32_t{merchant.limit->burst}) : params.add_null(Oid::int4);
    postgres::Array currencies(Oid::bpchar), basis_points(Oid::int4), fixed(Oid::int8);
    currencies.add_null();
    basis_points.add(merchant.default_fee.basis_points);
    fixed.add(merchant.default_fee.fixed);
    for (const auto& [currency, fee] : merchant.fees) {
        currencies.add(currency);
        basis_points.add(fee.basis_points);
        fixed.add(fee.fixed);
    }
    params.add(std::move(currencies)).add(std::move(basis_points)).add(std::move(fixed));
}

void add_policy(postgres::Params& params, const ExpiryPolicy& policy) {
    params.add(to_string(policy.action)).add(std::int32_t{policy.hours_ahead});
}

Merchant changed(Merchant merchant, const MerchantChange& change) {
    if (change.name) merchant.name = *change.name;
    if (change.default_fee) merchant.default_fee = *change.default_fee;
    if (change.limit) merchant.limit = *change.limit;
    if (change.before_expiry) merchant.before_expiry = *change.before_expiry;
    for (const auto& [currency, fee] : change.fees) {
        if (fee) {
            merchant.fees[currency] = *fee;
        } else {
            merchant.fees.erase(currency);
        }
    }
    return merchant;
}

}  // namespace

Task<std::optional<MerchantRow>> Administration::find_merchant(MerchantId id, Deadline deadline) {
    postgres::Params params;
    params.add(id.uuid());
    auto rows = merchant_rows_of(co_await state_->log.execute("find_merchant", std::move(params), deadline));
    if (rows.empty()) co_return std::nullopt;
    co_return std::move(rows.front());
}

Task<Slice<MerchantRow>> Administration::list_merchants(Cut cut, Deadline deadline) {
    auto rows = merchant_rows_of(co_await state_->log.page("list_merchants", cut, std::nullopt, deadline));
    co_return slice_of(std::move(rows), cut.limit);
}

Task<Checked<Changed<MerchantRow>>> Administration::create_merchant(Merchant merchant, Author author,
                                                                    Deadline deadline) {
    merchant.id = MerchantId::make(state_->log.now(), random_bucket(), false);
    auto entry = state_->log.entry_of({.action = "merchant.create",
                                       .subject = to_string(merchant.id),
                                       .merchant = merchant.id,
                                       .details = settings_of(merchant)},
                                      author);
    add_settings(entry.params, merchant);
    add_policy(entry.params, merchant.before_expiry);
    const bool is_new = co_await state_->log.write("create_merchant", std::move(entry), deadline);
    auto id = std::optional(merchant.id);
    if (!is_new) {
        CO_TRY(subject, co_await state_->log.replayed_subject(author, deadline));
        id = subject ? MerchantId::parse(*subject) : std::nullopt;
    }
    FLORIN_ASSERT(id.has_value());
    auto row = co_await find_merchant(*id, deadline);
    FLORIN_ASSERT(row.has_value());
    co_return Changed<MerchantRow>{.row = std::move(*row), .replayed = !is_new};
}

Task<Checked<MerchantRow>> Administration::update_merchant(MerchantId id, MerchantChange change, Author author,
                                                           Deadline deadline) {
    for (int tries = 0; tries < kTries; ++tries) {
        auto before = co_await find_merchant(id, deadline);
        if (!before) co_return std::unexpected(no_such_merchant());
        const auto after = changed(before->merchant, change);
        const bool was_closed = before->closed_at.has_value();
        const bool is_closed = change.closed.value_or(was_closed);
        auto difference = difference_of(before->merchant, was_closed, after, is_closed);
        if (difference.empty()) co_return std::move(*before);
        auto entry = state_->log.entry_of(
            {.action = "merchant.update", .subject = to_string(id), .merchant = id, .details = std::move(difference)},
            author);
        add_settings(entry.params, after);
        entry.params.add(before->version).add(is_closed);
        add_policy(entry.params, after.before_expiry);
        if (!co_await state_->log.write("update_merchant", std::move(entry), deadline)) continue;
        auto row = co_await find_merchant(id, deadline);
        FLORIN_ASSERT(row.has_value());
        co_return std::move(*row);
    }
    co_return std::unexpected(changed_meanwhile());
}

}  // namespace florin::store
