// What the control API tells of the truth: only money that moved or is held. A declined or abandoned payment has none.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <ctime>
#include <map>

#include "base/clock.hpp"
#include "simulator/control.hpp"

namespace florin::simulator {
namespace {

namespace json = boost::json;

// The charge that moved or holds money; an intent has one at most.
const Charge* paid_charge(const Intent& intent) {
    return intent.is_paid() ? &intent.charges.back() : nullptr;
}

std::string_view kind_of(const Intent& intent) {
    return intent.capture_method == CaptureMethod::manual ? "authorize" : "charge";
}

std::string_view status_of(const Intent& intent) {
    switch (intent.status) {
        case Status::requires_capture:
            return "authorized";
        case Status::canceled:
            return "voided";
        default:
            return "succeeded";
    }
}

std::string upper_case(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return upper;
}

std::int64_t captured_of(const Intent& intent, const Charge& charge) {
    return intent.capture_method == CaptureMethod::manual ? 0 : charge.amount;
}

json::object show(const Intent& intent, const Charge& charge) {
    json::object shown;
    shown["psp"] = "stripe";
    shown["kind"] = kind_of(intent);
    shown["id"] = charge_id(intent, intent.charges.size() - 1);
    shown["payment_intent"] = intent.id;
    shown["operation_id"] = operation_reference(intent);
    shown["payment_id"] = payment_reference(intent);
    shown["amount"] = charge.amount;
    shown["currency"] = upper_case(intent.currency);
    shown["captured"] = captured_of(intent, charge);
    shown["refunded"] = 0;
    shown["status"] = status_of(intent);
    shown["created_at"] = format_time(WallTime(std::chrono::seconds(charge.created_s)));
    return shown;
}

bool is_named_by(const Intent& intent, std::string_view reference) {
    if (intent.id == reference) return true;
    if (std::ranges::any_of(intent.metadata, [&](const auto& pair) { return pair.second == reference; })) return true;
    return operation_reference(intent) == reference ||
           (reference.starts_with("ch_") && charge_id(intent, intent.charges.size() - 1) == reference);
}

using Charged = std::map<std::string_view, std::vector<const Intent*>>;

void append_repeated(json::array& out, std::string_view by, const Charged& charged) {
    for (const auto& [reference, intents] : charged) {
        if (intents.size() < 2) continue;
        json::array ids;
        for (const Intent* intent : intents) ids.push_back(json::value(charge_id(*intent, intent->charges.size() - 1)));
        out.push_back(
            json::object{{"by", by}, {"reference", reference}, {"count", intents.size()}, {"ids", std::move(ids)}});
    }
}

}  // namespace

json::value show_truth(const Truth& truth, std::string_view reference) {
    json::array data;
    for (const Intent& intent : truth.intents()) {
        const Charge* charge = paid_charge(intent);
        if (charge != nullptr && is_named_by(intent, reference)) data.push_back(show(intent, *charge));
    }
    return json::object{{"data", std::move(data)}};
}

json::value page_truth(const Truth& truth, std::size_t after, std::size_t limit) {
    const auto& intents = truth.intents();
    json::array data;
    std::size_t at = after;
    for (; at < intents.size() && data.size() < limit; ++at) {
        if (const Charge* charge = paid_charge(intents[at])) data.push_back(show(intents[at], *charge));
    }
    const json::value next = at < intents.size() ? json::value(at) : json::value(nullptr);
    return json::object{{"data", std::move(data)}, {"next", next}};
}

json::value summarize_truth(const Truth& truth) {
    struct Sum {
        std::int64_t count = 0;
        std::int64_t amount = 0;
        std::int64_t captured = 0;
    };
    std::map<std::pair<std::string_view, std::string_view>, Sum> sums;
    for (const Intent& intent : truth.intents()) {
        const Charge* charge = paid_charge(intent);
        if (charge == nullptr) continue;
        auto& sum = sums[{kind_of(intent), intent.currency}];
        ++sum.count;
        sum.amount += charge->amount;
        sum.captured += captured_of(intent, *charge);
    }
    json::array data;
    for (const auto& [key, sum] : sums) {
        data.push_back(json::object{{"psp", "stripe"},
                                    {"kind", key.first},
                                    {"currency", upper_case(key.second)},
                                    {"count", sum.count},
                                    {"captured", sum.captured},
                                    {"refunded", 0},
                                    {"amount", sum.amount}});
    }
    return json::object{{"data", std::move(data)}};
}

// Money taken twice for one payment or one operation. A voided authorization gave its money back and is no duplicate.
json::value find_duplicates(const Truth& truth) {
    Charged payments;
    Charged operations;
    for (const Intent& intent : truth.intents()) {
        if (paid_charge(intent) == nullptr || intent.status == Status::canceled) continue;
        if (const auto payment = payment_reference(intent); !payment.empty()) payments[payment].push_back(&intent);
        if (const auto operation = operation_reference(intent); !operation.empty())
            operations[operation].push_back(&intent);
    }
    json::array data;
    append_repeated(data, "payment", payments);
    append_repeated(data, "operation", operations);
    return json::object{{"data", std::move(data)}};
}

}  // namespace florin::simulator
