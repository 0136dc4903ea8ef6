// The digest of each result, made again from the rows: 'florin-result-1' of a sale, 'florin-result-3' of what answers a
// late success, 'florin-result-2' of every other operation. An altered result, operation, journal line or audit row
// shows here.
#include "verify/canonical.hpp"
#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

void describe_result(Canonical& bytes, const StoredAttempt& attempt) {
    const StoredResult& result = *attempt.result;
    bytes.id(result.payment_id)
        .id(attempt.operation_id)
        .number(attempt.number)
        .text(result.outcome)
        .text(result.reason);
    bytes.number(result.http_status).text(result.psp).text(result.psp_reference).number(result.version);
    bytes.text(result.body).time(result.created_at);
}

void describe_change(Canonical& bytes, const StoredChange* change) {
    if (!change) {
        bytes.none().none().none().none();
        return;
    }
    bytes.text(change->change).text(change->actor).text(change->details).id(change->request_id);
}

// What was asked, which for a sale stands on its payment.
void describe_attempt(Canonical& bytes, const StoredAttempt& attempt) {
    bytes.text(attempt.kind).number(attempt.amount).text(attempt.currency);
    bytes.boolean(attempt.says("multiple_captures")).boolean(attempt.says("final")).number(attempt.releases());
    bytes.text(attempt.word("reason")).text(attempt.word("reverses"));
    if (attempt.is_late()) bytes.text(attempt.word("late")).text(attempt.word("late_reference"));
}

void describe_journals(Canonical& bytes, const Evidence& evidence, const StoredAttempt& attempt) {
    for (const StoredEntry& entry : evidence.entries) {
        if (entry.operation_id != attempt.operation_id || entry.attempt != attempt.number) continue;
        bytes.number(entry.kind).number(entry.line).id(entry.account_id).number(entry.amount).text(entry.currency);
    }
}

Digest digest_of(const Evidence& evidence, const StoredAttempt& attempt) {
    const bool is_sale = attempt.kind == "sale";
    Canonical bytes(is_sale ? "florin-result-1" : attempt.is_late() ? "florin-result-3" : "florin-result-2");
    describe_result(bytes, attempt);
    describe_change(bytes, evidence.change(attempt.operation_id, attempt.result->version));
    if (!is_sale) describe_attempt(bytes, attempt);
    describe_journals(bytes, evidence, attempt);
    return bytes.digest();
}

}  // namespace

void check_digest(const Evidence& evidence, Findings& findings) {
    for (const StoredAttempt& attempt : evidence.attempts) {
        if (!attempt.result) continue;
        const Digest digest = digest_of(evidence, attempt);
        const Text computed(reinterpret_cast<const char*>(digest.data()), digest.size());
        if (computed == attempt.result->digest) continue;
        findings.add(subject_of(evidence.payment_id, attempt.operation_id, attempt.number),
                     fmt::format("its digest is {}, that of its result, journal and audit row is {}",
                                 to_hex(attempt.result->digest), to_hex(digest)));
    }
}

}  // namespace florin::verify
