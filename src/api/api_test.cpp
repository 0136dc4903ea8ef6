// The whole API without a database: routing, credentials, and what it answers while the database is away.
#include "api/api.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>

#include "base/secret.hpp"

namespace florin::api {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kNoDatabase = "host=/nonexistent dbname=florin connect_timeout=1";

class ApiTest : public ::testing::Test {
protected:
    http::Response ask(std::string method, std::string target, Headers headers = {}, std::string body = {}) {
        http::Request request;
        request.method = std::move(method);
        request.target = target;
        request.path = target.substr(0, target.find('?'));
        if (const auto at = target.find('?'); at != std::string::npos) request.query = target.substr(at + 1);
        request.headers = std::move(headers);
        request.body = std::move(body);
        auto response = boost::asio::co_spawn(loop_, api_.handle(std::move(request)), boost::asio::use_future);
        loop_.restart();
        while (response.wait_for(std::chrono::seconds(0)) != std::future_status::ready) loop_.run_one();
        return response.get();
    }

    static std::string header(const http::Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return "";
    }

    static std::string code(const http::Response& response) {
        EXPECT_EQ(response.content_type, "application/problem+json");
        const auto problem = boost::json::parse(response.body);
        EXPECT_EQ(problem.at("status"), response.status);
        EXPECT_EQ(problem.at("request_id").as_string(), header(response, "X-Request-Id"));
        return std::string(problem.at("code").as_string());
    }

    const Headers with_key_{{"authorization", "Bearer sk_test_0123456789abcdefghijABCDEFGHIJ0123456789abcdefgh"}};
    std::string unready_;

private:
    Task<std::string> readiness() { co_return unready_; }

    boost::asio::io_context loop_{1};
    SystemClock clock_;
    observe::Metrics metrics_;
    store::Store store_{loop_.get_executor(), {.conninfo = kNoDatabase}};
    store::Credentials credentials_{loop_.get_executor(), kNoDatabase, Secret("pepper")};
    flow::PspAccounts accounts_;
    flow::Services services_{loop_.get_executor(), clock_, store_, accounts_, metrics_, {}};
    flow::Operations operations_{services_};
    Api api_{{services_, operations_, credentials_, [this] { return readiness(); }}};
};

TEST_F(ApiTest, every_answer_names_its_request) {
    const auto first = header(ask("GET", "/healthz"), "X-Request-Id");
    const auto second = header(ask("GET", "/healthz"), "X-Request-Id");
    EXPECT_TRUE(RequestId::parse(first) && RequestId::parse(second));
    EXPECT_NE(first, second);
}

TEST_F(ApiTest, unknown_paths_are_404_and_known_ones_with_another_method_405) {
    EXPECT_EQ(code(ask("GET", "/")), "not_found");
    EXPECT_EQ(code(ask("GET", "/api/v1/payments/")), "not_found");
    const auto response = ask("DELETE", "/api/v1/payments");
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(code(response), "method_not_allowed");
    EXPECT_EQ(header(response, "Allow"), "POST, GET, HEAD");
}

TEST_F(ApiTest, credentials_are_looked_at_before_anything_else_of_the_request) {
    for (const auto& [method, target] : {std::pair("POST", "/api/v1/payments"),
                                         {"POST", "/api/v1/payments/pay_x/capture"},
                                         {"POST", "/api/v1/payments/pay_x/refund"},
                                         {"GET", "/api/v1/payments?limit=x"},
                                         {"GET", "/api/v1/payments/pay_x"},
                                         {"GET", "/api/v1/balance?key=sk_test_x"}}) {
        const auto response = ask(method, target, {}, "{");
        EXPECT_EQ(response.status, 401) << target;
        EXPECT_EQ(code(response), "unauthenticated");
        EXPECT_EQ(header(response, "WWW-Authenticate"), "Bearer realm=\"florin\"");
    }
}

TEST_F(ApiTest, without_a_database_the_answer_is_503_and_tells_nothing_of_the_inside) {
    for (const auto* method : {"GET", "POST"}) {
        const auto response = ask(method, "/api/v1/payments", with_key_, "{}");
        EXPECT_EQ(response.status, 503) << response.body;
        EXPECT_EQ(code(response), "overloaded");
        EXPECT_EQ(header(response, "Retry-After"), "1");
        EXPECT_EQ(response.body.find("nonexistent"), std::string::npos) << response.body;
    }
}

TEST_F(ApiTest, the_service_routes_need_no_key) {
    EXPECT_EQ(ask("GET", "/healthz").body, R"({"status":"ok"})");
    EXPECT_EQ(ask("GET", "/readyz").body, R"({"status":"ready"})");
    EXPECT_TRUE(ask("GET", "/openapi.yaml").body.starts_with("openapi: 3.1.0\n"));
    EXPECT_TRUE(ask("GET", "/metrics").content_type.starts_with("text/plain; version=0.0.4"));
    EXPECT_EQ(ask("HEAD", "/healthz").status, 200);
}

TEST_F(ApiTest, a_process_that_is_not_ready_says_why) {
    unready_ = "shutting down";
    const auto response = ask("GET", "/readyz");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(code(response), "overloaded");
    EXPECT_NE(response.body.find("Not ready: shutting down"), std::string::npos) << response.body;
}

TEST_F(ApiTest, requests_are_counted_by_route_and_status_never_by_path) {
    ask("GET", "/api/v1/payments/pay_secret");
    const auto metrics = ask("GET", "/metrics").body;
    EXPECT_NE(metrics.find("read_payment"), std::string::npos);
    EXPECT_EQ(metrics.find("pay_secret"), std::string::npos);
}

}  // namespace
}  // namespace florin::api
