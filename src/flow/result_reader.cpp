#include "flow/result_reader.hpp"

#include <exception>
#include <map>

#include "flow/signal.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kReadWithin{5'000};

struct Batch {
    explicit Batch(const boost::asio::any_io_executor& executor) : returned(executor) {}
    std::map<OperationId, PaymentId> asked;
    std::map<OperationId, store::StoredResult> results;
    std::exception_ptr failure;
    bool done = false;
    Signal returned;
};

Task<void> fill(store::Store& store, std::shared_ptr<Batch> batch) {
    std::vector<std::pair<PaymentId, OperationId>> ids;
    for (const auto& [operation, payment] : batch->asked) ids.emplace_back(payment, operation);
    try {
        auto found = co_await store.find_results(std::move(ids), Deadline::after(kReadWithin));
        for (auto& [operation, result] : found) batch->results.emplace(operation, std::move(result));
    } catch (...) {
        batch->failure = std::current_exception();
    }
    batch->done = true;
    batch->returned.notify();
}

}  // namespace

struct ResultReader::State {
    explicit State(const Services& services) : executor(services.executor), store(services.store) {}
    boost::asio::any_io_executor executor;
    store::Store& store;
    std::shared_ptr<Batch> next;  // collects while another is in flight
    bool is_reading = false;

    static Task<void> read_all(std::shared_ptr<State> state) {
        while (auto batch = std::exchange(state->next, nullptr)) co_await fill(state->store, std::move(batch));
        state->is_reading = false;
    }
};

ResultReader::ResultReader(const Services& services) : state_(std::make_shared<State>(services)) {}

Task<std::optional<store::StoredResult>> ResultReader::read(PaymentId payment, OperationId operation) {
    if (!state_->next) state_->next = std::make_shared<Batch>(state_->executor);
    const auto batch = state_->next;
    batch->asked.emplace(operation, payment);
    if (!std::exchange(state_->is_reading, true)) {
        spawn(state_->executor, State::read_all(state_));
    }
    while (!batch->done) co_await batch->returned.wait(Deadline::after(kReadWithin));
    if (batch->failure) std::rethrow_exception(batch->failure);
    const auto found = batch->results.find(operation);
    if (found == batch->results.end()) co_return std::nullopt;
    co_return found->second;
}

}  // namespace florin::flow
