// Attempts count from 1; only one that provably was not executed is followed by another; the last has a result or is
// open. All ask for the same, of a known kind, with parameters that the kind and the payment allow.
#include <algorithm>
#include <array>

#include <boost/json/serialize.hpp>

#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

struct Legal {
    Text kind;
    std::array<Text, 2> parameters;
};
constexpr auto kLegal = std::to_array<Legal>({{"sale", {}},
                                              {"authorize", {"multiple_captures"}},
                                              {"capture", {"final", "releases"}},
                                              {"void", {}},
                                              {"refund", {"reason"}},
                                              {"expire", {}},
                                              {"capture_failure", {"reverses"}},
                                              {"refund_failure", {"reverses"}},
                                              {"late_void", {"late", "late_reference"}},
                                              {"late_refund", {"late", "late_reference"}},
                                              {"late_suspense", {"late", "late_reference"}}});

// An attempt among those of its operation.
struct Placed {
    const StoredAttempt& attempt;
    const StoredAttempt& first;
    const StoredAttempt* next;
    int place;
};

std::string wrong_place(const Placed& placed) {
    const auto& [attempt, first, next, place] = placed;
    if (attempt.number != place) return fmt::format("it is number {} of its operation", place);
    if (next && !(attempt.result && attempt.result->outcome == "not_executed")) {
        return fmt::format("it is followed by attempt {} and {}", next->number,
                           attempt.result ? fmt::format("ended as {}", attempt.result->outcome) : "has no result");
    }
    if (!next && !attempt.result && !attempt.has_open_row) return "it has neither a result nor an open row";
    if (attempt.kind != first.kind || attempt.amount != first.amount || attempt.currency != first.currency) {
        return fmt::format("it is a {} of {} {} and attempt 1 a {} of {} {}", attempt.kind, attempt.amount,
                           attempt.currency, first.kind, first.amount, first.currency);
    }
    return {};
}

std::string not_of_its_payment(const StoredAttempt& attempt, const Uuid& id, const StoredPayment& payment) {
    if (attempt.creates() && attempt.amount != payment.amount) {
        return fmt::format("it is of {} {} and its payment of {} {}", attempt.amount, attempt.currency, payment.amount,
                           payment.currency);
    }
    if (attempt.currency != payment.currency && !attempt.refused()) {
        return fmt::format("it is in {}, its payment in {}", attempt.currency, payment.currency);
    }
    if (attempt.result && attempt.result->psp != attempt.psp) {
        return fmt::format("its PSP is {}, that of its result is {}", attempt.psp, attempt.result->psp);
    }
    if (attempt.result && attempt.result->payment_id != id) {
        return "its result is of pay_" + to_string(attempt.result->payment_id);
    }
    if (attempt.creates() && payment.capture != (attempt.kind == "sale")) {
        return fmt::format("it is a {}, its payment says capture = {}", attempt.kind, payment.capture);
    }
    return {};
}

bool has_only(const boost::json::value& parameters, const std::array<Text, 2>& names) {
    const auto* members = parameters.if_object();
    return members && std::ranges::all_of(*members, [&](const auto& member) {
               return std::ranges::find(names, Text(member.key())) != names.end();
           });
}

std::string wrong_parameters(const StoredAttempt& attempt, const StoredPayment& payment) {
    const auto legal = std::ranges::find(kLegal, attempt.kind, &Legal::kind);
    if (legal == kLegal.end()) return fmt::format("its kind {} is unknown", attempt.kind);
    if (attempt.parameters && !has_only(*attempt.parameters, legal->parameters)) {
        return fmt::format("a {} has no such parameters: {}", attempt.kind, serialize(*attempt.parameters));
    }
    if (attempt.parameter("releases") && (attempt.releases() < 1 || !attempt.says("final"))) {
        return "only a final capture releases, and at least 1: " + serialize(*attempt.parameters);
    }
    if (attempt.kind == "capture" && !attempt.says("final") && !payment.multiple_captures && !attempt.refused()) {
        return "its payment takes one capture, and it is not final";
    }
    if (attempt.kind.ends_with("_failure") && !attempt.parameter("reverses"))
        return "it names nothing that it reverses";
    if (attempt.is_late() && !(attempt.word("late") && attempt.word("late_reference")))
        return "it names no late success that it answers";
    if (attempt.amount < 1 && !attempt.refused()) return fmt::format("its amount is {}", attempt.amount);
    return {};
}

std::string detail_of(const Evidence& evidence, const Placed& placed) {
    if (!evidence.payment) return "its payment does not exist";
    std::string detail = wrong_place(placed);
    if (detail.empty()) detail = not_of_its_payment(placed.attempt, evidence.payment_id, *evidence.payment);
    if (detail.empty()) detail = wrong_parameters(placed.attempt, *evidence.payment);
    return detail;
}

}  // namespace

void check_attempt(const Evidence& evidence, Findings& findings) {
    const StoredAttempt* first = nullptr;
    int place = 0;
    for (auto attempt = evidence.attempts.begin(); attempt != evidence.attempts.end(); ++attempt) {
        if (!first || first->operation_id != attempt->operation_id) first = &*attempt, place = 0;
        const auto next = attempt + 1;
        const bool is_followed = next != evidence.attempts.end() && next->operation_id == attempt->operation_id;
        std::string detail = detail_of(evidence, {*attempt, *first, is_followed ? &*next : nullptr, ++place});
        if (detail.empty()) continue;
        findings.add(subject_of(evidence.payment_id, attempt->operation_id, attempt->number), std::move(detail));
    }
}

}  // namespace florin::verify
