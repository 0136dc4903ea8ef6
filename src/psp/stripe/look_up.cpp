// The fenced look-up: Stripe's lists and reads are strongly consistent (up to the read lag), its search is not.
#include <algorithm>

#include "observe/log.hpp"
#include "psp/json_fields.hpp"
#include "psp/stripe/adapter.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/refund_object.hpp"
#include "psp/stripe/rules.hpp"

namespace florin::psp::stripe {
namespace {

using payments::OperationKind;

// The calls by the way in which they are looked up.
struct Split {
    std::map<std::string, Call> creations;
    std::map<std::string, Call> refunds;
    std::map<std::string, std::map<std::string, Call>> by_intent;  // captures, voids and expiries
};

Split split(std::vector<Call> calls) {
    Split parts;
    for (auto& call : calls) {
        auto key = idempotency_key(call.operation, call.attempt);
        const auto where = look_up_of(call.kind);
        auto& wanted = where == LookUp::intents_list   ? parts.creations
                       : where == LookUp::refunds_list ? parts.refunds
                                                       : parts.by_intent[call.payment_reference.value_or("")];
        wanted.emplace(std::move(key), std::move(call));
    }
    return parts;
}

// The one intent that all of them refund; empty when there are several.
std::string common_intent(const std::map<std::string, Call>& refunds) {
    auto reference = refunds.begin()->second.payment_reference.value_or("");
    const bool common = is_intent_id(reference) && std::ranges::all_of(refunds, [&](const auto& entry) {
                            return entry.second.payment_reference == reference;
                        });
    return common ? reference : std::string();
}

void append(Sweep& whole, Sweep part) {
    whole.complete = whole.complete && part.complete;
    // Of two lists neither could say where it goes on.
    whole.next = whole.evidence.empty() ? part.next : std::string();
    whole.found.merge(std::move(part.found));
    whole.requests += part.requests;
    if (!whole.evidence.empty()) whole.evidence += "; ";
    whole.evidence += part.evidence;
}

std::string key_of(const boost::json::object& intent) {
    const auto* metadata = find_object(intent, "metadata");
    if (metadata == nullptr) return {};
    const auto operation = find_text(*metadata, "florin_operation");
    const auto attempt = find_text(*metadata, "florin_attempt");
    return operation && attempt ? std::string(*operation) + "-" + std::string(*attempt) : std::string();
}

Answer listed(const boost::json::object& item, const Expectation& expected) {
    const bool refund = expected.call.kind == OperationKind::refund;
    auto answer = refund ? answer_of_refund(item, expected) : answer_of_intent(item, expected);
    answer.http_status = 200;
    answer.evidence = "listed: " + answer.evidence;
    return answer;
}

// Two objects under one key cannot be: neither is believed, somebody has to look.
Answer twice(const Answer& one, const Answer& other) {
    Answer answer;
    answer.alert = true;
    answer.http_status = 200;
    answer.evidence = "listed twice: " + one.reference.value_or("?") + " and " + other.reference.value_or("?");
    return answer;
}

void pick(const boost::json::array& data, const std::map<std::string, Call>& wanted, bool live, Sweep& sweep) {
    for (const auto& item : data) {
        const auto call = wanted.find(key_of(item.get_object()));
        if (call == wanted.end()) continue;
        auto answer = listed(item.get_object(), {.call = call->second, .live = live, .read_back = true});
        const auto [held, first] = sweep.found.try_emplace(call->first, answer);
        // The list moves while it is paged, so that one object may be seen twice.
        const bool same = answer.reference.has_value() && held->second.reference == answer.reference;
        if (!first && !same) held->second = twice(held->second, answer);
    }
}

}  // namespace

Task<Sweep> StripePsp::look_up(psp::LookUp wanted, Deadline deadline) {
    const auto began = std::chrono::steady_clock::now();
    const auto count = wanted.calls.size();
    // `created` is on Stripe's clock.
    const auto from = wanted.from - rules_.clock_error, to = wanted.to + rules_.clock_error;
    const Split parts = split(std::move(wanted.calls));
    Sweep sweep{.complete = true, .found = {}, .evidence = {}, .requests = 0};
    if (!parts.creations.empty()) {
        append(sweep,
               co_await sweep_list(list_intents_target(from, to), false, parts.creations, wanted.begun, deadline));
    }
    if (!parts.refunds.empty()) {
        const auto intent = common_intent(parts.refunds);
        auto list = intent.empty() ? list_refunds_target(from, to) : refunds_of_target(intent);
        append(sweep, co_await sweep_list(std::move(list), true, parts.refunds, wanted.begun, deadline));
    }
    for (const auto& [intent, wanted] : parts.by_intent) {
        append(sweep, co_await sweep_intent(intent, wanted, deadline));
    }
    report(sweep, count, began);
    co_return sweep;
}

Task<Sweep> StripePsp::sweep_list(std::string list, bool refunds, Wanted wanted, Sweep begun, Deadline deadline) {
    Sweep sweep = std::move(begun);
    const std::string which = sweep.next.empty() ? "all of " : "the last ";
    sweep.requests = 0;
    sweep.evidence.clear();
    while (sweep.evidence.empty()) {
        auto request = get(sweep.next.empty() ? list : next_page(list, sweep.next));
        ++sweep.requests;
        const Wire wire = co_await send(std::move(request), deadline);
        const auto page = wire ? decode_page(*wire, refunds) : std::unexpected(wire.error().what);
        if (!page) {
            sweep.evidence = "page " + std::to_string(sweep.requests) + ": " + page.error();
            break;
        }
        pick(page->data, wanted, options_.live, sweep);
        sweep.complete = !page->has_more;
        if (sweep.complete)
            sweep.evidence = which + std::to_string(sweep.requests) + " pages read";
        else if (page->last_id == sweep.next)
            sweep.evidence = "the list does not move on";
        sweep.next = sweep.complete ? std::string() : page->last_id;
    }
    co_return sweep;
}

Task<Sweep> StripePsp::sweep_intent(std::string reference, Wanted wanted, Deadline deadline) {
    Sweep sweep;
    if (!is_intent_id(reference)) {
        sweep.evidence = "the reference is no intent id";
        co_return sweep;
    }
    auto request = get(read_target(reference));
    const Wire wire = co_await send(std::move(request), deadline);
    const auto intent = wire ? decode_plain_object(*wire) : std::nullopt;
    sweep.complete = intent.has_value();
    sweep.evidence = reference + (intent ? " read"
                                  : wire ? ": HTTP " + std::to_string(wire->status)
                                         : ": " + wire.error().what);
    if (!intent) co_return sweep;
    for (const auto& [key, call] : wanted) {
        auto expected = expectation(call, reference);
        expected.read_back = true;
        auto found = find_in_intent(*intent, expected);
        if (!found) continue;
        found->http_status = 200;
        found->evidence = "read: " + found->evidence;
        sweep.found.emplace(key, std::move(*found));
    }
    co_return sweep;
}

void StripePsp::report(const Sweep& sweep, std::size_t wanted, std::chrono::steady_clock::time_point began) {
    const auto took = std::chrono::steady_clock::now() - began;
    if (metrics_ != nullptr) {
        metrics_->psp_call(rules_.name, "look_up", sweep.complete ? "complete" : "incomplete", took);
    }
    for (const auto& [key, answer] : sweep.found) {
        if (!answer.alert) continue;
        if (metrics_ != nullptr) metrics_->psp_alert(rules_.name, "contradiction");
        observe::log(observe::Level::error, "psp.alert",
                     {{"psp", rules_.name}, {"call", "look_up"}, {"attempt", key}, {"evidence", answer.evidence}});
    }
    observe::log(sweep.complete ? observe::Level::info : observe::Level::warning, "psp.look_up",
                 {{"psp", rules_.name},
                  {"account", options_.account},
                  {"wanted", wanted},
                  {"found", sweep.found.size()},
                  {"complete", sweep.complete},
                  {"evidence", sweep.evidence}});
}

}  // namespace florin::psp::stripe
