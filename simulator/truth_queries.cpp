// What the control API tells of the truth: only money that moved or is held. A declined or abandoned payment has none.
//
// One row for each thing that happened: a one-step sale is a `charge`; a held payment is an `authorize` and then has a
// `capture` for each capture and a `void` when what was left was given back (status `expired` when nobody asked for
// it); a `refund` for each refund. `captured` and `refunded` of a charge or authorize row sum up what followed.
#include "simulator/truth_queries.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <tuple>

#include "base/clock.hpp"

namespace florin::simulator {
namespace {

namespace json = boost::json;

struct Row {
    std::string_view kind{};
    std::string id{};
    References references{};
    std::int64_t amount = 0;
    std::int64_t captured = 0;
    std::int64_t refunded = 0;
    std::string_view status = "succeeded";
    std::int64_t created_us = 0;
};

std::string_view status_of_held(const Intent& intent) {
    switch (intent.status) {
        case Status::requires_capture:
            return "authorized";
        case Status::canceled:
            return intent.cancellation_reason == "automatic" ? "expired" : "voided";
        default:
            return "captured";
    }
}

Row taking_row(const Intent& intent) {
    const Charge& charge = intent.charges.back();
    const auto index = intent.charges.size() - 1;
    const bool is_held = intent.capture_method == CaptureMethod::manual;
    Row row{is_held ? "authorize" : "charge", charge_id(intent, index), references_of(intent)};
    row.amount = charge.amount;
    row.captured = charge.captured;
    row.refunded = intent.refunded(index, false);
    if (is_held) row.status = status_of_held(intent);
    row.created_us = charge.created_s * 1'000'000;
    return row;
}

Row movement_row(const Intent& intent, const Movement& movement) {
    const bool is_capture = movement.kind == Movement::Kind::capture;
    Row row{is_capture ? "capture" : "void", charge_id(intent, intent.charges.size() - 1), movement.references};
    row.amount = movement.amount;
    row.captured = is_capture ? movement.amount : 0;
    if (movement.kind == Movement::Kind::expiry) row.status = "expired";
    row.created_us = movement.created_us;
    return row;
}

Row refund_row(const Intent& intent, std::size_t index) {
    const Refund& refund = intent.refunds[index];
    Row row{"refund", refund_id(intent, index), refund.references};
    row.amount = refund.amount;
    row.refunded = refund.status == RefundStatus::failed ? 0 : refund.amount;
    row.status = to_string(refund.status);
    row.created_us = refund.created_us;
    return row;
}

template <class Take>
void for_each_row(const Intent& intent, Take take) {
    if (!intent.is_paid()) return;
    take(taking_row(intent));
    for (const Movement& movement : intent.movements) take(movement_row(intent, movement));
    for (std::size_t i = 0; i < intent.refunds.size(); ++i) {
        if (!intent.refunds[i].is_release) take(refund_row(intent, i));
    }
}

std::string upper_case(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return upper;
}

json::object show(const Intent& intent, const Row& row) {
    json::object shown;
    shown["psp"] = "stripe";
    shown["kind"] = row.kind;
    shown["id"] = row.id;
    shown["payment_intent"] = intent.id;
    shown["operation_id"] = row.references.operation;
    shown["payment_id"] = row.references.payment;
    shown["amount"] = row.amount;
    shown["currency"] = upper_case(intent.currency);
    shown["captured"] = row.captured;
    shown["refunded"] = row.refunded;
    shown["status"] = row.status;
    shown["created_at"] = format_time(WallTime(std::chrono::microseconds(row.created_us)));
    return shown;
}

void append_rows(json::array& out, const Intent& intent) {
    for_each_row(intent, [&](const Row& row) { out.push_back(show(intent, row)); });
}

// The payment, or anything that the intent as a whole is known by: then all of its rows are meant.
bool names_intent(const Intent& intent, std::string_view reference) {
    const auto own = references_of(intent);
    if (reference == intent.id || reference == own.payment) return true;
    return std::ranges::any_of(
        intent.metadata, [&](const auto& pair) { return pair.second == reference && !reference.starts_with("op_"); });
}

bool names_row(const Row& row, std::string_view reference) {
    return row.id == reference || row.references.payment == reference ||
           row.references.operation == without_attempt(reference);
}

}  // namespace

json::value show_truth(const Truth& truth, std::string_view reference) {
    json::array data;
    for (const Intent* intent : truth.find_named(reference)) {
        const bool is_whole = names_intent(*intent, reference);
        for_each_row(*intent, [&](const Row& row) {
            if (is_whole || names_row(row, reference)) data.push_back(show(*intent, row));
        });
    }
    return json::object{{"data", std::move(data)}};
}

json::value page_truth(const Truth& truth, std::size_t after, std::size_t limit) {
    const auto& intents = truth.intents();
    json::array data;
    std::size_t at = after;
    for (; at < intents.size() && data.size() < limit; ++at) append_rows(data, intents[at]);
    const json::value next = at < intents.size() ? json::value(at) : json::value(nullptr);
    return json::object{{"data", std::move(data)}, {"next", next}};
}

json::value summarize_truth(const Truth& truth) {
    struct Sum {
        std::int64_t count = 0;
        std::int64_t amount = 0;
        std::int64_t captured = 0;
        std::int64_t refunded = 0;
    };
    std::map<std::pair<std::string_view, std::string_view>, Sum> sums;
    for (const Intent& intent : truth.intents()) {
        for_each_row(intent, [&](const Row& row) {
            auto& sum = sums[{row.kind, intent.currency}];
            ++sum.count;
            sum.amount += row.amount;
            sum.captured += row.captured;
            sum.refunded += row.refunded;
        });
    }
    json::array data;
    for (const auto& [key, sum] : sums) {
        data.push_back(json::object{{"psp", "stripe"},
                                    {"kind", key.first},
                                    {"currency", upper_case(key.second)},
                                    {"count", sum.count},
                                    {"captured", sum.captured},
                                    {"refunded", sum.refunded},
                                    {"amount", sum.amount}});
    }
    return json::object{{"data", std::move(data)}};
}

namespace {

// By what the rows share: the kind, and the payment or the operation.
using Repeated = std::map<std::pair<std::string_view, std::string>, std::vector<std::string>>;

void append_repeated(json::array& out, std::string_view by, const Repeated& rows) {
    for (const auto& [key, ids] : rows) {
        if (ids.size() < 2) continue;
        json::array shown;
        for (const auto& id : ids) shown.push_back(json::value(id));
        out.push_back(json::object{{"by", by},
                                   {"kind", key.first},
                                   {"reference", key.second},
                                   {"count", ids.size()},
                                   {"ids", std::move(shown)}});
    }
}

}  // namespace

// Money taken twice for one payment, or one operation executed twice. An authorization that was given back and a refund
// that failed moved nothing in the end and are no duplicates.
json::value find_duplicates(const Truth& truth) {
    Repeated payments;
    Repeated operations;
    for (const Intent& intent : truth.intents()) {
        for_each_row(intent, [&](const Row& row) {
            const bool is_taking = row.kind == "charge" || row.kind == "authorize";
            if (is_taking && intent.status == Status::canceled && row.captured == 0) return;
            if (row.status == "failed") return;
            if (is_taking && !row.references.payment.empty()) {
                payments[{"taken", row.references.payment}].push_back(row.id);
            }
            if (!row.references.operation.empty()) {
                operations[{row.kind, row.references.operation}].push_back(row.id);
            }
        });
    }
    json::array data;
    append_repeated(data, "payment", payments);
    append_repeated(data, "operation", operations);
    return json::object{{"data", std::move(data)}};
}

}  // namespace florin::simulator
