// A PSP for tests: answers in the order of a script, approves when the script is empty, and remembers what it was
// asked.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "flow/signal.hpp"
#include "psp/psp.hpp"
#include "psp/stripe/event.hpp"

namespace florin::flow {

class ScriptedPsp final : public psp::Psp {
public:
    explicit ScriptedPsp(boost::asio::any_io_executor executor, std::string account = "main")
        : account_(std::move(account)), released_(std::move(executor)) {}

    psp::Rules table{.name = "stripe",
                     .safe_age = Milliseconds{20 * 3'600'000},
                     .longest_request = Milliseconds{3'600'000},
                     .read_lag = Milliseconds{100},
                     .clock_error = Milliseconds{1'000}};
    std::deque<psp::Answer> answers, reads, abandons;    // the script
    std::function<psp::Answer(const psp::Call&)> shows;  // what reads answer where it is set and they have no script
    std::deque<psp::Sweep> sweeps;
    bool looks_into_payments = false;  // look-ups without a script find what reads would show of captures and releases
    std::vector<psp::Call> calls;      // what was asked
    std::optional<psp::Call> last_read;
    std::vector<std::string> read_calls, abandon_calls;
    std::size_t look_ups = 0;
    psp::LookUp last_look_up;
    int pages = 1;  // of each list that is looked through
    // What every exchange tells of the PSP itself; while it is silent or limits, nothing is executed.
    psp::Heard mood{};

    // The next call or read that arrives is answered only after release(); later ones are not held.
    void hold_next() { holds_next_ = true; }
    void release() {
        is_released_ = true;
        released_.notify();
    }

    const psp::Rules& rules() const override { return table; }
    const std::string& account() const override { return account_; }

    Task<psp::Answer> execute(psp::Call call, Deadline) override {
        calls.push_back(call);
        tell(mood);
        if (mood.kind != psp::Heard::Kind::answered) co_return answer_of_mood();
        auto answer = take(answers, done(call));
        co_await held();
        co_return answer;
    }
    Task<psp::Answer> read(std::string reference, psp::Call call, Deadline) override {
        read_calls.push_back(reference);
        last_read = call;
        auto answer = shows ? shows(call) : done(call);
        answer.reference = std::move(reference);
        co_await held();
        co_return take(reads, std::move(answer));
    }
    Task<psp::Sweep> look_up(psp::LookUp wanted, Deadline) override {
        ++look_ups;
        last_look_up = wanted;
        tell(mood);
        if (mood.kind != psp::Heard::Kind::answered) co_return psp::Sweep{.found = {}, .evidence = "no answer"};
        if (sweeps.empty()) co_return shown(wanted.calls);
        auto sweep = std::move(sweeps.front());
        sweeps.pop_front();
        co_return sweep;
    }
    Task<psp::Answer> abandon(std::string reference, psp::Call call, Deadline) override {
        abandon_calls.push_back(std::move(reference));
        co_return take(abandons, done(call));
    }
    Checked<psp::Event> read_event(std::string_view body) const override { return psp::stripe::read_event(body); }
    Task<std::expected<psp::ListedPage, std::string>> list(psp::ListQuery, Deadline) override {
        co_return psp::ListedPage{};
    }

private:
    Task<void> held() {
        if (!std::exchange(holds_next_, false)) co_return;
        while (!is_released_) co_await released_.wait(Deadline::after(Milliseconds{1'000}));
    }
    // What acts on the payment's object is looked up there.
    psp::Sweep shown(const std::vector<psp::Call>& wanted) const {
        psp::Sweep sweep{.complete = true, .found = {}, .evidence = "script", .requests = pages};
        for (const auto& call : wanted) {
            const bool is_listed = !call.payment_reference || call.kind == payments::OperationKind::refund;
            if (!looks_into_payments || is_listed) continue;
            auto answer = shows ? shows(call) : done(call);
            answer.reference = call.payment_reference;
            sweep.found.emplace(psp::idempotency_key(call.operation, call.attempt), std::move(answer));
        }
        return sweep;
    }
    static psp::Answer answer_of_mood();
    static psp::Answer done(const psp::Call& call);
    static psp::Answer take(std::deque<psp::Answer>& script, psp::Answer otherwise);

    std::string account_;
    bool holds_next_ = false;
    bool is_released_ = false;
    Signal released_;
};

inline psp::Answer answer_of(psp::Answer::Kind kind, std::string evidence) {
    psp::Answer answer;
    answer.kind = kind;
    answer.evidence = std::move(evidence);
    return answer;
}

inline psp::Answer approved(std::string reference) {
    auto answer = answer_of(psp::Answer::Kind::approved, "HTTP 200 succeeded");
    answer.reference = std::move(reference);
    return answer;
}

inline psp::Answer declined(std::string reference, std::string code = "insufficient_funds") {
    auto answer = answer_of(psp::Answer::Kind::declined, "HTTP 402 card_declined");
    answer.reference = std::move(reference);
    answer.decline = payments::Decline{.type = payments::DeclineClass::soft, .code = std::move(code), .reason = "No."};
    return answer;
}

inline psp::Answer action_required(std::string reference, std::string url) {
    auto answer = answer_of(psp::Answer::Kind::action_required, "HTTP 200 requires_action");
    answer.reference = std::move(reference);
    answer.next_action = payments::NextAction{.url = std::move(url)};
    return answer;
}

// Of what the PSP has captured, released or refunded already.
inline psp::Answer refused_by_state(std::string code) {
    auto answer = answer_of(psp::Answer::Kind::declined, "HTTP 400 payment_intent_unexpected_state");
    answer.decline = payments::Decline{
        .type = payments::DeclineClass::invalid_request, .code = std::move(code), .reason = "It is too late."};
    answer.confirmed = true;
    return answer;
}

inline psp::Answer unclear(bool replayed = false) {
    auto answer = answer_of(psp::Answer::Kind::unclear, "HTTP 500 api_error");
    answer.replayed = replayed;
    return answer;
}

inline psp::Answer refused_unsent() {
    return answer_of(psp::Answer::Kind::refused_unsent, "connection refused");
}

inline psp::Answer accepted(std::string reference) {
    auto answer = answer_of(psp::Answer::Kind::accepted, "HTTP 200 processing");
    answer.reference = std::move(reference);
    return answer;
}

inline psp::Answer ScriptedPsp::answer_of_mood() {
    return answer_of(psp::Answer::Kind::unclear, "no answer");
}

// The success of the call, with the names that a PSP would give.
inline psp::Answer ScriptedPsp::done(const psp::Call& call) {
    using payments::OperationKind;
    auto key = psp::idempotency_key(call.operation, call.attempt);
    std::ranges::replace(key, '-', '_');  // a PSP's names are words
    if (call.kind == OperationKind::refund) return approved("re_" + key);
    auto answer = approved(call.payment_reference.value_or("pi_" + key));
    if (call.kind == OperationKind::authorize) {
        answer.capture_before =
            std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
            std::chrono::days(7);
        answer.multiple_captures = call.parameters.multiple_captures;
    }
    return answer;
}

inline psp::Answer ScriptedPsp::take(std::deque<psp::Answer>& script, psp::Answer otherwise) {
    if (script.empty()) return otherwise;
    auto answer = std::move(script.front());
    script.pop_front();
    return answer;
}

}  // namespace florin::flow
