// GET /v1/refunds/{id} and GET /v1/refunds
#include <algorithm>

#include "simulator/stripe.hpp"

namespace florin::simulator {
namespace {

using Places = std::vector<RefundPlace>;

// Oldest first, as Truth::refunds.
Places of_intent(const Intent& intent) {
    Places places;
    for (std::size_t i = 0; i < intent.refunds.size(); ++i) {
        places.push_back({&intent, static_cast<std::int16_t>(i), intent.refunds[i].created_us});
    }
    return places;
}

// Places are in order of creation: nothing before the first of these can be wanted.
std::size_t first_wanted(const Places& places, const Parameters& asked) {
    const auto least = std::max(asked.created_gte.value_or(0), asked.created_gt.value_or(0)) * 1'000'000;
    const auto first = std::ranges::lower_bound(places, least, {}, &RefundPlace::created_us);
    return static_cast<std::size_t>(first - places.begin());
}

std::optional<std::size_t> position_of(const Places& places, std::string_view id) {
    for (auto i = places.size(); i-- > 0;) {
        if (refund_id(*places[i].intent, static_cast<std::size_t>(places[i].refund)) == id) return i;
    }
    return std::nullopt;
}

}  // namespace

Result no_such_refund(std::string_view id) {
    return problem(404, "resource_missing", "No such refund: '" + std::string(id) + "'", "id");
}

Result Stripe::retrieve_refund(Call& call) {
    const Intent* intent = named_intent(call);
    if (intent != nullptr) intent = visible(*intent);
    const auto parts = split_id(call.id, kRefundPrefix);
    if (intent == nullptr || parts->second >= intent->refunds.size()) return no_such_refund(call.id);
    return {.intent = intent, .refund = static_cast<std::int16_t>(parts->second)};
}

// Newest first, as Stripe lists. ending_before asks for the page right before (newer than) an object.
Result Stripe::list_refunds(Call& call) {
    const auto& asked = call.parameters;
    if (auto wrong = check_limit(asked)) return std::move(*wrong);
    const bool is_of_one = !asked.payment_intent.empty() || !asked.charge.empty();
    const Intent* named = is_of_one ? named_intent(call) : nullptr;
    const Places own = named == nullptr ? Places() : of_intent(*named);
    const Places& places = is_of_one ? own : world_.truth.refunds();
    const bool is_backward = asked.starting_after.empty() && !asked.ending_before.empty();
    const auto cursor = is_backward ? asked.ending_before : asked.starting_after;
    const auto at = cursor.empty() ? std::optional(places.size()) : position_of(places, cursor);
    if (!at) {
        return problem(400, "resource_missing", "No such refund: '" + std::string(cursor) + "'",
                       is_backward ? "ending_before" : "starting_after");
    }
    auto page = find_refund_page(places, asked, *at, is_backward);
    return show_page(page, call, is_backward, "/v1/refunds");
}

std::vector<Stripe::Shown> Stripe::find_refund_page(const Places& places, const Parameters& asked, std::size_t at,
                                                    bool is_backward) const {
    const auto most = static_cast<std::size_t>(asked.limit) + 1;
    const auto first = first_wanted(places, asked);
    std::vector<Shown> page;
    const auto take = [&](const RefundPlace& place) {
        const Intent* shown = visible(*place.intent);
        const auto index = static_cast<std::size_t>(place.refund);
        if (shown == nullptr || index >= shown->refunds.size()) return;
        const Refund& refund = shown->refunds[index];
        const bool is_of_charge = asked.charge.empty() || charge_id(*shown, refund.charge) == asked.charge;
        if (is_of_charge && was_created_as_asked(refund.created_us, asked)) page.push_back({shown, place.refund});
    };
    if (is_backward) {
        for (auto i = std::max(at + 1, first); i < places.size() && page.size() < most; ++i) take(places[i]);
    } else {
        for (auto i = at; i > first && page.size() < most; --i) take(places[i - 1]);
    }
    return page;
}

}  // namespace florin::simulator
