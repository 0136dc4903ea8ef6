// What every PSP must answer. An adapter turns wire answers into Answer and never decides about money: whether a
// refusal proves not_executed depends on which call it answered (facts of the write protocol, rule 5), which judge()
// decides.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "payments/operation.hpp"
#include "payments/outcome.hpp"
#include "psp/event.hpp"
#include "psp/heard.hpp"
#include "psp/listed.hpp"

namespace florin::psp {

// How what is unknown is proven. The resolver asks for the first two; events and settlement files come by themselves.
enum class Proof : std::uint8_t {
    same_key_repeat,  // the same key with identical bytes, sent until execute_until and the safe age
    look_up,          // proves absence only behind a fence (rule 7)
    event,
    settlement_file,
};
std::string_view to_string(Proof proof);

// The PSP's table: how its idempotency and its look-up behave. Source of each figure stands in the adapter's rules.cpp;
// docs/psp-stripe.md shows it.
struct Rules {
    std::string name;
    Milliseconds safe_age;         // a repeat is sent only while the attempt is younger (rule 13)
    Milliseconds longest_request;  // the longest life of a request inside the PSP
    Milliseconds read_lag;         // how late a strongly consistent look-up may show a charge (configurable)
    Milliseconds clock_error;      // largest clock error between us, the database and the PSP
    Milliseconds key_life{};       // what the PSP guarantees of an idempotency key
    // Until when a charge may still show in a settlement file: so long a closing without proof is watched (rule 25).
    Milliseconds longest_settlement{};
    // False where only successes are kept under a key: a used key can execute again after an error (rule 15), and an
    // answer from the PSP's store fences nothing.
    bool stores_errors = true;
    // In the order of their use; without same_key_repeat nothing is ever sent twice.
    std::vector<Proof> proofs{Proof::same_key_repeat, Proof::look_up, Proof::event, Proof::settlement_file};
    // When a success is looked at again because it may still be taken back, counted from the success; empty: never.
    std::vector<Milliseconds> refund_looks{};
    std::vector<Milliseconds> capture_looks{};

    bool repeats_are_safe() const;
};

// One attempt as the adapter must send it. The same call with the same encoder_version gives identical bytes.
struct Call {
    // Never one that is only recorded; what answers a late success is a plain void or refund here.
    payments::OperationKind kind = payments::OperationKind::sale;
    PaymentId payment;
    OperationId operation;
    std::int16_t attempt = 1;
    std::int16_t encoder_version = 1;
    Money amount;                       // of the operation
    payments::Parameters parameters{};  // of the operation
    // Of a creation:
    std::string payment_method{};
    std::optional<std::string> description{};
    std::optional<std::string> return_url{};
    // Of all others: the PSP's name of the payment (pi_…) and the amount that it was authorized or sold for.
    std::optional<std::string> payment_reference{};
    std::optional<Money> payment_amount{};
};

struct Answer {
    enum class Kind : std::uint8_t {
        approved,
        declined,
        action_required,
        accepted,
        refused_unsent,            // no byte of the request reached an established connection (rule 5a)
        refused_before_execution,  // the PSP's own error object with a code listed as refused before execution (rule
                                   // 5b)
        unclear,                   // everything else (rule 6)
    };
    Kind kind = Kind::unclear;
    // Of the object that is asked about: pi_… for all but refunds (re_…); also from an error object.
    std::optional<std::string> reference;
    std::optional<payments::Decline> decline{};  // with declined
    // With declined: the PSP's object shows it, so that it holds whichever call was answered (rule 21). A refusal of
    // class invalid_request that is not confirmed speaks of its own call only.
    bool confirmed = false;
    std::optional<payments::NextAction> next_action{};
    std::optional<WallTime> capture_before{};  // with an approved authorize: the PSP's, else the scheme's table
    bool multiple_captures = false;            // with an approved authorize: granted
    bool replayed = false;                     // from the PSP's idempotency store: fences the key (rule 7)
    bool alert = false;                        // credentials refused, or an answer that contradicts the request
    int http_status = 0;                       // 0 when there was none
    std::string evidence;                      // short, without secrets: "HTTP 500 api_error", "timeout after 30000 ms"
};

std::string_view to_string(Answer::Kind kind);  // "approved", …: the result label of florin_psp_calls

// Rules 5, 6 and 21. `first_and_only_call`: the task that wrote the attempt, generation 1, exactly one call so far.
payments::Judgement judge(const Answer& answer, bool first_and_only_call);

// What a look-up window held for the attempts asked about: key "<operation id>-<attempt>".
struct Sweep {
    bool complete = false;  // every page was read: absence from `found` then counts as "not found"
    std::map<std::string, Answer> found;
    std::string evidence;
    int requests = 1;    // that it took: a list has pages
    std::string next{};  // where it goes on, when a list was too long for the deadline
};

struct LookUp {
    WallTime from, to;
    std::vector<Call> calls;
    // What an unfinished one for the same times and calls returned: this one goes on there.
    Sweep begun{};
};

class Psp {
public:
    virtual ~Psp() = default;
    virtual const Rules& rules() const = 0;
    virtual const std::string& account() const = 0;  // the account's name in the configuration

    // Sends the money call of the operation's kind, once, and never retries. Infrastructure trouble is an Answer, not
    // an exception. When the payment's state refuses it, the object is read back within the same deadline (rule 21). A
    // void or an expiry of what the PSP has released already is approved; of what was captured there it is declined
    // (already_captured).
    virtual Task<Answer> execute(Call call, Deadline deadline) = 0;
    // Reads the object that `reference` names (a refund's own, else the payment's) and says what it knows of the call.
    virtual Task<Answer> read(std::string reference, Call call, Deadline deadline) = 0;
    // Strongly consistent look-up, not search: lists what was created in [from, to] for creations and refunds, and
    // reads the payment for captures, voids and expiries; picks what belongs to the calls by metadata.
    virtual Task<Sweep> look_up(LookUp wanted, Deadline deadline) = 0;
    // Ends a payment whose payer never acted: cancels the object and answers what it then is.
    virtual Task<Answer> abandon(std::string reference, Call call, Deadline deadline) = 0;
    // An event that it sent, from the bytes as they were kept.
    virtual Checked<Event> read_event(std::string_view body) const = 0;
    // One page of everything that the account holds of a time, ours or not, or why it cannot be read: then the same
    // page may be asked for again.
    virtual Task<std::expected<ListedPage, std::string>> list(ListQuery query, Deadline deadline) = 0;

    // Hears of every exchange from now on, in place of who heard before.
    void set_listener(Listener listener) { listener_ = std::move(listener); }

protected:
    void tell(Heard heard) const {
        if (listener_) listener_(heard);
    }

private:
    Listener listener_;
};

std::string idempotency_key(OperationId operation, std::int16_t attempt);  // "<uuid>-<attempt>" with the op_ prefix

}  // namespace florin::psp
