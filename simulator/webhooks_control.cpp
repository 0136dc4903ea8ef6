// What the control API shows and tells of webhooks.
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json.hpp"
#include "simulator/stripe.hpp"
#include "simulator/webhooks.hpp"

namespace florin::simulator {
namespace {

namespace boost_json = boost::json;

boost_json::object to_json(const Event& event) {
    return {{"id", event.id},
            {"type", event.type},
            {"payment_id", event.payment_id},
            {"payment_intent", event.intent_id},
            {"object_id", event.object_id},
            {"state", to_string(event.state)},
            {"tries", event.tries},
            {"last_status", event.last_status}};
}

struct Asked {
    std::string_view reference{};
    std::string_view type{};
    std::size_t limit = 1'000;
};

bool read_asked(const Form& form, Asked& asked) {
    for (const Field& field : form.fields()) {
        if (field.key == "reference") {
            asked.reference = field.value;
        } else if (field.key == "type") {
            asked.type = field.value;
        } else if (field.key == "limit") {
            const auto* end = field.value.data() + field.value.size();
            if (std::from_chars(field.value.data(), end, asked.limit).ptr != end) return false;
        } else {
            return false;
        }
    }
    return true;
}

bool is_wanted(const Event& event, const Asked& asked) {
    if (!asked.type.empty() && event.type != asked.type) return false;
    return asked.reference.empty() || event.payment_id == asked.reference || event.intent_id == asked.reference ||
           event.object_id == asked.reference || event.id == asked.reference;
}

std::string text_member(const boost_json::object& document, std::string_view name) {
    const auto* member = document.if_contains(name);
    return member != nullptr && member->is_string() ? std::string(std::string_view(member->get_string())) : "";
}

Refusal refusal(std::string detail, std::string pointer) {
    return {Error::invalid_field, std::move(detail), std::move(pointer)};
}

}  // namespace

// The last ones in the order in which they happened.
Checked<boost_json::object> Webhooks::list(const Form& form) const {
    Asked asked;
    if (!read_asked(form, asked)) {
        return std::unexpected(refusal("Ask for ?reference=<payment, operation or PSP id>&type=…&limit=N.", ""));
    }
    boost_json::array shown;
    for (auto event = kept_.rbegin(); event != kept_.rend() && shown.size() < asked.limit; ++event) {
        if (is_wanted(**event, asked)) shown.push_back(to_json(**event));
    }
    std::reverse(shown.begin(), shown.end());
    return boost_json::object{{"data", std::move(shown)},
                              {"waiting", waiting()},
                              {"held", held_.size()},
                              {"sending", pool_.busy()},
                              {"lost", lost_}};
}

boost_json::object Webhooks::inject(std::string body) {
    auto event = std::make_shared<Event>();
    json::Limits limits;
    limits.floats = true;
    if (const auto document = json::parse(body, limits); document && document->is_object()) {
        event->id = text_member(document->get_object(), "id");
        event->type = text_member(document->get_object(), "type");
    }
    if (event->id.empty()) event->id = "injected_" + std::to_string(next_sequence_++);
    event->body = std::move(body);
    plan(event);
    pump();
    return to_json(*event);
}

bool Webhooks::resend(std::string_view id) {
    const auto found = by_id_.find(std::string(id));
    if (found == by_id_.end()) return false;
    push(found->second, world_.now_us());
    pump();
    return true;
}

Checked<boost_json::object> Webhooks::release(const boost_json::object& wanted) {
    std::vector<SharedEvent> chosen;
    if (const auto* ids = wanted.if_contains("ids"); ids != nullptr && ids->is_array()) {
        for (const auto& id : ids->get_array()) {
            const auto found = std::ranges::find_if(held_, [&](const SharedEvent& event) {
                return id.is_string() && event->id == std::string_view(id.get_string());
            });
            if (found == held_.end()) return std::unexpected(refusal("Not an event that is held.", "/ids"));
            chosen.push_back(*found);
        }
        std::erase_if(held_,
                      [&](const SharedEvent& event) { return std::ranges::find(chosen, event) != chosen.end(); });
    } else {
        chosen = std::exchange(held_, {});
        const auto order = text_member(wanted, "order");
        if (order == "reversed") std::ranges::reverse(chosen);
        if (order == "shuffled") shuffle(chosen);
    }
    const auto now = world_.now_us();
    for (const auto& event : chosen) push(event, now);
    pump();
    return boost_json::object{{"released", chosen.size()}};
}

}  // namespace florin::simulator
