// GET /v1/payment_intents/{id}, GET /v1/payment_intents and GET /v1/charges/{id}
#include <algorithm>
#include <utility>

#include "simulator/stripe.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {

const Intent* Stripe::visible(const Intent& intent) const {
    const auto lag = world_.settings.read_lag_ms * 1'000;
    if (lag == 0) return &intent;
    const auto then = world_.now_us() - lag;
    if (intent.created_us > then) return nullptr;
    const Intent* shown = &intent;
    while (shown->changed_us > then && shown->before) shown = shown->before.get();
    return shown;
}

Result Stripe::retrieve(Call& call) {
    const Intent* intent = world_.truth.find(call.id);
    if (intent != nullptr) intent = visible(*intent);
    return intent == nullptr ? no_such_intent(call.id) : Result{.intent = intent};
}

Result Stripe::charge(Call& call) {
    const auto parts = split_id(call.id, kChargePrefix);
    const Intent* intent = parts ? named_intent(call) : nullptr;
    if (intent != nullptr) intent = visible(*intent);
    if (intent == nullptr || parts->second >= intent->charges.size()) {
        return problem(404, "resource_missing", "No such charge: '" + std::string(call.id) + "'", "id");
    }
    const auto action = call.fault == nullptr ? Action::none : call.fault->action;
    Result result;
    render_charge(result.body, falsifies(action) ? falsified(*intent, action) : *intent, parts->second,
                  call.parameters.expand);
    return result;
}

namespace {

bool is_wanted(const Intent& intent, const Parameters& asked) {
    return was_created_as_asked(intent.created_us, asked) &&
           std::ranges::all_of(asked.kept, [&](const Field& field) {  // customer
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

bool was_created_as_asked(std::int64_t created_us, const Parameters& asked) {
    const auto created = created_us / 1'000'000;
    if (asked.created_gt && created <= *asked.created_gt) return false;
    if (asked.created_gte && created < *asked.created_gte) return false;
    if (asked.created_lt && created >= *asked.created_lt) return false;
    return !asked.created_lte || created <= *asked.created_lte;
}

std::optional<Result> check_limit(const Parameters& asked) {
    if (asked.limit >= 1 && asked.limit <= 100) return std::nullopt;
    return problem(400, "parameter_invalid_integer", "Limit must be between 1 and 100.", "limit");
}

// Newest first, as Stripe lists. ending_before asks for the page right before (newer than) an object.
Result Stripe::list(Call& call) {
    const auto& asked = call.parameters;
    if (auto wrong = check_limit(asked)) return std::move(*wrong);
    const bool is_backward = asked.starting_after.empty() && !asked.ending_before.empty();
    const auto cursor = is_backward ? asked.ending_before : asked.starting_after;
    const Intent* at = cursor.empty() ? nullptr : world_.truth.find(cursor);
    if (at == nullptr && !cursor.empty()) {
        return problem(400, "resource_missing", "No such payment_intent: '" + std::string(cursor) + "'",
                       is_backward ? "ending_before" : "starting_after");
    }
    auto page = find_page(asked, at, is_backward);
    return show_page(page, call, is_backward, "/v1/payment_intents");
}

std::vector<Stripe::Shown> Stripe::find_page(const Parameters& asked, const Intent* at, bool is_backward) const {
    const auto& intents = std::as_const(world_.truth).intents();
    const auto most = static_cast<std::size_t>(asked.limit) + 1;
    const auto first = first_wanted(intents, asked);
    const auto position = at == nullptr ? intents.size() : position_of(intents, at);
    std::vector<Shown> page;
    const auto take = [&](const Intent& intent) {
        const Intent* shown = visible(intent);
        if (shown != nullptr && is_wanted(*shown, asked)) page.push_back({shown, kNoRefund});
    };
    if (is_backward) {
        for (auto i = std::max(position + 1, first); i < intents.size() && page.size() < most; ++i) take(intents[i]);
    } else {
        for (auto i = position; i > first && page.size() < most; --i) take(intents[i - 1]);
    }
    return page;
}

Result Stripe::show_page(std::vector<Shown>& page, const Call& call, bool is_backward, std::string_view url) const {
    const bool has_more = page.size() > static_cast<std::size_t>(call.parameters.limit);
    if (has_more) page.pop_back();
    if (is_backward) std::ranges::reverse(page);
    const auto action = call.fault == nullptr ? Action::none : call.fault->action;
    Result result;
    result.body.append(R"({"object":"list","url":")").append(url).append(R"(","has_more":)");
    result.body.append(has_more ? "true" : "false").append(",\"data\":[");
    for (std::size_t i = 0; i < page.size(); ++i) {
        if (i > 0) result.body.push_back(',');
        const Intent& intent = *page[i].intent;
        render_object(result.body, falsifies(action) ? falsified(intent, action) : intent, page[i].refund,
                      call.parameters.expand);
    }
    result.body.append("]}");
    return result;
}

}  // namespace florin::simulator
