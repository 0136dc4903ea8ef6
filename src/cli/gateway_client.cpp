#include "cli/gateway_client.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <iostream>

#include "base/json.hpp"
#include "cli/command.hpp"

namespace florin::cli {
namespace {

// Longer than the gateway waits for the PSP before it answers 202.
const Milliseconds kPatience(75'000);

std::string required(const char* name, std::string_view what) {
    const char* value = std::getenv(name);
    if (!value || !*value) throw UsageError(fmt::format("{} is not set: {}", name, what));
    return value;
}

http::Origin origin_of_gateway() {
    const auto url = required("FLORIN_URL", "the address of a running gateway, such as http://127.0.0.1:8080");
    auto origin = http::parse_origin(url);
    if (!origin) throw UsageError("FLORIN_URL: " + origin.error().detail);
    return *origin;
}

http::ClientOptions options_of_gateway() {
    http::ClientOptions options;
    options.connections = 1;
    if (const char* file = std::getenv("FLORIN_CA_FILE")) options.ca_file = file;
    return options;
}

std::string text_of(const boost::json::value& problem, std::string_view member) {
    const auto* object = problem.if_object();
    const auto* value = object ? object->if_contains(member) : nullptr;
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

GatewayClient::GatewayClient(boost::asio::any_io_executor executor)
    : key_(required("FLORIN_SECRET_KEY", "an API key of a merchant: florin keys create makes one")),
      client_(executor, origin_of_gateway(), options_of_gateway()) {
    if (key_.expose().find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") !=
        std::string_view::npos) {
        throw UsageError("FLORIN_SECRET_KEY is no API key: it must be sk_test_... or sk_live_...");
    }
}

bool GatewayClient::is_live() const {
    return key_.expose().starts_with("sk_live_");
}

Task<GatewayAnswer> GatewayClient::get(std::string path) {
    http::ClientRequest request;
    request.method = "GET";
    request.target = std::move(path);
    return send(std::move(request));
}

Task<GatewayAnswer> GatewayClient::post(std::string path, boost::json::object body, std::string idempotency_key) {
    http::ClientRequest request;
    request.method = "POST";
    request.target = std::move(path);
    request.headers.emplace_back("Content-Type", "application/json");
    request.headers.emplace_back("Idempotency-Key", std::move(idempotency_key));
    request.body = boost::json::serialize(body);
    return send(std::move(request));
}

Task<GatewayAnswer> GatewayClient::send(http::ClientRequest request) {
    request.headers.emplace_back("Authorization", "Bearer " + std::string(key_.expose()));
    auto answer = co_await client_.send(std::move(request), Deadline::after(kPatience));
    if (!answer) throw std::runtime_error("the gateway at FLORIN_URL does not answer: " + answer.error().what);
    auto body = json::parse(answer->body, {.bytes = std::size_t{1} << 20, .members = 100'000});
    if (!body) {
        throw std::runtime_error(
            fmt::format("what answers at FLORIN_URL is no Florin: {} without JSON", answer->status));
    }
    co_return GatewayAnswer{.status = answer->status, .body = std::move(*body)};
}

int print_problem(const GatewayAnswer& answer) {
    const auto detail = text_of(answer.body, "detail");
    std::cerr << fmt::format("florin: {} ({}, {})\n", detail.empty() ? "the gateway refused" : detail, answer.status,
                             text_of(answer.body, "code"));
    if (answer.status == 401) return kUsage;
    return answer.status == 429 || answer.status >= 500 ? kUnavailable : kNo;
}

}  // namespace florin::cli
