// GET /api/v1/events, oldest first, with ?wait=25 a long poll for the next one; and GET /api/v1/events/{id}.
#include <algorithm>

#include "api/handlers.hpp"
#include "api/query.hpp"
#include "events/document.hpp"

namespace florin::api {
namespace {

constexpr Milliseconds kReadWithin{5'000};
constexpr Milliseconds kToldWithin{2'000};  // of an event, from its commit to the list

std::string body_of(const store::ToldPage& page) {
    std::string body = R"({"data":[)";
    for (const auto& event : page.events) {
        if (body.back() != '[') body += ',';
        body += events::document(event);
    }
    body +=
        page.has_more ? R"(],"has_more":true,"next_starting_after":)" : R"(],"has_more":false,"next_starting_after":)";
    body += page.next_starting_after ? '"' + to_string(*page.next_starting_after) + '"' : "null";
    return body += '}';
}

// Of a time that is over no more is told.
Milliseconds wait_of(const EventListQuery& list, WallTime now) {
    const Milliseconds wait(list.wait * 1000);
    if (!list.query.created_to) return wait;
    const auto left = std::chrono::duration_cast<Milliseconds>(*list.query.created_to - now) + kToldWithin;
    return std::clamp(left, Milliseconds{0}, wait);
}

Refusal no_such_event() {
    return {Error::not_found, "There is no event with this id for this API key's merchant and mode."};
}

}  // namespace

Task<Answer> list_events(const ApiServices& services, Call call) {
    CO_TRY(list, parse_event_list_query(call.request.query));
    store::ToldQuery query = list.query;
    query.merchant = call.credential.merchant->id;
    query.live = call.credential.live;
    auto& events = services.flow.store.events();
    auto page = co_await events.list(query, call.deadline);
    const auto until = Deadline::after(wait_of(list, services.flow.clock.now()));
    while (page.events.empty() && !page.has_more && !until.passed()) {
        // What a filter leaves out is not looked at again.
        query.starting_after = page.next_starting_after;
        const store::AwaitedEvents known{query.merchant, query.live, query.starting_after.value_or(EventId{})};
        CO_TRY(is_there, co_await services.watch.wait(known, until, call.request.is_gone));
        if (!is_there) break;
        page = co_await events.list(query, Deadline::after(kReadWithin));
    }
    co_return http::Response{.body = body_of(page)};
}

Task<Answer> read_event(const ApiServices& services, Call call) {
    const auto id = EventId::parse(call.id);
    if (!id) co_return std::unexpected(no_such_event());
    const auto event = co_await services.flow.store.events().find(call.credential.merchant->id, call.credential.live,
                                                                  *id, call.deadline);
    if (!event) co_return std::unexpected(no_such_event());
    co_return http::Response{.body = events::document(*event)};
}

}  // namespace florin::api
