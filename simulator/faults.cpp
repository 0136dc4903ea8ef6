#include "simulator/faults.hpp"

#include <algorithm>
#include <utility>

#include "simulator/event.hpp"

namespace florin::simulator {
namespace {

namespace json = boost::json;

bool has_metadata(const Target& target, std::string_view key, std::string_view value) {
    if (target.event != nullptr) {
        const auto wanted = std::pair<std::string, std::string>(key, value);
        return std::ranges::find(target.event->metadata, wanted) != target.event->metadata.end();
    }
    if (target.parameters != nullptr) {
        for (const Field& field : target.parameters->metadata) {
            if (field.key == key) return field.value == value;
        }
    }
    return target.intent != nullptr && target.intent->metadata_value(key) == value;
}

bool matches_metadata(const Target& target, const json::object& wanted) {
    return std::ranges::all_of(wanted, [&](const auto& member) {
        return member.value().is_string() &&
               has_metadata(target, member.key(), std::string_view(member.value().get_string()));
    });
}

// A parameter of the call, or else the member of the intent that it names.
std::string_view text_of(const Target& target, std::string_view name) {
    if (name == "idempotency_key") return target.idempotency_key;
    if (name == "event_type")
        return target.event == nullptr ? std::string_view() : std::string_view(target.event->type);
    if (name == "payment_intent" && target.event != nullptr) return target.event->intent_id;
    if (name == "payment_intent")
        return target.intent == nullptr ? std::string_view() : std::string_view(target.intent->id);
    const auto given = target.parameters == nullptr ? std::string_view()
                       : name == "currency"         ? target.parameters->currency
                       : name == "payment_method"   ? target.parameters->payment_method
                                                    : std::string_view();
    if (!given.empty() || target.intent == nullptr) return given;
    return name == "currency" ? target.intent->currency : target.intent->payment_method;
}

bool matches_amount(const Target& target, std::int64_t amount) {
    if (target.parameters != nullptr && target.parameters->has_amount) return target.parameters->amount == amount;
    return target.intent != nullptr && target.intent->amount == amount;
}

bool is_manual(const Target& target) {
    const auto given = target.parameters == nullptr ? std::string_view() : target.parameters->capture_method;
    if (!given.empty() || target.intent == nullptr) return given == "manual";
    return target.intent->capture_method == CaptureMethod::manual;
}

bool is_struck(const OperationName& name, const Target& target) {
    if ((name.operations & bit(target.operation)) == 0) return false;
    return name.capturing == OperationName::Capturing::any ||
           (name.capturing == OperationName::Capturing::manual) == is_manual(target);
}

bool matches(const Fault& fault, const Target& target) {
    if (!is_struck(*fault.operation, target)) return false;
    if (target.is_replay && strikes_execution(fault.action)) return false;
    return std::ranges::all_of(fault.match, [&](const auto& member) {
        const std::string_view name = member.key();
        if (name == "metadata") return matches_metadata(target, member.value().get_object());
        if (name == "amount") return matches_amount(target, member.value().get_int64());
        return text_of(target, name) == std::string_view(member.value().get_string());
    });
}

}  // namespace

bool strikes_before_processing(Action action) {
    return action >= Action::refuse && action <= Action::delayed_processing;
}

bool strikes_execution(Action action) {
    return action >= Action::error_before_processing && action <= Action::decline;
}

bool strikes_webhooks(Action action) {
    return action >= Action::drop;
}

bool strikes_calls(Action action) {
    return action < Action::drop || action == Action::delay;
}

bool Faults::remove(std::int64_t id) {
    return std::erase_if(faults_, [&](const Fault& fault) { return fault.id == id; }) != 0;
}

Checked<Fault> Faults::add(const json::object& wanted, std::int64_t now_us) {
    auto fault = read_fault(wanted);
    if (!fault) return fault;
    fault->id = next_id_++;
    if (fault->seconds > 0) fault->until_us = now_us + fault->seconds * 1'000'000;
    if (fault->is_connect()) fault->hits = 1;  // strikes as it is set
    faults_.push_back(*fault);
    return fault;
}

json::array Faults::list() const {
    json::array shown;
    for (const Fault& fault : faults_) shown.push_back(to_json(fault));
    return shown;
}

bool Faults::strikes(Fault& fault, const Target& target, std::int64_t now_us) {
    if (fault.times == 0 || fault.is_connect()) return false;
    if (fault.until_us != 0 && now_us >= fault.until_us) return false;
    if (!matches(fault, target)) return false;
    if (fault.probability < 1.0 && random_.fraction() >= fault.probability) return false;
    if (fault.times > 0) --fault.times;
    ++fault.hits;
    return true;
}

const Fault* Faults::strike(const Target& target, std::int64_t now_us) {
    for (Fault& fault : faults_) {
        if (strikes(fault, target, now_us)) return &fault;
    }
    return nullptr;
}

std::vector<const Fault*> Faults::strike_event(const Event& event, Action first, Action last, std::int64_t now_us) {
    const Target target{.operation = Operation::webhook, .event = &event};
    std::vector<const Fault*> struck;
    for (Fault& fault : faults_) {
        if (fault.action < first || fault.action > last) continue;
        if (strikes(fault, target, now_us)) struck.push_back(&fault);
    }
    return struck;
}

}  // namespace florin::simulator
