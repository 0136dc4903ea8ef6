#include "simulator/told.hpp"

namespace florin::simulator {
namespace {

using Shows = Happening::Shows;

// Of charges.
void tell_charges(const Told& before, const Intent& after, std::vector<Happening>& out) {
    for (auto i = before.charges; i < after.charges.size(); ++i) {
        out.push_back({Shows::charge, after.charges[i].succeeded ? "charge.succeeded" : "charge.failed", i});
    }
    const bool is_old = before.charges > 0 && before.charges == after.charges.size();
    if (is_old && after.received() > before.received) {
        out.push_back({Shows::charge, "charge.captured", after.charges.size() - 1});
    }
}

// What was held and never captured also comes back as a refund, which Stripe announces like any other.
void tell_refunds(const Told& before, const Intent& after, std::vector<Happening>& out) {
    for (std::size_t i = 0; i < after.refunds.size(); ++i) {
        const Refund& refund = after.refunds[i];
        if (i >= before.refunds.size()) {
            if (refund.reason == "expired_uncaptured_charge")
                out.push_back({Shows::charge, "charge.expired", refund.charge});
            out.push_back({Shows::refund, "refund.created", i});
            out.push_back({Shows::charge, "charge.refunded", refund.charge});
        } else if (refund.status != before.refunds[i]) {
            out.push_back({Shows::refund, "refund.updated", i});
            if (refund.status == RefundStatus::failed) out.push_back({Shows::refund, "refund.failed", i});
        }
    }
}

bool has_failed(const Told& before, const Intent& after) {
    if (after.status != Status::requires_payment_method || after.last_decline < 0) return false;
    return after.charges.size() > before.charges || before.status == Status::requires_action;
}

std::string_view type_of(Status status) {
    switch (status) {
        case Status::requires_action:
            return "payment_intent.requires_action";
        case Status::processing:
            return "payment_intent.processing";
        case Status::requires_capture:
            return "payment_intent.amount_capturable_updated";
        case Status::succeeded:
            return "payment_intent.succeeded";
        case Status::canceled:
            return "payment_intent.canceled";
        case Status::requires_payment_method:
        case Status::requires_confirmation:
            break;
    }
    return {};
}

void tell_intent(const Told& before, const Intent& after, std::vector<Happening>& out) {
    if (has_failed(before, after)) return out.push_back({Shows::intent, "payment_intent.payment_failed"});
    const bool has_moved = after.status != before.status || after.capturable() != before.capturable;
    const auto type = type_of(after.status);
    if (has_moved && !type.empty()) out.push_back({Shows::intent, type});
}

}  // namespace

Told told_of(const Intent& intent) {
    Told told{.exists = true, .status = intent.status, .charges = intent.charges.size()};
    told.received = intent.received();
    told.capturable = intent.capturable();
    for (const Refund& refund : intent.refunds) told.refunds.push_back(refund.status);
    return told;
}

std::vector<Happening> happenings(const Told& before, const Intent& after) {
    std::vector<Happening> out;
    if (!before.exists) out.push_back({Shows::created_intent, "payment_intent.created"});
    tell_charges(before, after, out);
    tell_intent(before, after, out);
    tell_refunds(before, after, out);
    return out;
}

}  // namespace florin::simulator
