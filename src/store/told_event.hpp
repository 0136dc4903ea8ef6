// How rows of events become what they tell: the columns, where they come from, and their reader, kept together.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "postgres/rows.hpp"
#include "store/events.hpp"

namespace florin::store {

// Of events e.
inline constexpr std::string_view kToldColumns =
    "e.id, e.type, e.payment_id, a.amount, a.currency, e.sequence, e.live, e.created_at, coalesce(e.body, r.body, "
    "d.body)";
inline constexpr std::string_view kTold = R"sql(
    left join operations a on a.payment_id = e.payment_id and a.operation_id = e.operation_id and a.attempt = e.attempt
    left join operation_results r on r.operation_id = e.operation_id and r.attempt = e.attempt and r.version = e.version
    left join interim_documents d on d.operation_id = e.operation_id and d.version = e.version)sql";

// Empty when there is no event, or its operation is lost.
std::optional<ToldEvent> read_told(const postgres::Row& row, int first);

// Replaces every `name` in the text of a statement.
std::string replaced(std::string text, std::string_view name, std::string_view meaning);
// The same for $TOUCH: statements/touch_queues.sql.
std::string with_touch(std::string text);

}  // namespace florin::store
