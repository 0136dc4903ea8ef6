// Everything that Stripe lists of a time, a page at a time.
#include "psp/stripe/adapter.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/listed_object.hpp"

namespace florin::psp::stripe {

Task<std::expected<ListedPage, std::string>> StripePsp::list(ListQuery query, Deadline deadline) {
    const bool refunds = query.of == ListQuery::Of::refunds;
    auto target = refunds ? list_refunds_target(query.from, query.to) : list_plain_intents_target(query.from, query.to);
    if (!query.after.empty()) target = next_page(target, query.after);
    auto request = get(std::move(target));
    const Wire wire = co_await send(std::move(request), deadline);
    const auto page = wire ? decode_page(*wire, refunds) : std::unexpected(wire.error().what);
    if (!page) co_return std::unexpected(page.error());
    if (page->has_more && page->last_id == query.after) co_return std::unexpected("the list does not move on");
    ListedPage listed{.next = page->has_more ? page->last_id : std::string()};
    for (const auto& item : page->data) {
        const auto& object = item.get_object();
        listed.objects.push_back(refunds ? listed_refund(object) : listed_intent(object));
    }
    co_return listed;
}

}  // namespace florin::psp::stripe
