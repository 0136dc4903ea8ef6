#include "api/story.hpp"

#include "api/trace.hpp"
#include "observe/log.hpp"

namespace florin::api {
namespace {

constexpr int kForbidden = 403;

observe::Level level_of(const Story& story, int status) {
    if (status == kForbidden) return observe::Level::warning;
    const bool is_probe = story.route && story.route->access == Access::open;
    // Thousands per second at times; what was refused has its own line.
    const bool is_event = story.route && story.route->access == Access::signature;
    return is_probe || is_event || story.is_shed ? observe::Level::debug : observe::Level::info;
}

}  // namespace

Story story_of(const http::Request& request, RequestId id) {
    Story story{.request = id, .method = request.method, .trace = trace_of(request)};
    if (const auto* theirs = request.find_header("x-request-id")) story.client_request = *theirs;
    return story;
}

void tell(const Story& story, const http::Response& response, observe::Metrics& metrics) {
    const auto took = std::chrono::steady_clock::now() - story.begun;
    const std::string_view route = story.route ? story.route->name : "none";
    metrics.http_request(route, response.status, took);
    if (!observe::is_logged(level_of(story, response.status))) return;  // what is shed comes by the ten thousand
    observe::log(level_of(story, response.status), "http.request",
                 {{"request", to_string(story.request)},
                  {"method", story.method},
                  {"route", route},
                  {"status", response.status},
                  {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
                  {"merchant", story.merchant},
                  {"key", story.key},
                  {"trace", story.trace.empty() ? trace_of(story.request) : story.trace},
                  {"client_request", story.client_request}});
}

}  // namespace florin::api
