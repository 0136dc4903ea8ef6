// GET /v1/payment_intents/{id}, GET /v1/payment_intents and GET /v1/charges/{id}
#include <algorithm>
#include <utility>

#include "simulator/stripe.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {

const Intent* Stripe::visible(const Intent& intent) const {
    const auto lag = world_.settings.read_lag_ms * 1'000;
    if (lag == 0) return &intent;
    const auto now = world_.now_us();
    if (now - intent.created_us < lag) return nullptr;
    return now - intent.changed_us < lag && intent.before ? intent.before.get() : &intent;
}

Result Stripe::retrieve(Call& call) {
    const Intent* intent = world_.truth.find(call.id);
    if (intent != nullptr) intent = visible(*intent);
    return intent == nullptr ? no_such_intent(call.id) : Result{.intent = intent};
}

Result Stripe::charge(Call& call) {
    const auto parts = split_charge_id(call.id);
    const Intent* intent = parts ? world_.truth.find(parts->first) : nullptr;
    if (intent != nullptr) intent = visible(*intent);
    if (intent == nullptr || parts->second >= intent->charges.size()) {
        return problem(404, "resource_missing", "No such charge: '" + std::string(call.id) + "'", "id");
    }
    const auto action = call.fault == nullptr ? Action::none : call.fault->action;
    Result result;
    render_charge(result.body, falsifies(action) ? falsified(*intent, action) : *intent, parts->second);
    return result;
}

namespace {

bool is_wanted(const Intent& intent, const Parameters& asked) {
    const auto created = intent.created_us / 1'000'000;
    if (asked.created_gt && created <= *asked.created_gt) return false;
    if (asked.created_gte && created < *asked.created_gte) return false;
    if (asked.created_lt && created >= *asked.created_lt) return false;
    if (asked.created_lte && created > *asked.created_lte) return false;
    return std::ranges::all_of(asked.kept, [&](const Field& field) {  // customer
        return intent.kept_value(field.key) == field.value;
    });
}

// Intents are kept in order of creation: nothing before the first of these can be wanted.
std::size_t first_wanted(const std::deque<Intent>& intents, const Parameters& asked) {
    const auto least = std::max(asked.created_gte.value_or(0), asked.created_gt.value_or(0)) * 1'000'000;
    const auto first = std::ranges::lower_bound(intents, least, {}, &Intent::created_us);
    return static_cast<std::size_t>(first - intents.begin());
}

std::size_t position_of(const std::deque<Intent>& intents, const Intent* wanted) {
    const auto same_time = std::ranges::lower_bound(intents, wanted->created_us, {}, &Intent::created_us);
    const auto found = std::find_if(same_time, intents.end(), [&](const Intent& intent) { return &intent == wanted; });
    return static_cast<std::size_t>(found - intents.begin());
}

}  // namespace

// Newest first, as Stripe lists. ending_before asks for the page right before (newer than) an object.
Result Stripe::list(Call& call) {
    const auto& asked = call.parameters;
    if (asked.limit < 1 || asked.limit > 100) {
        return problem(400, "parameter_invalid_integer", "Limit must be between 1 and 100.", "limit");
    }
    const bool is_backward = asked.starting_after.empty() && !asked.ending_before.empty();
    const auto cursor = is_backward ? asked.ending_before : asked.starting_after;
    const Intent* at = cursor.empty() ? nullptr : world_.truth.find(cursor);
    if (at == nullptr && !cursor.empty()) {
        return problem(400, "resource_missing", "No such payment_intent: '" + std::string(cursor) + "'",
                       is_backward ? "ending_before" : "starting_after");
    }
    auto page = find_page(asked, at, is_backward);
    const bool has_more = page.size() > static_cast<std::size_t>(asked.limit);
    if (has_more) page.pop_back();
    if (is_backward) std::ranges::reverse(page);
    return show_page(page, has_more, call);
}

// In the order of the search, one more than the limit when there are more.
std::vector<const Intent*> Stripe::find_page(const Parameters& asked, const Intent* at, bool is_backward) const {
    const auto& intents = std::as_const(world_.truth).intents();
    const auto most = static_cast<std::size_t>(asked.limit) + 1;
    const auto first = first_wanted(intents, asked);
    const auto position = at == nullptr ? intents.size() : position_of(intents, at);
    std::vector<const Intent*> page;
    const auto take = [&](const Intent& intent) {
        const Intent* shown = visible(intent);
        if (shown != nullptr && is_wanted(*shown, asked)) page.push_back(shown);
    };
    if (is_backward) {
        for (auto i = std::max(position + 1, first); i < intents.size() && page.size() < most; ++i) take(intents[i]);
    } else {
        for (auto i = position; i > first && page.size() < most; --i) take(intents[i - 1]);
    }
    return page;
}

Result Stripe::show_page(const std::vector<const Intent*>& page, bool has_more, const Call& call) const {
    const auto action = call.fault == nullptr ? Action::none : call.fault->action;
    const bool expand = call.parameters.expand_charge;
    Result result;
    result.body.append(R"({"object":"list","url":"/v1/payment_intents","has_more":)");
    result.body.append(has_more ? "true" : "false").append(",\"data\":[");
    for (const Intent* intent : page) {
        if (intent != page.front()) result.body.push_back(',');
        render_intent(result.body, falsifies(action) ? falsified(*intent, action) : *intent, expand);
    }
    result.body.append("]}");
    return result;
}

}  // namespace florin::simulator
