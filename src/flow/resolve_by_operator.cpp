#include "flow/resolve_by_operator.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "base/fail_point.hpp"
#include "flow/look.hpp"
#include "flow/operation_plan.hpp"
#include "flow/refusals.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

constexpr Milliseconds kCommitWithin{10'000};
constexpr Milliseconds kLookAgain{1'000};
constexpr auto kHoldsFor = std::chrono::days(7);  // where no PSP says how long an authorization holds

Refusal no_such_operation() {
    return {Error::not_found, "There is no operation with this id."};
}

Refusal ended_already(const store::StoredResult& result) {
    return {Error::operation_not_allowed, fmt::format("The operation has ended already: it is {}. Nothing was changed.",
                                                      payments::to_string(result.outcome))};
}

Refusal at_work() {
    return {.error = Error::conflict,
            .detail = "Somebody asks the PSP about it in this moment. Nothing was changed; repeat it in a minute.",
            .retry_after_s = 60};
}

Refusal reference_taken() {
    return {Error::operation_not_allowed,
            "That reference belongs to another operation: one charge cannot settle two. Nothing was changed.",
            "/reference"};
}

// Taken to look: nothing is sent, so that the time fence does not move.
store::Store::Ages looking(const psp::Rules& rules) {
    auto ages = ages_of(rules);
    ages.repeats_are_safe = false;
    return ages;
}

// The lease goes back; what was seen stays as evidence, and what was parked stays so.
Verdict left_open(const store::Taken& taken, const Sighting& seen, const std::string& actor) {
    Verdict verdict{.payment = taken.payment,
                    .attempt = taken.attempt,
                    .judgement = {},
                    .evidence = seen.evidence,
                    .generation = taken.generation,
                    .next_try = kLookAgain,
                    .park = taken.parked,
                    .actor = actor};
    if (seen.answer) verdict.judgement = psp::judge(*seen.answer, false);
    verdict.closed_by_time = !taken.fenced_at;
    return verdict;
}

Verdict verdict_of_ruling(const store::Taken& taken, Ruling ruling, const OperatorWord& word, const Sighting& seen,
                          const std::string& actor) {
    auto verdict = left_open(taken, seen, actor);
    verdict.judgement = std::move(ruling.judgement);
    verdict.evidence = fmt::format("{}: {}; the PSP: {}", actor, word.evidence, seen.evidence);
    verdict.is_word = !ruling.is_proven;
    const bool holds =
        taken.attempt.kind == payments::OperationKind::authorize && verdict.judgement.outcome == Outcome::approved;
    if (holds && !verdict.judgement.capture_before) verdict.judgement.capture_before = taken.recorded_at + kHoldsFor;
    return verdict;
}

store::Decree decree_of(const store::Taken& taken, const OperatorWord& word, const Sighting& seen, bool is_proven) {
    const auto text_or_null = [](const std::optional<std::string>& text) {
        return text ? boost::json::value(*text) : boost::json::value();
    };
    return {.action = "operation.resolve",
            .subject = to_string(taken.attempt.operation),
            .merchant = taken.payment.merchant,
            .live = taken.payment.live,
            .details = {{"payment_id", to_string(taken.payment.id)},
                        {"attempt", taken.attempt.number},
                        {"outcome", payments::to_string(word.outcome)},
                        {"evidence", word.evidence},
                        {"reference", text_or_null(word.reference)},
                        {"reason", text_or_null(word.reason)},
                        {"force", word.force},
                        {"proven", is_proven},
                        {"psp_said", seen.evidence}}};
}

// `details` of the decree. The audit log is append-only: what it says of the PSP is what the first answer said.
Resolution answered_before(store::StoredOperation stored, const std::string& details) {
    const auto decree = boost::json::parse(details).as_object();
    return {.attempt = std::move(stored.attempt),
            .payment = std::move(stored.payment),
            .result = std::move(*stored.result),
            .psp_said = std::string(decree.at("psp_said").as_string()),
            .is_proven = decree.at("proven").as_bool(),
            .replayed = true};
}

void tell(const Verdict& verdict, bool is_proven) {
    observe::log(observe::Level::warning, "operation.resolved",
                 {{"payment", to_string(verdict.payment.id)},
                  {"operation", to_string(verdict.attempt.operation)},
                  {"attempt", verdict.attempt.number},
                  {"kind", payments::to_string(verdict.attempt.kind)},
                  {"outcome", payments::to_string(verdict.judgement.outcome)},
                  {"actor", verdict.actor},
                  {"proven", is_proven}});
}

struct Case {
    store::Taken taken;
    const PspAccount* account;
    Deadline call;
};

Task<Checked<Case>> take_case(const Services& services, store::StoredOperation stored, Deadline deadline) {
    const auto* account = services.psps.find(account_of(stored.attempt));
    if (account == nullptr) co_return std::unexpected(lost_psp_account(stored.payment));
    const auto call = Deadline::after(services.options.psp_deadline);  // rule 12: read before the taking
    const auto& rules = account->psp->rules();
    auto taken = co_await services.store.take(stored.attempt.operation, looking(rules),
                                              durations_of(services.options, stored.attempt.kind, rules), deadline);
    if (!taken) co_return std::unexpected(at_work());
    co_return Case{.taken = std::move(*taken), .account = account, .call = call};
}

Task<void> settle_refused(const Services& services, const store::Taken& taken, const Sighting& seen,
                          std::string actor) {
    auto verdict = left_open(taken, seen, actor);
    if (auto fact = fact_of(seen)) verdict.judgement = std::move(*fact);
    co_await settle(services, std::move(verdict), Deadline::after(kCommitWithin));
}

}  // namespace

Task<Checked<Resolution>> resolve_by_operator(const Services& services, store::Administration& administration,
                                              OperationId operation, OperatorWord word, store::Author author,
                                              Deadline deadline) {
    const auto payment = co_await services.store.find_payment_of(operation, deadline);
    if (!payment) co_return std::unexpected(no_such_operation());
    auto stored = co_await services.store.find_operation(*payment, operation, deadline);
    if (!stored) co_return std::unexpected(no_such_operation());
    CO_TRY(known, co_await administration.replayed(author, deadline));
    const bool is_done = stored->result && stored->result->outcome == word.outcome;
    if (is_done && known) co_return answered_before(std::move(*stored), *known);
    if (stored->result) co_return std::unexpected(ended_already(*stored->result));

    CO_TRY(taken, co_await take_case(services, std::move(*stored), deadline));
    const OpenWork work{.account = *taken.account, .call = taken.call};
    const auto seen = co_await look_at_psp(work, taken.taken, word.reference);
    auto ruling = rule(taken.taken.attempt, word, seen);
    if (!ruling) {
        co_await settle_refused(services, taken.taken, seen, author.actor);
        co_return std::unexpected(std::move(ruling.error()));
    }
    // The person's name is on record before anything changes by it; a crash between leaves a repeat under the same key.
    FLORIN_FAIL_POINT("operator_before_audit");
    const bool is_proven = ruling->is_proven;
    auto decree = decree_of(taken.taken, word, seen, is_proven);
    CO_TRY(logged, co_await administration.record(std::move(decree), author, deadline));
    FLORIN_FAIL_POINT("operator_after_audit");
    auto verdict = verdict_of_ruling(taken.taken, std::move(*ruling), word, seen, author.actor);
    auto standing = co_await settle(services, verdict, Deadline::after(kCommitWithin));
    FLORIN_FAIL_POINT("operator_after_commit");
    if (!standing.is_ours) {
        co_return std::unexpected(standing.result ? ended_already(*standing.result) : at_work());
    }
    if (!standing.result) co_return std::unexpected(reference_taken());
    tell(verdict, is_proven);
    co_return Resolution{.attempt = verdict.attempt,
                         .payment = std::move(standing.payment),
                         .result = std::move(*standing.result),
                         .psp_said = seen.evidence,
                         .is_proven = is_proven,
                         .replayed = !logged};
}

}  // namespace florin::flow
