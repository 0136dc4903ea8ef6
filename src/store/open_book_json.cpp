#include "store/open_book_json.hpp"

namespace florin::store {
namespace {

using boost::json::object;
using boost::json::value;

std::int64_t seconds(Milliseconds duration) {
    return std::chrono::floor<std::chrono::seconds>(duration).count();
}

object pile(const Pile& pile) {
    object at_risk;
    for (const auto& [currency, amount] : pile.at_risk) at_risk[currency] = amount;
    return {{"count", pile.count}, {"oldest_age_s", seconds(pile.oldest)}, {"at_risk", std::move(at_risk)}};
}

}  // namespace

object to_json(const Overview& overview) {
    return {{"open", pile(overview.open)},
            {"parked", pile(overview.parked)},
            {"waiting_for_payer", pile(overview.waiting_for_payer)},
            {"expiring", pile(overview.expiring)},
            {"parked_psp_events", pile(overview.parked_psp_events)}};
}

object to_json(const OpenRow& row) {
    return {{"operation_id", to_string(row.operation)},
            {"payment_id", to_string(row.payment)},
            {"merchant_id", to_string(row.merchant)},
            {"mode", row.live ? "live" : "test"},
            {"attempt", row.attempt},
            {"kind", row.kind},
            {"amount", row.amount},
            {"currency", row.currency},
            {"psp", row.psp},
            {"psp_account", row.psp_account},
            {"psp_reference", row.psp_reference ? value(*row.psp_reference) : value()},
            {"parked", row.parked},
            {"waiting_for_payer", row.waits_for_payer},
            {"tries", row.tries},
            {"evidence", row.evidence},
            {"since", format_time(row.since)},
            {"age_s", seconds(row.age)},
            {"next_try_in_s", seconds(std::max(row.next_try_in, Milliseconds{0}))},
            {"in_work", row.lease_left > Milliseconds{0}}};
}

}  // namespace florin::store
