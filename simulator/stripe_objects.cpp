#include "simulator/stripe_objects.hpp"

#include "base/assert.hpp"

namespace florin::simulator {
namespace {

std::string_view find_value(const Pairs& list, std::string_view key) {
    for (const auto& [name, value] : list) {
        if (name == key) return value;
    }
    return {};
}

std::string_view find_prefixed(const Pairs& metadata, std::string_view prefix) {
    for (const auto& [name, value] : metadata) {
        if (value.starts_with(prefix)) return value;
    }
    return {};
}

// pi_3…00 with another prefix and number.
std::string derived_id(const Intent& intent, std::string_view prefix, std::size_t index) {
    FLORIN_ASSERT(index < kMostDerived);
    std::string id = intent.id;
    id.replace(0, prefix.size(), prefix);
    const auto number = index + 1;
    id[id.size() - 2] = static_cast<char>('0' + number / 10);
    id[id.size() - 1] = static_cast<char>('0' + number % 10);
    return id;
}

constexpr std::size_t kUuidCharacters = 36;

}  // namespace

std::string_view to_string(Status status) {
    switch (status) {
        case Status::requires_payment_method:
            return "requires_payment_method";
        case Status::requires_confirmation:
            return "requires_confirmation";
        case Status::requires_action:
            return "requires_action";
        case Status::processing:
            return "processing";
        case Status::requires_capture:
            return "requires_capture";
        case Status::succeeded:
            return "succeeded";
        case Status::canceled:
            return "canceled";
    }
    return {};
}

std::string_view Intent::kept_value(std::string_view path) const {
    return find_value(kept, path);
}
std::string_view Intent::metadata_value(std::string_view key) const {
    return find_value(metadata, key);
}

std::string_view to_string(RefundStatus status) {
    switch (status) {
        case RefundStatus::pending:
            return "pending";
        case RefundStatus::succeeded:
            return "succeeded";
        case RefundStatus::failed:
            return "failed";
    }
    return {};
}

std::int64_t Intent::refunded(std::size_t charge, bool with_released) const {
    std::int64_t sum = 0;
    for (const Refund& refund : refunds) {
        if (refund.charge != charge || refund.status == RefundStatus::failed) continue;
        if (with_released || !refund.is_release) sum += refund.amount;
    }
    return sum;
}

std::string charge_id(const Intent& intent, std::size_t index) {
    return derived_id(intent, kChargePrefix, index);
}

std::string refund_id(const Intent& intent, std::size_t index) {
    return derived_id(intent, kRefundPrefix, index);
}

std::optional<std::pair<std::string, std::size_t>> split_id(std::string_view id, std::string_view prefix) {
    if (!id.starts_with(prefix) || id.size() < prefix.size() + 3) return std::nullopt;
    const char tens = id[id.size() - 2];
    const char ones = id[id.size() - 1];
    if (tens < '0' || tens > '9' || ones < '0' || ones > '9' || (tens == '0' && ones == '0')) return std::nullopt;
    std::string intent = "pi_" + std::string(id.substr(prefix.size(), id.size() - prefix.size() - 2)) + "00";
    return std::pair(std::move(intent), static_cast<std::size_t>((tens - '0') * 10 + (ones - '0') - 1));
}

std::string_view without_attempt(std::string_view value) {
    constexpr std::string_view kPrefix = "op_";
    return value.starts_with(kPrefix) ? value.substr(0, kPrefix.size() + kUuidCharacters) : value;
}

std::string_view payment_reference(const Pairs& metadata) {
    const auto named = find_value(metadata, "payment_id");
    return named.empty() ? find_prefixed(metadata, "pay_") : named;
}

std::string_view operation_reference(const Pairs& metadata) {
    const auto named = find_value(metadata, "operation_id");
    return without_attempt(named.empty() ? find_prefixed(metadata, "op_") : named);
}

References references_of(const Intent& intent) {
    if (!intent.references.payment.empty() || !intent.references.operation.empty()) return intent.references;
    return {std::string(payment_reference(intent.metadata)), std::string(operation_reference(intent.metadata))};
}

}  // namespace florin::simulator
