#include "store/store.hpp"

#include <stdexcept>

#include "base/assert.hpp"
#include "postgres/migrations.hpp"
#include "postgres/settings.hpp"
#include "store/read_statements.hpp"
#include "store/state.hpp"

namespace florin::store {
namespace {

CommitterOptions committer_options(const StoreOptions& options) {
    FLORIN_ASSERT(options.writers > 0 && options.batch > 0);
    return {options.conninfo, static_cast<std::size_t>(options.writers), options.batch, options.queue, options.metrics};
}

Task<void> check_server(boost::asio::any_io_executor executor, std::string conninfo, Deadline deadline) {
    auto connection = co_await postgres::Connection::open(executor, std::move(conninfo), deadline);
    if (const auto problems = co_await postgres::unsafe_settings(*connection, deadline); !problems.empty()) {
        throw std::runtime_error(problems.front());
    }
    if (const auto mismatch = co_await postgres::schema_mismatch(*connection, deadline); !mismatch.empty()) {
        throw std::runtime_error(mismatch);
    }
}

}  // namespace

Store::Store(boost::asio::any_io_executor executor, StoreOptions options) {
    state_.reset(new State{executor, options, std::make_shared<Committer>(executor, committer_options(options)),
                           postgres::Pool(executor, options.conninfo, options.readers, open_reader),
                           PspEvents(executor, {.conninfo = options.conninfo}), Events(executor, options.conninfo)});
}

Store::~Store() {
    state_->committer->stop();
}

Task<void> Store::start(Deadline deadline) {
    co_await check_server(state_->executor, state_->options.conninfo, deadline);
    co_await state_->committer->start(deadline);
    co_await state_->psp_events.start(deadline);
    co_await state_->readers.execute("readiness", {}, deadline);
}

Task<void> Store::drain(Deadline deadline) {
    co_await state_->committer->drain(deadline);
    co_await state_->psp_events.drain(deadline);
}

PspEvents& Store::psp_events() {
    return state_->psp_events;
}

Events& Store::events() {
    return state_->events;
}

std::chrono::nanoseconds Store::oldest_wait() const {
    return state_->committer->oldest_wait();
}

}  // namespace florin::store
