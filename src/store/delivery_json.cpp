#include "store/delivery_json.hpp"

namespace florin::store {
namespace {

boost::json::value time_or_null(const std::optional<WallTime>& time) {
    return time ? boost::json::value(format_time(*time)) : boost::json::value();
}

}  // namespace

boost::json::object to_json(const DeliveryRow& row) {
    boost::json::object object{{"event_id", to_string(row.event)},
                               {"endpoint_id", to_string(row.endpoint)},
                               {"type", row.type},
                               {"status", to_string(row.status)},
                               {"tries", row.tries},
                               {"next_try_at", time_or_null(row.next_try)},
                               {"last_try_at", time_or_null(row.last_try)},
                               {"last_status", nullptr},
                               {"last_error", nullptr},
                               {"created_at", format_time(row.created)},
                               {"delivered_at", time_or_null(row.delivered)}};
    if (row.last_status) object["last_status"] = *row.last_status;
    if (row.last_error) object["last_error"] = *row.last_error;
    return object;
}

boost::json::object to_json(const Replay& replay) {
    boost::json::object object{{"deliveries", replay.deliveries}, {"has_more", replay.has_more}};
    object["next_starting_after"] =
        replay.next_starting_after ? boost::json::value(to_string(*replay.next_starting_after)) : boost::json::value();
    return object;
}

}  // namespace florin::store
