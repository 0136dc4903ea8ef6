// POST /psp/stripe/webhooks: what a PSP tells by itself. Authenticated by its signature over the bytes as they came;
// 2xx only once the event is durable, whatever it says: it is worked off later (flow), and one that came before is as
// good.
//
// Overload. Deliveries are never shed with the merchants' requests: they cost one HMAC over the body for each
// configured secret (one or two of each mode) and a place in a batch on a connection of their own, and they are what
// settles open operations, so that refusing them would prolong what overloads. Their own queue is bounded: when it is
// full the answer is 503, nothing is kept, and the PSP sends again for days. So are the bytes of bodies longer than
// usual, which are taken before anybody is known (http/server.hpp). No address is ever limited because of forgeries:
// behind a proxy they would come from where the PSP comes from.
#include <algorithm>

#include "api/handlers.hpp"
#include "base/assert.hpp"
#include "observe/log.hpp"
#include "psp/event_source.hpp"
#include "store/store.hpp"

namespace florin::api {
namespace {

constexpr int kRetryAfter = 5;
constexpr std::string_view kReceived = R"({"received":true})";

const psp::EventSource* find_source(const ApiServices& services, std::string_view path) {
    const auto is_of = [path](const psp::EventSource* source) {
        return path == std::string("/psp/") + std::string(source->psp()) + "/webhooks";
    };
    const auto found = std::ranges::find_if(services.event_sources, is_of);
    return found == services.event_sources.end() ? nullptr : *found;
}

// Empty unless it stands exactly once: of two signatures nobody knows which was meant.
std::string_view signature_of(const http::Request& request, std::string_view header) {
    const auto* value = request.find_header(header);
    return value != nullptr && request.count_of(header) == 1 ? std::string_view(*value) : std::string_view();
}

// Whoever cannot sign learns nothing of why, or of how this gateway is configured; the log and the metric tell.
Refusal refusal_of(psp::BadDelivery why) {
    if (why == psp::BadDelivery::unreadable || why == psp::BadDelivery::mode) {
        return {Error::event_refused,
                "The signature is right, and this is no event that can be taken: it cannot be read, or its livemode is "
                "not that of the secret. The gateway's log tells which."};
    }
    return {
        Error::signature_invalid,
        "No signature of this body by a secret that is configured here, made within five minutes of now. Compare the "
        "endpoint's signing secret with FLORIN_STRIPE_TEST_WEBHOOK_SECRET or FLORIN_STRIPE_LIVE_WEBHOOK_SECRET."};
}

void report(const ApiServices& services, const Call& call, std::string_view psp,
            const psp::Undeliverable& undeliverable) {
    services.flow.metrics.psp_event_refused(psp, to_string(undeliverable.why));
    observe::log(is_authentic(undeliverable.why) ? observe::Level::warning : observe::Level::info, "psp_event.refused",
                 {{"request", to_string(call.request_id)},
                  {"psp", psp},
                  {"why", to_string(undeliverable.why)},
                  {"evidence", undeliverable.detail},
                  {"peer", call.request.peer}});
}

store::ReceivedEvent received_event(const psp::EventSource& source, psp::Delivery delivery, std::string body,
                                    WallTime now) {
    auto& event = delivery.event;
    return {.id = PspEventId::make(now, Bucket{}, event.live),
            .account = {.psp = std::string(source.psp()), .name = std::move(delivery.account), .live = event.live},
            .event = std::move(event.id),
            .type = std::move(event.type),
            .weight = static_cast<std::int16_t>(event.weight),
            .created = event.created,
            .body = std::move(body),
            .received = now};
}

std::string_view to_string(store::Kept kept) {
    switch (kept) {
        case store::Kept::fresh:
            return "fresh";
        case store::Kept::waiting:
            return "waiting";
        case store::Kept::due_again:
            return "due_again";
        case store::Kept::handled:
            return "handled";
    }
    assertion_failed("a Kept outside its enumeration", __FILE__, __LINE__);
}

// Not durable, or not known to be: the PSP sends it again, and a second copy does no harm.
Refusal not_kept(Error error) {
    return {.error = error,
            .detail = "The event could not be stored in time. Send it again.",
            .retry_after_s = kRetryAfter};
}

}  // namespace

Task<Answer> receive_psp_event(const ApiServices& services, Call call) {
    const auto* source = find_source(services, call.request.path);
    if (source == nullptr) co_return refuse(Error::not_found, "No account of this PSP is configured here.");
    const auto now = services.flow.clock.now();
    auto delivery = source->read(signature_of(call.request, source->signature_header()), call.request.body, now);
    if (!delivery) {
        report(services, call, source->psp(), delivery.error());
        co_return std::unexpected(refusal_of(delivery.error().why));
    }
    auto event = received_event(*source, std::move(*delivery), std::move(call.request.body), now);
    const auto psp = event.account.psp;
    try {
        const auto kept = co_await services.flow.store.psp_events().keep(std::move(event), call.deadline);
        services.flow.metrics.psp_event_received(psp, to_string(kept));
    } catch (const store::QueueFull&) {
        services.flow.metrics.psp_event_refused(psp, "queue_full");
        co_return std::unexpected(not_kept(Error::overloaded));
    } catch (const store::CommitUnknown&) {
        services.flow.metrics.psp_event_refused(psp, "commit_unknown");
        co_return std::unexpected(not_kept(Error::commit_unknown));
    }
    co_return http::Response{.body = std::string(kReceived)};
}

}  // namespace florin::api
