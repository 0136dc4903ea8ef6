// A column of a batch as an array parameter: one value per item, in the batch's order.
#pragma once

#include <string_view>

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

inline std::int64_t in_ms(Milliseconds duration) {
    return duration.count();
}

}  // namespace florin::store
