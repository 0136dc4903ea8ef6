#include "simulator/webhook_settings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "simulator/webhook_pool.hpp"

namespace florin::simulator {
namespace {

namespace json = boost::json;

constexpr auto kOrders = std::to_array<std::pair<std::string_view, EventOrder>>({
    {"as-happened", EventOrder::as_happened},
    {"reversed", EventOrder::reversed},
    {"shuffled", EventOrder::shuffled},
});

bool read_count(const json::value& value, std::int64_t least, std::int64_t& out) {
    if (!value.is_int64() || value.get_int64() < least) return false;
    out = value.get_int64();
    return true;
}

bool read_flag(const json::value& value, bool& out) {
    if (!value.is_bool()) return false;
    out = value.get_bool();
    return true;
}

bool read_url(const json::value& value, std::string& url) {
    if (!value.is_string()) return false;
    const std::string_view wanted = value.get_string();
    if (!wanted.empty() && !read_address(wanted)) return false;
    url = wanted;
    return true;
}

// One secret or a list of them.
bool read_secrets(const json::value& value, std::vector<std::string>& secrets) {
    std::vector<std::string> read;
    if (value.is_string()) {
        read.emplace_back(std::string_view(value.get_string()));
    } else if (const auto* list = value.if_array()) {
        for (const auto& item : *list) {
            if (!item.is_string()) return false;
            read.emplace_back(std::string_view(item.get_string()));
        }
    } else {
        return false;
    }
    secrets = std::move(read);
    return true;
}

bool read_order(const json::value& value, EventOrder& order) {
    if (!value.is_string()) return false;
    const std::string_view name = value.get_string();
    const auto* found = std::ranges::find(kOrders, name, &std::pair<std::string_view, EventOrder>::first);
    if (found == kOrders.end()) return false;
    order = found->second;
    return true;
}

}  // namespace

bool read_webhook_setting(std::string_view name, const json::value& value, WebhookSettings& settings) {
    if (name == "webhook_url") return read_url(value, settings.url);
    if (name == "webhook_secret") return read_secrets(value, settings.secrets);
    if (name == "webhook_delay_ms") return read_count(value, 0, settings.delay_ms);
    if (name == "webhook_before_answer") return read_flag(value, settings.before_answer);
    if (name == "webhook_hold") return read_flag(value, settings.hold);
    if (name == "webhook_order") return read_order(value, settings.order);
    if (name == "webhook_gather_ms") return read_count(value, 0, settings.gather_ms);
    if (name == "webhook_retry_ms") return read_count(value, 1, settings.retry_ms);
    if (name == "webhook_timeout_ms") return read_count(value, 1, settings.timeout_ms);
    return name == "webhook_connections" && read_count(value, 1, settings.connections);
}

// How many secrets there are, not which.
void show(const WebhookSettings& settings, json::object& shown) {
    shown["webhook_url"] = settings.url;
    shown["webhook_secrets"] = settings.secrets.size();
    shown["webhook_delay_ms"] = settings.delay_ms;
    shown["webhook_before_answer"] = settings.before_answer;
    shown["webhook_hold"] = settings.hold;
    shown["webhook_order"] =
        std::ranges::find(kOrders, settings.order, &std::pair<std::string_view, EventOrder>::second)->first;
    shown["webhook_gather_ms"] = settings.gather_ms;
    shown["webhook_retry_ms"] = settings.retry_ms;
    shown["webhook_timeout_ms"] = settings.timeout_ms;
    shown["webhook_connections"] = settings.connections;
}

}  // namespace florin::simulator
