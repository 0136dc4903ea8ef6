#include "flow/operator_ruling.hpp"

#include <fmt/format.h>

#include "flow/operation_plan.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

std::unexpected<Refusal> not_so(std::string detail) {
    return refuse(Error::operation_not_allowed, std::move(detail));
}

std::string_view said(const Sighting& seen) {
    if (seen.answer) return payments::to_string(psp::judge(*seen.answer, false).outcome);
    return seen.absent ? "nothing of it in a whole look-up" : "no clear answer";
}

// The PSP works on it, or waits for the payer: it will say how that ends.
bool is_under_way(const Sighting& seen) {
    if (!seen.answer) return false;
    const auto outcome = psp::judge(*seen.answer, false).outcome;
    return outcome == Outcome::accepted || outcome == Outcome::action_required;
}

payments::Judgement judgement_of(const payments::Attempt& attempt, const OperatorWord& word) {
    payments::Judgement judgement;
    judgement.outcome = word.outcome;
    if (word.outcome == Outcome::approved && creates_object(attempt.kind)) judgement.psp_reference = word.reference;
    if (word.outcome == Outcome::declined) {
        judgement.decline = payments::Decline{.type = payments::DeclineClass::soft,
                                              .code = word.reason.value_or("declined_by_operator"),
                                              .reason = "The payment provider did not do it."};
    }
    return judgement;
}

std::optional<Refusal> fault_of_word(const payments::Attempt& attempt, const OperatorWord& word) {
    if (!payments::closes_attempt(word.outcome)) {
        return Refusal{Error::invalid_field, "outcome must be approved, declined or not_executed.", "/outcome"};
    }
    if (word.outcome == Outcome::approved && creates_object(attempt.kind) && !word.reference) {
        return Refusal{
            Error::missing_field,
            "An approval names the PSP's object: add its reference (pi_… of a payment, re_… of a refund), as "
            "the PSP's dashboard shows it.",
            "/reference"};
    }
    return std::nullopt;
}

}  // namespace

std::optional<payments::Judgement> fact_of(const Sighting& seen) {
    if (seen.answer) {
        auto judgement = psp::judge(*seen.answer, false);
        if (payments::closes_attempt(judgement.outcome)) return judgement;
    } else if (seen.absent && seen.absence_proves) {
        payments::Judgement judgement;
        judgement.outcome = Outcome::not_executed;
        return judgement;
    }
    return std::nullopt;
}

Checked<Ruling> rule(const payments::Attempt& attempt, const OperatorWord& word, const Sighting& seen) {
    if (auto fact = fact_of(seen)) {
        if (fact->outcome == word.outcome) return Ruling{.judgement = std::move(*fact), .is_proven = true};
        return not_so(fmt::format("The PSP contradicts that: it shows {} ({}). The operation has been settled so.",
                                  said(seen), seen.evidence));
    }
    if (auto fault = fault_of_word(attempt, word)) return std::unexpected(std::move(*fault));
    if (is_under_way(seen)) {
        return not_so(
            fmt::format("The PSP is not done with it: it shows {} ({}). Wait for its end, or cancel it in the "
                        "PSP's dashboard first; the worker then sees that by itself.",
                        said(seen), seen.evidence));
    }
    if (seen.contradicts) {
        return not_so(
            fmt::format("The PSP shows something else than was asked for ({}): settle that in its dashboard first. No "
                        "word counts beside it.",
                        seen.evidence));
    }
    if (!word.force) {
        return not_so(
            fmt::format("The PSP does not confirm that: {} ({}). Look at the payment in its dashboard; when "
                        "you are sure, repeat the command with force. What did not succeed by a word alone "
                        "stays on the watch list.",
                        said(seen), seen.evidence));
    }
    return Ruling{.judgement = judgement_of(attempt, word), .is_proven = false};
}

}  // namespace florin::flow
