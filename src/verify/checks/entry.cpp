// Each line of a journal has its account, and the result that posted it; both are of its currency, mode and merchant.
// Lines of no operation at all are looked for by the check "parent".
#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

std::string name_of(const std::optional<Uuid>& id) {
    return id ? to_string(*id) : "none";
}

std::string not_of_its_result(const StoredEntry& entry, const StoredAttempt* attempt) {
    if (!attempt || !attempt->result) return fmt::format("attempt {}, which posted it, has no result", entry.attempt);
    const StoredResult& result = *attempt->result;
    if (!attempt->posts())
        return fmt::format("attempt {}, which posted it, ended as {}", entry.attempt, result.outcome);
    if (result.writer != entry.writer) {
        return fmt::format("its writer is {}, that of the result is {}", entry.writer, result.writer);
    }
    if (result.created_at != entry.created_at) {
        return fmt::format("it is of {}, the result is of {}", format_time(entry.created_at),
                           format_time(result.created_at));
    }
    return {};
}

std::string detail_of(const StoredEntry& entry, const Evidence& evidence) {
    const StoredAccount* account = entry.account;
    if (!account) return fmt::format("its account {} does not exist", to_string(entry.account_id));
    if (account->currency != entry.currency) {
        return fmt::format("it is in {}, its account {} is not", entry.currency, account->path);
    }
    std::string detail = not_of_its_result(entry, evidence.attempt(entry.operation_id, entry.attempt));
    if (!detail.empty()) return detail;
    const std::string payment = subject_of(evidence.payment_id);
    if (!evidence.payment) return fmt::format("its payment {} does not exist", payment);
    if (account->live != evidence.payment->live) {
        return fmt::format("its account {} is not of the mode of {}", account->path, payment);
    }
    const Uuid& merchant = evidence.payment->merchant_id;
    if (entry.merchant_id != account->merchant_id || (account->merchant_id && *account->merchant_id != merchant)) {
        return fmt::format("its merchant is {}, that of {} is {}, that of {} is {}", name_of(entry.merchant_id),
                           account->path, name_of(account->merchant_id), payment, to_string(merchant));
    }
    return {};
}

}  // namespace

void check_entry(const Evidence& evidence, Findings& findings) {
    for (const StoredEntry& entry : evidence.entries) {
        std::string detail = detail_of(entry, evidence);
        if (detail.empty()) continue;
        findings.add(fmt::format("op_{} journal {} line {}", to_string(entry.operation_id), entry.kind, entry.line),
                     std::move(detail));
    }
}

}  // namespace florin::verify
