#include "store/store.hpp"

#include <stdexcept>

#include "base/assert.hpp"
#include "payments/status.hpp"
#include "postgres/migrations.hpp"
#include "postgres/settings.hpp"
#include "store/digest.hpp"
#include "store/read_statements.hpp"
#include "store/state.hpp"
#include "store/statements.hpp"

namespace florin::store {
namespace {

CommitterOptions committer_options(const StoreOptions& options) {
    FLORIN_ASSERT(options.writers > 0 && options.batch > 0);
    return {options.conninfo, static_cast<std::size_t>(options.writers), options.batch, options.queue, options.metrics};
}

// Sorts as the database sorts: byte for byte.
std::string key_of(const Uuid& id) {
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}
std::string key_of(const Intent& intent) {
    return key_of(intent.payment.merchant.uuid()) + (intent.payment.live ? '1' : '0') + intent.key;
}

Digest digest_of(const Settlement& s) {
    if (s.step.http_status != 0) return result_digest(s);
    if (!s.step.change) return {};
    return change_digest({s.step.payment.id, s.attempt.operation, s.attempt.number, s.step.payment.version,
                          *change_of(s), s.actor, s.evidence, s.attempt.request, s.step.payment.updated_at});
}

Digest digest_of(const NextAttempt& n) {
    const payments::StatusChange change{payments::Status::failed, n.payment.status};
    return change_digest({n.payment.id, n.attempt.operation, n.attempt.number, n.payment.version,
                          payments::to_string(change), n.attempt.actor, "", n.attempt.request, n.payment.updated_at});
}

// Our bugs, found before they reach the books. A sale reserves nothing and refunds nothing.
void check(const Settlement& s) {
    const payments::Amounts& amounts = s.step.payment.amounts;
    FLORIN_ASSERT(amounts.capturing == 0 && amounts.refunding == 0 && amounts.refunded == 0 && amounts.voiding == 0 &&
                  amounts.voided == 0);
    FLORIN_ASSERT(s.attempt.payment == s.step.payment.id);
    FLORIN_ASSERT(payments::closes_attempt(s.outcome) == (s.step.http_status != 0));
    FLORIN_ASSERT(s.journal.has_value() == (s.outcome == payments::Outcome::approved));
    FLORIN_ASSERT(!s.journal || ledger::is_balanced(*s.journal));
    FLORIN_ASSERT(s.outcome != payments::Outcome::not_executed || s.needs_generation);
    const bool moved = s.step.payment.version == s.expected_version + 1;
    FLORIN_ASSERT(moved || (s.step.http_status == 0 && !s.step.change && s.step.payment.version == s.expected_version));
}

Task<SettlementResult> submit(Committer& committer, Kind kind, Settlement settlement, Deadline deadline) {
    const Digest digest = digest_of(settlement);
    auto item = std::make_shared<JudgedItem>(key_of(settlement.step.payment.id.uuid()),
                                             Judged{std::move(settlement), digest}, deadline);
    committer.submit(kind, item);
    return JudgedItem::wait(std::move(item));
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
                           postgres::Pool(executor, options.conninfo, options.readers, open_reader)});
}

Store::~Store() {
    state_->committer->stop();
}

Task<void> Store::start(Deadline deadline) {
    co_await check_server(state_->executor, state_->options.conninfo, deadline);
    co_await state_->committer->start(deadline);
    co_await state_->readers.execute("months_ahead", {}, deadline);
}

Task<void> Store::drain(Deadline deadline) {
    return state_->committer->drain(deadline);
}

Task<IntentResult> Store::commit(Intent intent, Deadline deadline) {
    auto item = std::make_shared<IntentItem>(key_of(intent), std::move(intent), deadline);
    state_->committer->submit(Kind::intent, item);
    return IntentItem::wait(std::move(item));
}

Task<SettlementResult> Store::commit(Settlement settlement, Deadline deadline) {
    check(settlement);
    const Kind kind = settlement.step.http_status != 0 ? Kind::settle : Kind::keep_open;
    return submit(*state_->committer, kind, std::move(settlement), deadline);
}

Task<NextAttemptResult> Store::commit(NextAttempt next, Deadline deadline) {
    FLORIN_ASSERT(next.payment.version == next.expected_version + 1 && next.attempt.number > 1);
    const Digest digest = digest_of(next);
    auto item =
        std::make_shared<NextItem>(key_of(next.payment.id.uuid()), Reopening{std::move(next), digest}, deadline);
    state_->committer->submit(Kind::next_attempt, item);
    return NextItem::wait(std::move(item));
}

Task<SettlementResult> Store::commit(Adoption adoption, Deadline deadline) {
    check(adoption.settlement);
    FLORIN_ASSERT(adoption.settlement.outcome == payments::Outcome::approved &&
                  adoption.settlement.attempt.number == adoption.late_attempt + 1);
    return submit(*state_->committer, Kind::adopt, std::move(adoption.settlement), deadline);
}

}  // namespace florin::store
