// The fenced look-up: Stripe's list is strongly consistent (up to the read lag), its search is not.
#include "observe/log.hpp"
#include "psp/json_fields.hpp"
#include "psp/stripe/adapter.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/encode.hpp"

namespace florin::psp::stripe {
namespace {

using Wanted = std::map<std::string, SaleCall>;

Wanted by_key(std::vector<SaleCall> calls) {
    Wanted wanted;
    for (auto& call : calls) {
        auto key = idempotency_key(call.operation, call.attempt);
        wanted.emplace(std::move(key), std::move(call));
    }
    return wanted;
}

std::string key_of(const boost::json::object& intent) {
    const auto* metadata = find_object(intent, "metadata");
    if (metadata == nullptr) return {};
    const auto operation = find_text(*metadata, "florin_operation");
    const auto attempt = find_text(*metadata, "florin_attempt");
    return operation && attempt ? std::string(*operation) + "-" + std::string(*attempt) : std::string();
}

Answer listed(const boost::json::object& intent, const Expectation& expected) {
    auto answer = answer_of_intent(intent, expected);
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

void pick(const boost::json::array& data, const Wanted& wanted, bool live, Sweep& sweep) {
    for (const auto& item : data) {
        const auto call = wanted.find(key_of(item.get_object()));
        if (call == wanted.end()) continue;
        auto answer = listed(item.get_object(), {.call = call->second, .live = live});
        const auto [held, first] = sweep.found.try_emplace(call->first, answer);
        // The list moves while it is paged, so that one object may be seen twice.
        const bool same = answer.reference.has_value() && held->second.reference == answer.reference;
        if (!first && !same) held->second = twice(held->second, answer);
    }
}

}  // namespace

Task<Sweep> StripePsp::look_up(WallTime from, WallTime to, std::vector<SaleCall> calls, Deadline deadline) {
    const auto began = std::chrono::steady_clock::now();
    const Wanted wanted = by_key(std::move(calls));
    Sweep sweep;
    std::string after;
    int pages = 0;
    while (sweep.evidence.empty()) {
        // `created` is on Stripe's clock.
        auto request = get(list_target(from - rules_.clock_error, to + rules_.clock_error, after));
        const Wire wire = co_await client_.send(std::move(request), deadline);
        const auto page = wire ? decode_page(*wire) : std::unexpected(wire.error().what);
        if (!page) {
            sweep.evidence = "page " + std::to_string(pages + 1) + ": " + page.error();
            break;
        }
        ++pages;
        pick(page->data, wanted, options_.live, sweep);
        sweep.complete = !page->has_more;
        if (sweep.complete)
            sweep.evidence = "all of " + std::to_string(pages) + " pages read";
        else if (page->last_id == after)
            sweep.evidence = "the list does not move on";
        after = page->last_id;
    }
    report(sweep, wanted.size(), began);
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
