#include "webhooks/http_sender.hpp"

namespace florin::webhooks {
namespace {

http::Origin origin_of(const Target& target) {
    return {.tls = target.tls, .host = target.host, .port = target.port};
}

// The rules hold at each send: they may be stricter than when the endpoint was registered.
Task<Posted> post_to(std::shared_ptr<http::PublicClient> client, TargetRules rules, const Clock& clock, Post post,
                     Deadline deadline) {
    rules.allow_loopback = rules.allow_loopback && !post.live;
    const auto target = parse_target(post.url, rules);
    if (!target) co_return std::unexpected("the URL is not allowed (any more)");
    http::ClientRequest request{.method = "POST",
                                .target = target->path_and_query,
                                .headers = std::move(post.headers),
                                .body = std::move(post.body)};
    const auto loopback = target->is_loopback ? http::Loopback::allowed : http::Loopback::refused;
    const auto answer = co_await client->send(origin_of(*target), std::move(request), deadline, loopback);
    if (!answer) co_return std::unexpected(answer.error().what);
    const auto* retry_after = answer->find_header("retry-after");
    co_return Answer{.status = answer->status,
                     .retry_after = retry_after ? parse_retry_after(*retry_after, clock.now()) : std::nullopt};
}

}  // namespace

Sender http_sender(std::shared_ptr<http::PublicClient> client, TargetRules rules, const Clock& clock) {
    return [client = std::move(client), rules = std::move(rules), &clock](Post post, Deadline deadline) {
        return post_to(client, rules, clock, std::move(post), deadline);
    };
}

}  // namespace florin::webhooks
