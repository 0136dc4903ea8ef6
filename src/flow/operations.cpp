#include "flow/operations.hpp"

#include <map>
#include <tuple>

#include "flow/operation_plan.hpp"
#include "flow/operation_task.hpp"
#include "flow/refusals.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using Name = std::tuple<MerchantId, bool, std::string>;  // the scope of an Idempotency-Key

Name name_of(const Command& command) {
    return {command.credential.merchant->id, command.credential.live, command.key};
}

}  // namespace

struct Operations::State {
    explicit State(const Services& all) : services(all), results(all), idle(all.executor) {}
    const Services& services;
    ResultReader results;
    std::map<Name, std::shared_ptr<Ongoing>> ongoing;
    bool is_draining = false;
    Signal idle;  // the last task has ended

    std::shared_ptr<Ongoing> find(const Name& name) const {
        const auto found = ongoing.find(name);
        return found == ongoing.end() ? nullptr : found->second;
    }
    static std::shared_ptr<Ongoing> start(std::shared_ptr<State> state, Command command, Deadline answer_by);
    static Task<void> work(std::shared_ptr<State> state, std::shared_ptr<Ongoing> mine, Command command);
    Task<Checked<Answer>> await(std::shared_ptr<Ongoing> one, Deadline answer_by, bool is_joined);
    Task<Checked<Answer>> provisional(std::shared_ptr<Ongoing> one, bool is_joined);
};

std::shared_ptr<Ongoing> Operations::State::start(std::shared_ptr<State> state, Command command, Deadline answer_by) {
    auto one = std::make_shared<Ongoing>(state->services.executor, command.fingerprint, answer_by);
    state->ongoing.emplace(name_of(command), one);
    spawn(state->services.executor, work(state, one, std::move(command)));
    return one;
}

// A task of the process: nothing that happens to the clients ends it, and whatever ends it wakes all who wait.
Task<void> Operations::State::work(std::shared_ptr<State> state, std::shared_ptr<Ongoing> mine, Command command) {
    const auto name = name_of(command);
    try {
        OperationTask task(state->services, state->results, mine, std::move(command));
        mine->conclusion = co_await task.run();
    } catch (...) {
        mine->failure = std::current_exception();
    }
    state->ongoing.erase(name);
    mine->end();
    if (state->ongoing.empty()) state->idle.notify();
}

Task<Checked<Answer>> Operations::State::await(std::shared_ptr<Ongoing> one, Deadline answer_by, bool is_joined) {
    while (!one->is_done() && !answer_by.passed()) co_await one->ended.wait(answer_by);
    if (one->failure) std::rethrow_exception(one->failure);
    if (one->conclusion) {
        if (const auto* refusal = std::get_if<Refusal>(&*one->conclusion)) co_return std::unexpected(*refusal);
        if (const auto* answer = std::get_if<Answer>(&*one->conclusion)) {
            auto mine = *answer;
            mine.replayed = mine.replayed || is_joined;
            co_return mine;
        }
    }
    co_return co_await provisional(std::move(one), is_joined);
}

Task<Checked<Answer>> Operations::State::provisional(std::shared_ptr<Ongoing> one, bool is_joined) {
    if (one->meanwhile) co_return std::unexpected(*one->meanwhile);
    // Rule 17: a 202 leaves only after the intent's commit is acknowledged.
    if (!one->operation) co_return std::unexpected(is_joined ? still_beginning() : commit_unknown());
    const auto known = *one->operation;
    try {
        // Rule 18: somebody else may have settled it, and another client may have its 200 already.
        const auto result = co_await results.read(known.payment.id, known.attempt.operation);
        if (result) co_return stored_answer(*result, is_joined);
        co_return provisional_answer(known.payment, known.attempt);
    } catch (const std::exception& error) {
        observe::log(observe::Level::warning, "payment.result_not_read",
                     {{"payment", to_string(known.payment.id)}, {"why", error.what()}});
    }
    co_return std::unexpected(commit_unknown());
}

Operations::Operations(const Services& services) : state_(std::make_shared<State>(services)) {}

Operations::~Operations() = default;

Task<Checked<Answer>> Operations::run(Command command) {
    const auto state = state_;
    const auto answer_by = Deadline::after(state->services.options.answer_within);
    const auto name = name_of(command);
    while (auto one = state->find(name)) {
        if (one->fingerprint == command.fingerprint) co_return co_await state->await(one, answer_by, true);
        if (const auto& known = one->operation) {
            co_return std::unexpected(key_reused(differing_field(command, known->payment, known->attempt)));
        }
        // Which of the two requests has the key is decided by the claim.
        co_await one->known.wait(answer_by);
        if (answer_by.passed()) co_return std::unexpected(still_beginning());
    }
    if (state->is_draining) co_return std::unexpected(shutting_down());
    auto one = State::start(state, std::move(command), answer_by);
    co_return co_await state->await(std::move(one), answer_by, false);
}

Task<void> Operations::drain(Deadline deadline) {
    const auto state = state_;
    state->is_draining = true;
    while (!state->ongoing.empty() && !deadline.passed()) co_await state->idle.wait(deadline);
}

}  // namespace florin::flow
