#include "payments/status.hpp"

#include "base/assert.hpp"

namespace florin::payments {

Status derive_status(const Amounts& amounts, AttemptState creation) {
    if (amounts.refunded > 0)
        return amounts.refunded < amounts.captured ? Status::partially_refunded : Status::refunded;
    if (amounts.captured > 0)
        return amounts.captured < amounts.authorized ? Status::partially_captured : Status::captured;
    if (amounts.held() > 0) return Status::authorized;
    if (amounts.authorized > 0) return amounts.expired > 0 ? Status::expired : Status::voided;
    switch (creation) {
        case AttemptState::open:
        case AttemptState::unknown:
        case AttemptState::processing:
            return Status::pending;
        case AttemptState::action_required:
            return Status::requires_action;
        case AttemptState::declined:
        case AttemptState::not_executed:
            return Status::failed;
        case AttemptState::succeeded:
            break;
    }
    assertion_failed("a creation that succeeded has authorized an amount", __FILE__, __LINE__);
}

std::string to_string(const StatusChange& change) {
    return std::string(to_string(change.from)).append(">").append(to_string(change.to));
}

std::string status_change_domain() {
    std::string words;
    for (const StatusChangeRow& row : kStatusChanges) {
        if (!words.empty()) words += ", ";
        words += '\'' + to_string(row.change) + '\'';
    }
    return words;
}

std::string status_diagram() {
    std::string diagram = "stateDiagram-v2\n    [*] --> pending\n";
    for (const auto& [change, because] : kStatusChanges) {
        diagram.append("    ").append(to_string(change.from)).append(" --> ").append(to_string(change.to));
        diagram.append(": ").append(because).append("\n");
    }
    return diagram;
}

}  // namespace florin::payments
