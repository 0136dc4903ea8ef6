#include "psp/psp.hpp"

namespace florin::psp {
namespace {

using payments::DeclineClass;
using payments::Judgement;
using payments::Outcome;

// A success that names no object, and a decline without its reason, cannot be booked or shown: nothing is known then.
Outcome outcome_of(const Answer& answer, bool only_call) {
    switch (answer.kind) {
        case Answer::Kind::approved:
            return answer.reference ? Outcome::approved : Outcome::unknown;
        case Answer::Kind::declined:
            if (!answer.decline) return Outcome::unknown;
            // A refusal of the request's content, or by the payment's state, speaks of this call only: an earlier one
            // may still be executing, or may have made that state. The object read back speaks of them all.
            if (answer.decline->type == DeclineClass::invalid_request && !only_call && !answer.confirmed) {
                return Outcome::unknown;
            }
            return Outcome::declined;
        case Answer::Kind::action_required:
            return Outcome::action_required;
        case Answer::Kind::accepted:
            return Outcome::accepted;
        case Answer::Kind::refused_unsent:
        case Answer::Kind::refused_before_execution:
            return only_call ? Outcome::not_executed : Outcome::unknown;
        case Answer::Kind::unclear:
            return Outcome::unknown;
    }
    return Outcome::unknown;
}

}  // namespace

Judgement judge(const Answer& answer, bool first_and_only_call) {
    // An answer from the PSP's store shows that the key was used before, whatever the caller believes.
    const Outcome outcome = outcome_of(answer, first_and_only_call && !answer.replayed);
    Judgement judgement{.outcome = outcome, .psp_reference = answer.reference, .decline = {}, .next_action = {}};
    if (outcome == Outcome::declined) judgement.decline = answer.decline;
    if (outcome == Outcome::action_required) judgement.next_action = answer.next_action;
    if (outcome == Outcome::approved) {
        judgement.capture_before = answer.capture_before;
        judgement.multiple_captures = answer.multiple_captures;
    }
    return judgement;
}

std::string_view to_string(Answer::Kind kind) {
    switch (kind) {
        case Answer::Kind::approved:
            return "approved";
        case Answer::Kind::declined:
            return "declined";
        case Answer::Kind::action_required:
            return "action_required";
        case Answer::Kind::accepted:
            return "accepted";
        case Answer::Kind::refused_unsent:
            return "refused_unsent";
        case Answer::Kind::refused_before_execution:
            return "refused_before_execution";
        case Answer::Kind::unclear:
            return "unclear";
    }
    return "unclear";
}

}  // namespace florin::psp
