// A column of a batch as an array parameter: one value per item, in the batch's order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "payments/operation.hpp"
#include "postgres/params.hpp"
#include "store/statement.hpp"

namespace florin::store {

template <class ItemType, class Get>
postgres::Array column(postgres::Oid type, Items items, Get get) {
    postgres::Array array(type);
    for (const ItemPtr& item : items) array.add(get(static_cast<const ItemType&>(*item).request));
    return array;
}

// The parameters of confirm_opened_sql(); `attempt_of` has the attempt that a request opens.
template <class ItemType, class AttemptOf>
postgres::Params bind_confirm_opened(Items items, AttemptOf attempt_of) {
    using postgres::Oid;
    postgres::Params params;
    const auto add = [&](Oid type, auto get) {
        params.add(column<ItemType>(type, items, [&](const auto& request) { return get(attempt_of(request)); }));
    };
    add(Oid::uuid, [](const payments::Attempt& a) { return a.payment.uuid(); });
    add(Oid::uuid, [](const payments::Attempt& a) { return a.operation.uuid(); });
    add(Oid::int2, [](const payments::Attempt& a) { return a.number; });
    add(Oid::uuid, [](const payments::Attempt& a) { return a.request.uuid(); });
    return params;
}

inline std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// operations.parameters: none for an operation that says nothing.
inline std::optional<std::string> parameters_json(const payments::Parameters& parameters) {
    if (parameters == payments::Parameters{}) return std::nullopt;
    return payments::to_json(parameters);
}

inline std::int64_t in_ms(Milliseconds duration) {
    return duration.count();
}

}  // namespace florin::store
