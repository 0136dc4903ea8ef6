#include "api/routes.hpp"

#include <array>
#include <optional>

#include "api/handlers.hpp"
#include "api/handlers_admin.hpp"

namespace florin::api {
namespace {

constexpr auto kRoutes = std::to_array<Route>({
    {"POST", "/api/v1/payments", create_payment, Access::write, Query::refused, "create_payment"},
    {"GET", "/api/v1/payments", list_payments, Access::read, Query::read, "list_payments"},
    {"GET", "/api/v1/payments/{id}", read_payment, Access::read, Query::read, "read_payment"},
    {"POST", "/api/v1/payments/{id}/capture", capture_payment, Access::write, Query::refused, "capture_payment"},
    {"POST", "/api/v1/payments/{id}/void", void_payment, Access::write, Query::refused, "void_payment"},
    {"POST", "/api/v1/payments/{id}/refund", refund_payment, Access::refund, Query::refused, "refund_payment"},
    {"GET", "/api/v1/payments/{id}/refunds", list_refunds, Access::read, Query::refused, "list_refunds"},
    {"GET", "/api/v1/payments/{id}/operations", list_operations, Access::read, Query::refused, "list_operations"},
    {"GET", "/api/v1/payments/{id}/ledger", list_ledger_entries, Access::read, Query::refused, "list_ledger_entries"},
    {"GET", "/api/v1/payments/{id}/audit", list_audit_entries, Access::read, Query::refused, "list_audit_entries"},
    {"GET", "/api/v1/events", list_events, Access::read, Query::read, "list_events"},
    {"GET", "/api/v1/events/{id}", read_event, Access::read, Query::refused, "read_event"},
    {"POST", "/api/v1/webhook_endpoints", create_webhook_endpoint, Access::write, Query::refused,
     "create_webhook_endpoint"},
    {"GET", "/api/v1/webhook_endpoints", list_webhook_endpoints, Access::read, Query::read, "list_webhook_endpoints"},
    {"GET", "/api/v1/webhook_endpoints/{id}", read_webhook_endpoint, Access::read, Query::refused,
     "read_webhook_endpoint"},
    {"PATCH", "/api/v1/webhook_endpoints/{id}", update_webhook_endpoint, Access::write, Query::refused,
     "update_webhook_endpoint"},
    {"DELETE", "/api/v1/webhook_endpoints/{id}", delete_webhook_endpoint, Access::write, Query::refused,
     "delete_webhook_endpoint"},
    {"POST", "/api/v1/webhook_endpoints/{id}/enable", enable_webhook_endpoint, Access::write, Query::refused,
     "enable_webhook_endpoint"},
    {"POST", "/api/v1/webhook_endpoints/{id}/disable", disable_webhook_endpoint, Access::write, Query::refused,
     "disable_webhook_endpoint"},
    {"POST", "/api/v1/webhook_endpoints/{id}/rotate-secret", rotate_webhook_secret, Access::write, Query::refused,
     "rotate_webhook_secret"},
    {"POST", "/api/v1/webhook_endpoints/{id}/test", send_test_event, Access::write, Query::refused, "send_test_event"},
    {"GET", "/api/v1/webhook_endpoints/{id}/deliveries", list_webhook_deliveries, Access::read, Query::read,
     "list_webhook_deliveries"},
    {"POST", "/api/v1/webhook_endpoints/{id}/replay", replay_webhook_deliveries, Access::write, Query::refused,
     "replay_webhook_deliveries"},
    {"GET", "/api/v1/balance", read_balance, Access::read, Query::refused, "read_balance"},
    {"POST", "/api/v1/admin/merchants", create_merchant, Access::admin, Query::refused, "create_merchant"},
    {"GET", "/api/v1/admin/merchants", list_merchants, Access::admin, Query::read, "list_merchants"},
    {"GET", "/api/v1/admin/merchants/{id}", read_merchant, Access::admin, Query::refused, "read_merchant"},
    {"PATCH", "/api/v1/admin/merchants/{id}", update_merchant, Access::admin, Query::refused, "update_merchant"},
    {"POST", "/api/v1/admin/keys", create_key, Access::admin, Query::refused, "create_key"},
    {"GET", "/api/v1/admin/keys", list_keys, Access::admin, Query::read, "list_keys"},
    {"GET", "/api/v1/admin/keys/{id}", read_key, Access::admin, Query::refused, "read_key"},
    {"POST", "/api/v1/admin/keys/{id}/rotate", rotate_key, Access::admin, Query::refused, "rotate_key"},
    {"POST", "/api/v1/admin/keys/{id}/revoke", revoke_key, Access::admin, Query::refused, "revoke_key"},
    {"GET", "/api/v1/admin/operations", list_open_operations, Access::admin, Query::read, "list_open_operations"},
    {"POST", "/api/v1/admin/operations/{id}/resolve", resolve_operation, Access::admin, Query::refused,
     "resolve_operation"},
    {"GET", "/api/v1/admin/audit", list_changes, Access::admin, Query::read, "list_changes"},
    {"POST", "/psp/stripe/webhooks", receive_psp_event, Access::signature, Query::refused, "receive_psp_event"},
    {"GET", "/healthz", tell_alive, Access::open, Query::refused, "healthz"},
    {"GET", "/readyz", tell_ready, Access::open, Query::refused, "readyz"},
    {"GET", "/metrics", tell_metrics, Access::open, Query::refused, "metrics"},
    {"GET", "/openapi.yaml", tell_contract, Access::open, Query::refused, "openapi"},
    {"GET", "/errors/{id}", tell_error, Access::open, Query::refused, "error_page"},
});

constexpr std::string_view kId = "{id}";

// The id in the path, empty for a pattern without one; nothing when the path is another.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
    const auto at = pattern.find(kId);
    if (at == std::string_view::npos) return pattern == path ? std::optional(std::string_view()) : std::nullopt;
    const auto before = pattern.substr(0, at);
    const auto behind = pattern.substr(at + kId.size());
    if (path.size() <= before.size() + behind.size() || !path.starts_with(before) || !path.ends_with(behind))
        return std::nullopt;
    const auto id = path.substr(before.size(), path.size() - before.size() - behind.size());
    return id.find('/') == std::string_view::npos ? std::optional(id) : std::nullopt;
}

void add_allowed(std::string& allow, std::string_view method) {
    if (!allow.empty()) allow += ", ";
    allow += method == "GET" ? "GET, HEAD" : method;
}

}  // namespace

std::span<const Route> routes() {
    return kRoutes;
}

Match find_route(std::string_view method, std::string_view path) {
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    std::string allow;
    for (const Route& route : kRoutes) {
        const auto id = match(route.path, path);
        if (!id) continue;
        if (route.method == wanted) return {.route = &route, .id = std::string(*id)};
        add_allowed(allow, route.method);
    }
    return {.allow = std::move(allow)};
}

}  // namespace florin::api
