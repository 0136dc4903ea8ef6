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

std::string_view find_prefixed(const Intent& intent, std::string_view prefix) {
    for (const auto& [name, value] : intent.metadata) {
        if (value.starts_with(prefix)) return value;
    }
    return {};
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

std::string charge_id(const Intent& intent, std::size_t index) {
    FLORIN_ASSERT(index < kMostCharges);
    std::string id = intent.id;
    id[0] = 'c';
    id[1] = 'h';
    const auto number = index + 1;
    id[id.size() - 2] = static_cast<char>('0' + number / 10);
    id[id.size() - 1] = static_cast<char>('0' + number % 10);
    return id;
}

std::optional<std::pair<std::string, std::size_t>> split_charge_id(std::string_view id) {
    if (!id.starts_with("ch_") || id.size() < 6) return std::nullopt;
    const char tens = id[id.size() - 2];
    const char ones = id[id.size() - 1];
    if (tens < '0' || tens > '9' || ones < '0' || ones > '9' || (tens == '0' && ones == '0')) return std::nullopt;
    std::string intent = "pi_" + std::string(id.substr(3, id.size() - 5)) + "00";
    return std::pair(std::move(intent), static_cast<std::size_t>((tens - '0') * 10 + (ones - '0') - 1));
}

std::string_view payment_reference(const Intent& intent) {
    const auto named = intent.metadata_value("payment_id");
    return named.empty() ? find_prefixed(intent, "pay_") : named;
}

std::string_view operation_reference(const Intent& intent) {
    const auto named = intent.metadata_value("operation_id");
    const auto value = named.empty() ? find_prefixed(intent, "op_") : named;
    constexpr std::string_view kPrefix = "op_";
    return value.starts_with(kPrefix) ? value.substr(0, kPrefix.size() + kUuidCharacters) : value;
}

}  // namespace florin::simulator
