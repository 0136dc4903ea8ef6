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
