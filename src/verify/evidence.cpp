#include "verify/evidence.hpp"

#include <algorithm>
#include <ranges>
#include <tuple>

namespace florin::verify {
namespace {

// payments::derive_status after a result, apart from its code: what is altered there must not be overlooked here.
Text status_after(const AfterResult& after) {
    if (after.refunded > 0) return after.refunded < after.captured ? "partially_refunded" : "refunded";
    if (after.captured > 0) return after.captured < after.authorized ? "partially_captured" : "captured";
    if (after.authorized > after.released) return "authorized";
    if (after.expired > 0) return "expired";
    return after.authorized > 0 ? "voided" : "failed";
}

void add(AfterResult& sums, const StoredAttempt& attempt) {
    if (!attempt.won()) return;
    const Wide amount = attempt.amount;
    if (attempt.creates()) sums.authorized += amount;
    if (attempt.kind == "sale" || attempt.kind == "capture") sums.captured += amount;
    if (attempt.kind == "capture") sums.released += attempt.releases();
    if (attempt.kind == "capture_failure") sums.captured -= amount;
    if (attempt.kind == "refund") sums.refunded += amount;
    if (attempt.kind == "refund_failure") sums.refunded -= amount;
    if (attempt.kind == "void" || attempt.kind == "expire") sums.released += amount;
    if (attempt.kind == "expire") sums.expired += amount;
}

Text status_at(const Evidence& evidence, std::int32_t version) {
    Text status = "pending";
    for (const auto& change : evidence.changes) {
        if (change.sequence <= version) status = change.to();
    }
    return status;
}

StoredAccount::Side side_of_psp(Text role) {
    using enum StoredAccount::Side;
    if (role == "receivable" || role == "fees") return psp;
    if (role == "authorized") return psp_memo;
    if (role == "late_charges") return late;
    if (role == "late_holds") return late_memo;
    if (role == "suspense") return suspense;
    return role == "suspended_holds" ? suspense_memo : strange;
}

}  // namespace

Text part(Text text, char separator, int index) {
    for (; index > 0; --index) {
        const auto at = text.find(separator);
        if (at == Text::npos) return {};
        text.remove_prefix(at + 1);
    }
    return text.substr(0, text.find(separator));
}

const boost::json::value* StoredAttempt::parameter(Text name) const {
    const auto* members = parameters ? parameters->if_object() : nullptr;
    return members ? members->if_contains(name) : nullptr;
}

bool StoredAttempt::says(Text name) const {
    const auto* value = parameter(name);
    return value && value->is_bool() && value->get_bool();
}

MaybeText StoredAttempt::word(Text name) const {
    const auto* value = parameter(name);
    return value && value->is_string() ? MaybeText(value->get_string()) : std::nullopt;
}

std::int64_t StoredAttempt::releases() const {
    const auto* value = parameter("releases");
    return value && value->is_int64() ? value->get_int64() : 0;
}

const StoredAttempt* Evidence::attempt(const Uuid& operation, std::int16_t number) const {
    const auto found = std::ranges::find_if(
        attempts, [&](const auto& one) { return one.operation_id == operation && one.number == number; });
    return found == attempts.end() ? nullptr : &*found;
}

const StoredChange* Evidence::change(const Uuid& operation, std::int32_t version) const {
    const auto found = std::ranges::find_if(
        changes, [&](const auto& one) { return one.operation_id == operation && one.sequence == version; });
    return found == changes.end() ? nullptr : &*found;
}

void write_history(Evidence& evidence) {
    auto& history = evidence.history;
    history.clear();
    for (const auto& attempt : evidence.attempts) {
        if (attempt.result && attempt.result->payment_id == evidence.payment_id) history.push_back({&attempt});
    }
    const auto version = [](const AfterResult& after) { return after.attempt->result->version; };
    std::ranges::sort(history, {},
                      [&](const AfterResult& after) { return std::tuple(version(after), after.attempt->refused()); });
    AfterResult sums{};
    for (auto begin = history.begin(); begin != history.end();) {
        const auto end =
            std::find_if(begin, history.end(), [&](const auto& one) { return version(one) != version(*begin); });
        sums.makers = 0;
        for (const AfterResult& same : std::ranges::subrange(begin, end)) {
            add(sums, *same.attempt);
            sums.makers += same.attempt->refused() ? 0 : 1;
        }
        for (; begin != end; ++begin) {
            sums.attempt = begin->attempt;
            // Beside a payment whose creation is open again its changes alone say what it was.
            sums.status = begin->attempt->is_late() ? status_at(evidence, version(*begin)) : status_after(sums);
            *begin = sums;
        }
    }
}

void read_path(StoredAccount& account) {
    using enum StoredAccount::Side;
    const auto word = [&](int index) { return part(account.path, ':', index); };
    if (word(1) == "psp") {
        account.psp_account.append(word(2)).append(" ").append(word(3));
        account.side = side_of_psp(word(4));
    } else if (word(1) == "merchant") {
        account.side = word(3) == "payable" ? ours : word(3) == "authorized" ? merchant_memo : strange;
    } else if (word(1) == "platform") {
        account.side = word(2) == "fees" ? ours : strange;
    }
}

}  // namespace florin::verify
