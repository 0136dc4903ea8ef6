#include "api/api.hpp"

#include "api/delay_meter.hpp"
#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/query.hpp"
#include "api/routes.hpp"
#include "api/story.hpp"
#include "base/assert.hpp"
#include "observe/log.hpp"
#include "postgres/connection.hpp"

namespace florin::api {
namespace {

constexpr Milliseconds kReadWithin{5'000};
constexpr int kRetryAfter = 1;

Refusal no_such_path() {
    return {Error::not_found, "There is nothing at this path. Every path of the API stands in /openapi.yaml."};
}

Refusal wrong_key() {
    return {Error::unauthenticated,
            "This API key is not known or was revoked. Send a valid one as Authorization: Bearer."};
}

// The scope that a route asks of a key; one that needs no key asks for none.
std::optional<store::Scope> scope_of(Access access) {
    switch (access) {
        case Access::open:
        case Access::signature:
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

}  // namespace

struct Api::State {
    explicit State(ApiServices all)
        : services(std::move(all)),
          limits(services.limits),
          meter(services.flow.executor, [this] { return services.flow.store.oldest_wait(); }, admission) {}
    ApiServices services;
    Limits limits;
    Admission admission;
    DelayMeter meter;

    // The story lives in the frame of handle, which waits for both.
    Task<http::Response> respond(http::Request request, Story& story);
    Task<http::Response> serve(http::Request request, Story& story);
    std::optional<Refusal> shed(const Route& route);
    Task<Checked<store::Credential>> authenticate(Checked<std::string> key, std::string peer, Deadline deadline);
    Refusal refusal_of(Limited limited);
    RequestId new_request_id(Bucket bucket, bool live) const {
        return RequestId::make(services.flow.clock.now(), bucket, live);
    }
    void know(Story& story, const store::Credential& credential) const;
};

std::optional<Refusal> Api::State::shed(const Route& route) {
    const auto type = class_of(route);
    if (!type) return std::nullopt;
    auto refusal = admission.refuse(*type);
    if (refusal) services.flow.metrics.shed(to_string(*type));
    return refusal;
}

Refusal Api::State::refusal_of(Limited limited) {
    services.flow.metrics.rate_limited(limited.by);
    return std::move(limited.refusal);
}

// A key that this process has not known costs a look-up, and guesses of one address are bounded. Good keys do not
// count.
Task<Checked<store::Credential>> Api::State::authenticate(Checked<std::string> key, std::string peer,
                                                          Deadline deadline) {
    if (!key) co_return std::unexpected(std::move(key.error()));
    bool is_looked_up = false;
    std::optional<Limited> limited;
    const auto may_look_up = [&] {
        limited = limits.admit_look_up(peer, Moment::clock::now());
        is_looked_up = !limited;
        return is_looked_up;
    };
    auto credential = co_await services.credentials.find_key(std::move(*key), deadline, may_look_up);
    if (limited) co_return std::unexpected(refusal_of(std::move(*limited)));
    if (!credential) co_return std::unexpected(wrong_key());
    if (is_looked_up) limits.give_back_look_up(peer, Moment::clock::now());
    co_return std::move(*credential);
}

void Api::State::know(Story& story, const store::Credential& credential) const {
    story.key = to_string(credential.key);
    if (!credential.merchant) return;
    story.merchant = to_string(credential.merchant->id);
    story.request = new_request_id(bucket_of(credential.merchant->id.uuid()), credential.live);
}

// Order of checks: path, method, overload; credentials, rate limit, scope; then the route's own.
Task<http::Response> Api::State::serve(http::Request request, Story& story) {
    auto match = find_route(request.method, request.path);
    story.route = match.route;
    if (!match.route && match.allow.empty()) co_return problem_response(no_such_path(), story.request);
    if (!match.route) co_return wrong_method(std::move(match.allow), story.request);
    if (const auto refusal = shed(*match.route)) {
        story.is_shed = true;
        co_return problem_response(*refusal, story.request);
    }

    const auto deadline = Deadline::after(kReadWithin);
    store::Credential credential;
    if (const auto scope = scope_of(match.route->access)) {
        auto found = co_await authenticate(bearer_key(request), request.peer, deadline);
        if (!found) co_return problem_response(found.error(), story.request);
        credential = std::move(*found);
        know(story, credential);
        if (auto limited = limits.admit(credential, Moment::clock::now()))
            co_return problem_response(refusal_of(std::move(*limited)), story.request);
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

Task<http::Response> Api::State::respond(http::Request request, Story& story) {
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
    Story story = story_of(request, state_->new_request_id(Bucket{}, false));
    auto response = co_await state_->respond(std::move(request), story);
    response.headers.emplace_back("X-Request-Id", to_string(story.request));
    tell(story, response, state_->services.flow.metrics);
    co_return response;
}

http::Response Api::refuse(int status, std::string detail) {
    const Story story{.request = state_->new_request_id(Bucket{}, false)};
    auto response = problem_response(status, {error_of_status(status), std::move(detail)}, story.request);
    response.headers.emplace_back("X-Request-Id", to_string(story.request));
    tell(story, response, state_->services.flow.metrics);
    return response;
}

}  // namespace florin::api
