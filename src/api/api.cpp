#include "api/api.hpp"

#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/query.hpp"
#include "api/routes.hpp"
#include "base/assert.hpp"
#include "observe/log.hpp"
#include "postgres/connection.hpp"

namespace florin::api {
namespace {

using Moment = std::chrono::steady_clock::time_point;

constexpr Milliseconds kReadWithin{5'000};
constexpr int kRetryAfter = 1;

// What is known about a request by the time it is answered, for the log line and the metrics.
struct Story {
    std::string method;
    const Route* route = nullptr;
    RequestId request;
    std::string merchant;
    bool may_have_stored = false;  // a POST came as far as its use case
    Moment begun = std::chrono::steady_clock::now();
};

Refusal no_such_path() {
    return {Error::not_found, "There is nothing at this path. Every path of the API stands in /openapi.yaml."};
}

Refusal wrong_key() {
    return {Error::unauthenticated,
            "This API key is not known or was revoked. Send a valid one as Authorization: Bearer."};
}

// The scope that a route asks of a key; an open route asks for none.
std::optional<store::Scope> scope_of(Access access) {
    switch (access) {
        case Access::open:
            return std::nullopt;
        case Access::read:
            return store::Scope::read;
        case Access::write:
            return store::Scope::write;
        case Access::refund:
            return store::Scope::refund;
        case Access::admin:
            return store::Scope::admin;
    }
    assertion_failed("an Access outside its enumeration", __FILE__, __LINE__);
}

Refusal missing_scope(store::Scope scope) {
    return {Error::forbidden, "This API key may not do that: it lacks the scope " + std::string(to_string(scope)) +
                                  ". Use a key that has it."};
}

// Whoever repeats a POST that may have stored something must keep its key.
Refusal database_unreachable(bool may_have_stored) {
    if (may_have_stored) {
        return {.error = Error::commit_unknown,
                .detail =
                    "The database does not answer, so it is not known whether the request was recorded. Repeat it with "
                    "the same Idempotency-Key, never with another.",
                .retry_after_s = kRetryAfter};
    }
    return {.error = Error::overloaded,
            .detail = "The database does not answer. Repeat the request later.",
            .retry_after_s = kRetryAfter};
}

Refusal internal_error() {
    return {Error::internal,
            "Florin failed to handle the request. Repeat it with the same Idempotency-Key; if it fails again, tell the "
            "operator the request id."};
}

http::Response wrong_method(std::string allow, RequestId request) {
    auto response = problem_response({Error::method_not_allowed, "This path knows only: " + allow + "."}, request);
    response.headers.emplace_back("Allow", std::move(allow));
    return response;
}

void tell(const Story& story, const http::Response& response, observe::Metrics& metrics) {
    const auto took = std::chrono::steady_clock::now() - story.begun;
    const std::string_view route = story.route ? story.route->name : "none";
    metrics.http_request(route, response.status, took);
    const bool is_probe = story.route && story.route->access == Access::open;
    observe::log(is_probe ? observe::Level::debug : observe::Level::info, "http.request",
                 {{"request", to_string(story.request)},
                  {"method", story.method},
                  {"route", route},
                  {"status", response.status},
                  {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
                  {"merchant", story.merchant}});
}

}  // namespace

struct Api::State {
    explicit State(ApiServices all) : services(std::move(all)) {}
    ApiServices services;

    // The story lives in the frame of handle, which waits for both.
    Task<http::Response> respond(http::Request request, Story& story) const;
    Task<http::Response> serve(http::Request request, Story& story) const;
    Task<Checked<store::Credential>> authenticate(Checked<std::string> key, Deadline deadline) const;
    RequestId new_request_id(Bucket bucket, bool live) const {
        return RequestId::make(services.flow.clock.now(), bucket, live);
    }
};

Task<Checked<store::Credential>> Api::State::authenticate(Checked<std::string> key, Deadline deadline) const {
    if (!key) co_return std::unexpected(std::move(key.error()));
    auto credential = co_await services.credentials.find_key(std::move(*key), deadline);
    if (!credential) co_return std::unexpected(wrong_key());
    co_return std::move(*credential);
}

// Order of checks: path, method, credentials; then the route's own.
Task<http::Response> Api::State::serve(http::Request request, Story& story) const {
    auto match = find_route(request.method, request.path);
    story.route = match.route;
    if (!match.route && match.allow.empty()) co_return problem_response(no_such_path(), story.request);
    if (!match.route) co_return wrong_method(std::move(match.allow), story.request);

    const auto deadline = Deadline::after(kReadWithin);
    store::Credential credential;
    if (const auto scope = scope_of(match.route->access)) {
        auto found = co_await authenticate(bearer_key(request), deadline);
        if (!found) co_return problem_response(found.error(), story.request);
        credential = std::move(*found);
        if (credential.merchant) {
            story.merchant = to_string(credential.merchant->id);
            story.request = new_request_id(bucket_of(credential.merchant->id.uuid()), credential.live);
        }
        if (!credential.scopes.has(*scope)) co_return problem_response(missing_scope(*scope), story.request);
    }
    if (match.route->query == Query::refused) {
        if (auto fault = fault_of_any_parameter(request.query)) co_return problem_response(*fault, story.request);
    }
    Call call{std::move(request), std::move(match.id), std::move(credential), story.request, deadline};
    story.may_have_stored = match.route->method == "POST";
    auto answer = co_await match.route->handler(services, std::move(call));
    co_return answer ? std::move(*answer) : problem_response(answer.error(), story.request);
}

Task<http::Response> Api::State::respond(http::Request request, Story& story) const {
    try {
        co_return co_await serve(std::move(request), story);
    } catch (const postgres::ConnectionLost& error) {
        observe::log(observe::Level::warning, "http.database_unreachable",
                     {{"request", to_string(story.request)}, {"why", error.what()}});
        co_return problem_response(database_unreachable(story.may_have_stored), story.request);
    } catch (const std::exception& error) {
        observe::log(observe::Level::error, "http.failed",
                     {{"request", to_string(story.request)}, {"why", error.what()}});
        co_return problem_response(internal_error(), story.request);
    }
}

Api::Api(ApiServices services) : state_(std::make_unique<State>(std::move(services))) {}

Api::~Api() = default;

Task<http::Response> Api::handle(http::Request request) {
    Story story;
    story.method = request.method;
    story.request = state_->new_request_id(Bucket{}, false);
    auto response = co_await state_->respond(std::move(request), story);
    response.headers.emplace_back("X-Request-Id", to_string(story.request));
    tell(story, response, state_->services.flow.metrics);
    co_return response;
}

http::Response Api::refuse(int status, std::string detail) {
    Story story;
    story.request = state_->new_request_id(Bucket{}, false);
    auto response = problem_response(status, {error_of_status(status), std::move(detail)}, story.request);
    response.headers.emplace_back("X-Request-Id", to_string(story.request));
    tell(story, response, state_->services.flow.metrics);
    return response;
}

}  // namespace florin::api
