#include "api/routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "api/contract.hpp"

namespace florin::api {
namespace {

std::string name_of(std::string_view method, std::string_view path) {
    const auto match = find_route(method, path);
    return match.route ? std::string(match.route->name) : "";
}

TEST(Routes, each_path_and_method_has_its_row) {
    EXPECT_EQ(name_of("POST", "/api/v1/payments"), "create_payment");
    EXPECT_EQ(name_of("GET", "/api/v1/payments"), "list_payments");
    EXPECT_EQ(name_of("GET", "/api/v1/payments/pay_1"), "read_payment");
    EXPECT_EQ(name_of("POST", "/api/v1/payments/pay_1/capture"), "capture_payment");
    EXPECT_EQ(name_of("POST", "/api/v1/payments/pay_1/void"), "void_payment");
    EXPECT_EQ(name_of("POST", "/api/v1/payments/pay_1/refund"), "refund_payment");
    EXPECT_EQ(name_of("GET", "/api/v1/payments/pay_1/refunds"), "list_refunds");
    EXPECT_EQ(name_of("GET", "/api/v1/events"), "list_events");
    EXPECT_EQ(name_of("GET", "/api/v1/events/evt_1"), "read_event");
    EXPECT_EQ(name_of("PATCH", "/api/v1/webhook_endpoints/we_1"), "update_webhook_endpoint");
    EXPECT_EQ(name_of("DELETE", "/api/v1/webhook_endpoints/we_1"), "delete_webhook_endpoint");
    EXPECT_EQ(name_of("POST", "/api/v1/webhook_endpoints/we_1/rotate-secret"), "rotate_webhook_secret");
    EXPECT_EQ(name_of("GET", "/api/v1/payments/pay_1/operations"), "list_operations");
    EXPECT_EQ(name_of("GET", "/api/v1/payments/pay_1/ledger"), "list_ledger_entries");
    EXPECT_EQ(name_of("GET", "/api/v1/payments/pay_1/audit"), "list_audit_entries");
    EXPECT_EQ(name_of("GET", "/api/v1/balance"), "read_balance");
    EXPECT_EQ(name_of("HEAD", "/healthz"), "healthz");
    EXPECT_EQ(name_of("GET", "/errors/not_found"), "error_page");
    EXPECT_EQ(find_route("GET", "/api/v1/payments/pay_1/audit").id, "pay_1");
}

// whatever a proxy or a client may do to a path, it names nothing that asks for less than the path meant.
TEST(Routes, paths_have_one_spelling) {
    for (const auto* path : {"/",
                             "",
                             "*",
                             "/api/v1/payments/",
                             "/api/v1//payments",
                             "/api/v1/Payments",
                             "/API/v1/payments",
                             "/api/v2/payments",
                             "/api/v1/%70ayments",
                             "/api/v1/payments/pay_1/",
                             "/api/v1/payments//audit",
                             "/api/v1/payments/a/b",
                             "/api/v1/payments/a/b/audit",
                             "/api/v1/payments;x",
                             "/api/v1/payments/../balance",
                             "/api/v1/./payments",
                             "/healthz/",
                             "//healthz",
                             "/healthz;",
                             "/healthz%00",
                             "/healthz.",
                             "/Healthz",
                             "/metrics.",
                             "/metrics/",
                             "/%6detrics",
                             "/healthz/../api/v1/payments",
                             "/healthz/..%2fapi/v1/payments",
                             "/metrics/../api/v1/balance",
                             "\\healthz",
                             "/openapi.json",
                             "/openapi.yaml/",
                             "/errors/",
                             "/errors",
                             "/errors/a/b",
                             "/errors/../metrics",
                             "/api/v1/balance%20",
                             "/api/v1/balance.json",
                             "/api/v1/payments\\pay_1",
                             "/api/v1/admin",
                             "/api/v1/admin/",
                             "/api/v1/admin//keys",
                             "/api/v1/payments/../admin/keys",
                             "http://florin/healthz"}) {
        const auto match = find_route("GET", path);
        EXPECT_FALSE(match.route) << path << " is " << match.route->name;
        EXPECT_TRUE(match.allow.empty()) << path;
    }
}

// What stands where an id belongs is an id, however strange: it is looked up, under the route's own scope.
TEST(Routes, a_strange_id_is_an_id) {
    for (const auto* id :
         {"%2e%2e", "..", ".", "pay_1;admin", "pay_1%2fcapture", "PAY_1", "a b", "\xff", "healthz", "%00"}) {
        const auto match = find_route("GET", std::string("/api/v1/payments/") + id);
        ASSERT_TRUE(match.route) << id;
        EXPECT_EQ(match.route->name, "read_payment") << id;
        EXPECT_EQ(match.id, id);
    }
}

TEST(Routes, methods_have_one_spelling_too) {
    for (const auto* method : {"get", "Get", "GET ", "", "OPTIONS", "TRACE", "CONNECT", "PUT", "PATCH", "DELETE",
                               "PROPFIND", "POST\t", "HEADX"}) {
        EXPECT_FALSE(find_route(method, "/api/v1/payments").route) << method;
        EXPECT_FALSE(find_route(method, "/api/v1/balance").route) << method;
        EXPECT_FALSE(find_route(method, "/healthz").route) << method;
    }
    EXPECT_FALSE(find_route("HEAD", "/api/v1/payments/pay_1/capture").route) << "HEAD is a GET, never a POST";
}

TEST(Routes, a_wrong_method_is_told_the_right_ones) {
    EXPECT_EQ(find_route("PUT", "/api/v1/payments").allow, "POST, GET, HEAD");
    EXPECT_EQ(find_route("GET", "/api/v1/payments/pay_1/capture").allow, "POST");
    EXPECT_EQ(find_route("POST", "/healthz").allow, "GET, HEAD");
    EXPECT_EQ(find_route("OPTIONS", "/api/v1/payments/pay_1").allow, "GET, HEAD");
    EXPECT_EQ(find_route("post", "/api/v1/payments").allow, "POST, GET, HEAD") << "methods are case-sensitive";
}

// The contract's operations as "get /api/v1/payments/{id}", each with its text.
std::map<std::string, std::string> contract_operations() {
    std::map<std::string, std::string> operations;
    const auto paths = openapi_yaml().find("\npaths:\n");
    std::istringstream lines{std::string(openapi_yaml().substr(paths, openapi_yaml().find("\ncomponents:\n") - paths))};
    std::string path, operation;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("  /")) {
            path = line.substr(2, line.size() - 3);
            const auto name = path.find('{');
            if (name != std::string::npos) path.replace(name, path.find('}') - name + 1, "{id}");
        } else if (line.size() > 4 && line.starts_with("    ") && line[4] != ' ' && line != "    parameters:") {
            operation = line.substr(4, line.size() - 5) + ' ' + path;
        } else if (!operation.empty()) {
            operations[operation] += line + '\n';
        }
    }
    return operations;
}

std::string security_of(Access access) {
    switch (access) {
        case Access::open:
            return "security: []";
        case Access::signature:
            return "security: [{ stripeSignature: [] }]";
        case Access::read:
            return "security: [{ apiKey: [read] }]";
        case Access::write:
            return "security: [{ apiKey: [write] }]";
        case Access::refund:
            return "security: [{ apiKey: [refund] }]";
        case Access::admin:
            return "security: [{ apiKey: [admin] }]";
    }
    return "";
}

// The contract and the table name the same operations, with the same scopes.
TEST(Routes, the_contract_describes_every_route_and_no_other) {
    auto operations = contract_operations();
    for (const Route& route : routes()) {
        std::string method(route.method);
        std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
        const auto found = operations.find(method + ' ' + std::string(route.path));
        ASSERT_NE(found, operations.end()) << "not in api/openapi.yaml: " << route.method << ' ' << route.path;
        EXPECT_NE(found->second.find(security_of(route.access)), std::string::npos) << found->first;
        operations.erase(found);
    }
    for (const auto& [operation, text] : operations) ADD_FAILURE() << "no route: " << operation;
}

// Scopes: what changes something never asks for read alone, and nothing that is not open is without one.
TEST(Routes, only_service_routes_are_open_and_only_gets_are_reads) {
    for (const Route& route : routes()) {
        EXPECT_EQ(route.access == Access::signature, route.path.starts_with("/psp/")) << route.path;
        EXPECT_EQ(route.access == Access::open, !route.path.starts_with("/api/") && !route.path.starts_with("/psp/"))
            << route.path;
        EXPECT_EQ(route.access == Access::admin, route.path.starts_with("/api/v1/admin/")) << route.path;
        if (route.access == Access::read || route.access == Access::open) EXPECT_EQ(route.method, "GET") << route.path;
        if (route.access == Access::write || route.access == Access::refund)
            EXPECT_NE(route.method, "GET") << route.path;
    }
    EXPECT_EQ(find_route("POST", "/api/v1/payments/pay_1/refund").route->access, Access::refund);
    EXPECT_EQ(find_route("POST", "/api/v1/payments/pay_1/capture").route->access, Access::write);
}

}  // namespace
}  // namespace florin::api
