#include "store/told_event.hpp"

#include "store/rows.hpp"

namespace florin::store {
namespace {

// Constant, because statements are made of it before main() begins.
constexpr std::string_view kTouch =
#include "store/statements/touch_queues.sql"
    ;

}  // namespace

std::optional<ToldEvent> read_told(const postgres::Row& row, int first) {
    const bool is_notice = row.is_null(first + 2);
    if (row.is_null(first) || (!is_notice && row.is_null(first + 3))) return std::nullopt;
    ToldEvent event{.id = EventId(row.uuid(first)),
                    .type = std::string(row.text(first + 1)),
                    .live = row.boolean(first + 6),
                    .at = row.time(first + 7),
                    .body = row.optional_text(first + 8).value_or("")};
    if (!is_notice) {
        event.of = ToldEvent::OfPayment{.payment = PaymentId(row.uuid(first + 2)),
                                        .amount = Money(row.int8(first + 3), read_currency(row, first + 4)),
                                        .sequence = row.int4(first + 5)};
    }
    return event;
}

std::string replaced(std::string text, std::string_view name, std::string_view meaning) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + meaning.size())) {
        text.replace(at, name.size(), meaning);
    }
    return text;
}

std::string with_touch(std::string text) {
    return replaced(std::move(text), "$TOUCH", kTouch);
}

}  // namespace florin::store
