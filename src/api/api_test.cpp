// The whole API without a database: routing, credentials, and what it answers while the database is away.
#include "api/api.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>
#include <thread>

#include "base/secret.hpp"

namespace florin::api {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kNoDatabase = "host=/nonexistent dbname=florin connect_timeout=1";

class ApiTest : public ::testing::Test {
protected:
    http::Response ask(std::string method, std::string target, Headers headers = {}, std::string body = {}) {
        http::Request request;
        request.peer = "192.0.2.1";
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
    std::exception_ptr failure_;
    boost::asio::io_context loop_{1};

private:
    Task<std::string> readiness() {
        if (failure_) std::rethrow_exception(failure_);
        co_return unready_;
    }
    SystemClock clock_;
    observe::Metrics metrics_;
    store::Store store_{loop_.get_executor(), {.conninfo = kNoDatabase}};
    store::Credentials credentials_{loop_.get_executor(), kNoDatabase, Secret("pepper")};
    store::Administration administration_{loop_.get_executor(), kNoDatabase, Secret("pepper")};
    store::WebhookEndpoints endpoints_{loop_.get_executor(), kNoDatabase, {}};
    store::WebhookDeliveries deliveries_{loop_.get_executor(), kNoDatabase};
    webhooks::Registration registration_{std::make_shared<http::Names>(loop_.get_executor()), {}};
    flow::PspAccounts accounts_;
    flow::Services services_{loop_.get_executor(), clock_, store_, accounts_, metrics_, {}};
    flow::Operations operations_{services_};
    flow::ChangeWatch watch_{services_};
    Api api_{{services_,
              operations_,
              watch_,
              credentials_,
              administration_,
              endpoints_,
              deliveries_,
              registration_,
              [this] { return readiness(); },
              {.unknown_keys = {1, 20}}}};
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

TEST_F(ApiTest, an_error_page_is_found_under_its_code) {
    const auto page = ask("GET", "/errors/rate_limited");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.content_type, "text/markdown; charset=utf-8");
    EXPECT_TRUE(page.body.starts_with("## rate_limited\n\n**429**")) << page.body;
    for (const auto* path : {"/errors/unknown", "/errors/Internal", "/errors/rate_limited%0a"}) {
        const auto response = ask("GET", path);
        EXPECT_EQ(response.status, 404) << path;
        EXPECT_EQ(code(response), "not_found");
    }
}

TEST_F(ApiTest, guesses_of_keys_are_bounded_by_address_and_cost_the_neighbours_nothing) {
    const auto guess = [this](int n) {
        return ask("GET", "/api/v1/balance",
                   {{"authorization", "Bearer sk_test_" + std::to_string(100 + n) + std::string(45, 'x')}});
    };
    int let_through = 0;
    while (guess(let_through).status == 503) ++let_through;
    EXPECT_GE(let_through, 20);
    const auto response = guess(0);
    EXPECT_EQ(response.status, 429) << response.body;
    EXPECT_EQ(code(response), "rate_limited");
    EXPECT_EQ(header(response, "Retry-After"), "1");
    EXPECT_NE(ask("GET", "/metrics").body.find(R"(florin_rate_limited_total{by="peer"})"), std::string::npos);
    EXPECT_EQ(ask("GET", "/api/v1/balance", {{"authorization", "Bearer not-a-key"}}).status, 401) << "needs no look-up";
}

// A-22: what went wrong inside stays inside.
TEST_F(ApiTest, a_500_tells_nothing_of_the_inside) {
    const std::exception_ptr failures[] = {
        std::make_exception_ptr(
            std::runtime_error("ERROR: relation payments, host=db-7.internal in /usr/src/florin.cpp:12")),
        std::make_exception_ptr(std::logic_error("select secret from api_keys where key = 'sk_live_1'")),
        std::make_exception_ptr(std::bad_alloc())};
    for (const auto& failure : failures) {
        failure_ = failure;
        ::testing::internal::CaptureStderr();
        const auto response = ask("GET", "/readyz");
        const auto log = ::testing::internal::GetCapturedStderr();
        EXPECT_EQ(response.status, 500);
        EXPECT_EQ(code(response), "internal");
        EXPECT_EQ(response.headers.size(), 1U);
        const auto problem = boost::json::parse(response.body).as_object();
        EXPECT_EQ(
            problem.at("detail"),
            "Florin failed to handle the request. Repeat it with the same Idempotency-Key; if it fails again, tell the "
            "operator the request id.");
        EXPECT_EQ(problem.size(), 6U) << response.body;
        EXPECT_NE(log.find(header(response, "X-Request-Id")), std::string::npos)
            << "the log says what happened: " << log;
        EXPECT_NE(log.find(R"("event":"http.failed")"), std::string::npos);
    }
}

TEST_F(ApiTest, a_request_line_names_trace_and_client_request_escaped) {
    const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    ::testing::internal::CaptureStderr();
    ask("GET", "/api/v1/balance",
        {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}, {"x-request-id", "mine\"\n{\x1b[31m"}});
    const auto line = ::testing::internal::GetCapturedStderr();
    const auto fields = boost::json::parse(line).as_object();
    EXPECT_EQ(fields.at("event"), "http.request");
    EXPECT_EQ(fields.at("trace"), boost::json::string_view(trace));
    EXPECT_EQ(fields.at("client_request"), "mine\"\n{\x1b[31m");
    EXPECT_EQ(std::ranges::count(line, '\n'), 1) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;

    ::testing::internal::CaptureStderr();
    const auto response = ask("GET", "/api/v1/balance", {{"traceparent", "00-nonsense"}});
    auto request = header(response, "X-Request-Id").substr(4);
    std::erase(request, '-');
    EXPECT_EQ(boost::json::parse(::testing::internal::GetCapturedStderr()).at("trace"),
              boost::json::string_view(request));
}

// Before the key is even looked at: these requests bring none.
TEST_F(ApiTest, under_overload_work_is_refused_before_authentication_and_probes_pass) {
    EXPECT_EQ(ask("GET", "/api/v1/payments").status, 401);
    const std::function<void()> busy = [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(600));
        boost::asio::post(loop_, busy);
    };
    boost::asio::post(loop_, busy);
    http::Response response;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (response.status != 503 && std::chrono::steady_clock::now() < end) response = ask("GET", "/api/v1/payments");
    ASSERT_EQ(response.status, 503);
    EXPECT_EQ(code(response), "overloaded");
    EXPECT_FALSE(header(response, "Retry-After").empty());
    EXPECT_EQ(ask("GET", "/healthz").status, 200);
    EXPECT_NE(ask("GET", "/metrics").body.find(R"(florin_shed_total{class="read"})"), std::string::npos);
}

}  // namespace
}  // namespace florin::api
