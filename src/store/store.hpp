// The store of payments: group commit for every write, a small pool for reads. The only way to write payment state.
// Writes queue up while a batch is in flight and share one commit; see committer.hpp. All methods run on the loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "observe/metrics.hpp"
#include "store/events.hpp"
#include "store/items.hpp"
#include "store/open_book.hpp"
#include "store/policy.hpp"
#include "store/psp_events.hpp"
#include "store/reads.hpp"
#include "store/subjects.hpp"

namespace florin::store {

// The bounded queue is full: nothing was claimed, answer 503 + Retry-After.
class QueueFull : public std::exception {};
// The commit's answer was lost and could not be learned before the deadline (rule 19): 503 commit_unknown.
class CommitUnknown : public std::exception {};

struct StoreOptions {
    std::string conninfo{};   // application role
    int writers = 2;          // committer connections at the most; a further one starts only when the others are busy
    std::size_t batch = 128;  // items per statement
    std::size_t queue = 20'000;  // items waiting, all kinds together
    std::size_t readers = 4;
    observe::Metrics* metrics = nullptr;  // batch sizes, commit times and queue depth; may be absent
};

class Store {
public:
    Store(boost::asio::any_io_executor executor, StoreOptions options);
    ~Store();
    // Opens the first writer and a reader, checks schema and pinned session settings. Throws when the server is not
    // usable.
    Task<void> start(Deadline deadline);
    // Waits until the queue is empty and every batch has returned, up to the deadline.
    Task<void> drain(Deadline deadline);
    // How long the oldest of the writes that are not committed yet has waited; zero when there is none.
    std::chrono::nanoseconds oldest_wait() const;
    // What PSPs told by themselves. Started and drained with the store, on connections of its own.
    PspEvents& psp_events();
    // What merchants are told, on connections of its own.
    Events& events();

    Task<IntentResult> commit(Intent intent, Deadline deadline);
    Task<SettlementResult> commit(Settlement settlement, Deadline deadline);
    Task<NextAttemptResult> commit(NextAttempt next, Deadline deadline);
    Task<SettlementResult> commit(Adoption adoption, Deadline deadline);
    Task<SettlementResult> commit(RefusedRepeat refused, Deadline deadline);
    Task<ReservationResult> commit(Reservation reservation, Deadline deadline);
    Task<RecordResult> commit(Record record, Deadline deadline);
    Task<CompensationResult> commit(Compensation compensation, Deadline deadline);

    // The due open operations of a PSP account, oldest next_try first and `limit` at the most. Nothing is taken. Sorts
    // all that is due; a first look that has just come does not stand behind a backlog.
    Task<std::vector<OperationId>> find_due(ledger::PspAccount account, int limit, Deadline deadline);
    // Takes those of `operations` that are due now, in their order and `limit` at the most: generation + 1, new lease;
    // send_until is raised only for those it allows to send. `ages` come from the PSP's table.
    struct Ages {
        Milliseconds safe_age, longest_request, read_lag, clock_error;
        bool repeats_are_safe;
    };
    struct Due {
        ledger::PspAccount account;
        std::vector<OperationId> operations;
        int limit;
    };
    Task<std::vector<Taken>> take_due(Due due, Ages ages, Durations durations, Deadline deadline);
    // Takes one operation whose lease is over, whatever its next_try; empty when somebody else has it or it is closed.
    Task<std::optional<Taken>> take(OperationId operation, Ages ages, Durations durations, Deadline deadline);

    // The open operations of a payment, oldest first. For who must settle them before going on.
    Task<std::vector<OpenOperation>> open_of(PaymentId payment, Deadline deadline);
    // Up to `limit` authorizations of a PSP account whose capture_before has passed (on the database's clock) and whose
    // next look has come; that look is moved by `pause`, so that two workers do not meet.
    Task<std::vector<payments::Payment>> take_expired(ledger::PspAccount account, Milliseconds pause, int limit,
                                                      Deadline deadline);
    // Up to `limit` authorizations of a PSP account whose merchant wants something done before they expire, the next to
    // expire first; the next such look is moved by `pause`.
    Task<std::vector<PolicyDue>> take_policies(ledger::PspAccount account, Milliseconds pause, int limit,
                                               Deadline deadline);
    // The next look at a held authorization; of what is held no longer, nothing.
    Task<void> move_hold(PaymentId payment, Milliseconds next_look, Deadline deadline);
    // What is held was released at the PSP: it is due to be expired here, whatever its capture_before. False when
    // nothing is held.
    Task<bool> expire_now(PaymentId payment, Deadline deadline);
    // What stands in the books of what a PSP's events name, in one statement; empty for what leads to no payment.
    Task<std::vector<std::optional<KnownPayment>>> find_subjects(std::string psp, std::vector<EventNames> events,
                                                                 Deadline deadline);
    // How much of each PSP account is due and taken by nobody at this moment.
    Task<std::vector<DueRow>> due_by_account(Deadline deadline);
    // Authorizations that expire within `ahead`, the next one first.
    Task<std::vector<ExpiringRow>> expiring(Milliseconds ahead, int limit, Deadline deadline);
    // Successes whose next look has come; that look is moved by `pause`.
    Task<std::vector<Watched>> take_watched(ledger::PspAccount account, Milliseconds pause, int limit,
                                            Deadline deadline);
    // The next look at a watched success; empty ends the watch.
    Task<void> move_watch(OperationId operation, std::optional<Milliseconds> next_look, Deadline deadline);

    // Answers to late successes whose look has come, and closed attempts that are watched; that look is moved by
    // `pause`.
    Task<std::vector<StandingLate>> take_standing(ledger::PspAccount account, Milliseconds pause, int limit,
                                                  Deadline deadline);
    Task<void> end_standing(OperationId operation, Deadline deadline);
    Task<void> move_standing(OperationId operation, Milliseconds next_look, Deadline deadline);
    Task<std::int64_t> count_standing(ledger::PspAccount account, Deadline deadline);
    Task<std::vector<WatchedAttempt>> take_watched_attempts(ledger::PspAccount account, Milliseconds pause, int limit,
                                                            Deadline deadline);
    // Watches a closed attempt whose sends began at most `sends` after its intent, or looks at it sooner.
    Task<void> watch_attempt(payments::Attempt attempt, Milliseconds sends, Watch watch, Deadline deadline);
    // The next looks at watched attempts; the watch of one whose late success was answered, or that is empty, ends.
    struct NextLook {
        OperationId operation;
        std::int16_t attempt;
        std::optional<Milliseconds> after;
    };
    Task<void> move_watched_attempts(std::vector<NextLook> looks, Deadline deadline);

    Task<std::optional<StoredOperation>> find_by_key(MerchantId merchant, bool live, std::string key,
                                                     Deadline deadline);
    Task<std::optional<StoredOperation>> find_operation(PaymentId payment, OperationId operation, Deadline deadline);
    // Results of many operations' last attempts in one statement; those still open are left out. For waiters.
    Task<std::vector<std::pair<OperationId, StoredResult>>> find_results(
        std::vector<std::pair<PaymentId, OperationId>> ids, Deadline deadline);
    Task<std::optional<payments::Payment>> find_payment(MerchantId merchant, bool live, PaymentId id,
                                                        Deadline deadline);
    Task<std::vector<OperationRow>> operations_of(PaymentId id, Deadline deadline);
    Task<std::vector<LedgerRow>> ledger_of(PaymentId id, Deadline deadline);
    Task<std::vector<AuditRow>> audit_of(PaymentId id, Deadline deadline);
    Task<Page> list(ListQuery query, Deadline deadline);
    Task<std::vector<BalanceRow>> balance_of(MerchantId merchant, bool live, Deadline deadline);
    // What waits, in piles; authorizations that expire within `expiring_within` are one of them.
    Task<Overview> overview(Milliseconds expiring_within, Deadline deadline);
    Task<OpenPage> list_open(OpenQuery query, Deadline deadline);
    Task<std::optional<OpenRow>> find_open(OperationId operation, Deadline deadline);
    // What a taking would find at this moment; nothing is taken.
    Task<std::optional<Taken>> peek(OperationId operation, Ages ages, Deadline deadline);
    // Of an operation that is open or has ended.
    Task<std::optional<PaymentId>> find_payment_of(OperationId operation, Deadline deadline);
    // For long polls: the versions of those that exist.
    Task<std::map<PaymentId, std::int32_t>> find_versions(std::vector<PaymentId> ids, Deadline deadline);
    // The tables that work waits in.
    Task<std::vector<std::string>> queues(Deadline deadline);
    // Open operations of a kind that this release does not know are parked, once; they are never taken.
    Task<std::vector<UnknownKind>> park_unknown_kinds(Deadline deadline);
    // True when the months ahead exist and the database answers; the sentence says what is wrong.
    Task<std::string> readiness(Deadline deadline);
    Task<void> ensure_partitions(Deadline deadline);  // daily: keeps two months ahead
    // What the merchant pays for a payment in this currency: its own rule, else its default one.
    Task<ledger::FeeRule> fee_rule(MerchantId merchant, Currency currency, Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
