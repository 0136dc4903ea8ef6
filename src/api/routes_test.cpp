#include "api/routes.hpp"

#include <gtest/gtest.h>

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
    EXPECT_EQ(name_of("GET", "/api/v1/payments/pay_1/operations"), "list_operations");
    EXPECT_EQ(name_of("GET", "/api/v1/payments/pay_1/ledger"), "list_ledger_entries");
    EXPECT_EQ(name_of("GET", "/api/v1/payments/pay_1/audit"), "list_audit_entries");
    EXPECT_EQ(name_of("GET", "/api/v1/balance"), "read_balance");
    EXPECT_EQ(name_of("HEAD", "/healthz"), "healthz");
    EXPECT_EQ(find_route("GET", "/api/v1/payments/pay_1/audit").id, "pay_1");
}

TEST(Routes, paths_have_one_spelling) {
    for (const auto* path : {"/", "", "/api/v1/payments/", "/api/v1//payments", "/api/v1/Payments", "/api/v2/payments",
                             "/api/v1/%70ayments", "/api/v1/payments/pay_1/", "/api/v1/payments//audit",
                             "/api/v1/payments/a/b", "/api/v1/payments/a/b/audit", "/api/v1/payments;x",
                             "/api/v1/payments/../balance", "/healthz/", "//healthz", "/metrics.", "/openapi.json"}) {
        const auto match = find_route("GET", path);
        const bool is_an_id = match.route && match.route->name == "read_payment";
        EXPECT_TRUE(!match.route || is_an_id) << path;
        EXPECT_TRUE(match.allow.empty()) << path;
    }
}

TEST(Routes, a_wrong_method_is_told_the_right_ones) {
    EXPECT_EQ(find_route("PUT", "/api/v1/payments").allow, "POST, GET, HEAD");
    EXPECT_EQ(find_route("GET", "/api/v1/payments/pay_1/capture").allow, "POST");
    EXPECT_EQ(find_route("POST", "/healthz").allow, "GET, HEAD");
    EXPECT_EQ(find_route("OPTIONS", "/api/v1/payments/pay_1").allow, "GET, HEAD");
    EXPECT_EQ(find_route("post", "/api/v1/payments").allow, "POST, GET, HEAD") << "methods are case-sensitive";
}

// The contract and the table name the same operations, whatever else each says about them.
TEST(Routes, the_contract_describes_every_route_and_no_other) {
    std::size_t described = 0;
    for (const Route& route : routes()) {
        std::string path(route.path);
        if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, "{payment_id}");
        const auto begin = openapi_yaml().find("\n  " + path + ":\n");
        ASSERT_NE(begin, std::string_view::npos) << path;
        const auto rest = openapi_yaml().substr(begin + 1);
        const auto item = rest.substr(0, rest.find("\n  /"));
        EXPECT_NE(item.find(route.method == "GET" ? "\n    get:\n" : "\n    post:\n"), std::string_view::npos) << path;
        const bool is_open = item.find("security: []") != std::string_view::npos;
        EXPECT_EQ(is_open, route.access == Access::open) << path;
    }
    for (auto at = openapi_yaml().find("operationId:"); at != std::string_view::npos;
         at = openapi_yaml().find("operationId:", at + 1))
        ++described;
    EXPECT_EQ(described, routes().size());
}

}  // namespace
}  // namespace florin::api
