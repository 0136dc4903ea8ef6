// Ids: UUIDv7 (RFC 9562) whose first 14 bits after the variant are the merchant's virtual bucket and whose next bit is
// the mode (1 = live), shown as prefix + UUID. Time-ordered within a process: rand_a is a counter within the
// millisecond.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace florin {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Uuid&) const = default;
};

std::string to_string(const Uuid& uuid, std::string_view prefix = {});  // 36 lower-case characters
std::optional<Uuid> parse_uuid(std::string_view text);                  // exactly that form, nothing else

struct Bucket {
    std::uint16_t value = 0;  // 0…16383
};
inline constexpr std::uint16_t kBuckets = 16384;

Uuid make_uuid(WallTime now, Bucket bucket, bool live);
// For ids that must grow across processes: the caller keeps the order, 48 bits of milliseconds before 12 that count
// within one.
using IdOrder = std::int64_t;
constexpr IdOrder order_of(WallTime time) {
    return std::chrono::floor<Milliseconds>(time).time_since_epoch().count() << 12;
}
Uuid make_uuid(IdOrder order, Bucket bucket, bool live);
Bucket bucket_of(const Uuid& id);
bool is_live(const Uuid& id);
WallTime time_of(const Uuid& id);  // millisecond precision

template <class Tag>
class Id {
public:
    Id() = default;
    explicit Id(Uuid uuid) : uuid_(uuid) {}
    static Id make(WallTime now, Bucket bucket, bool live) { return Id(make_uuid(now, bucket, live)); }
    // Empty when the prefix or the UUID is not exactly ours.
    static std::optional<Id> parse(std::string_view text) {
        if (!text.starts_with(Tag::prefix)) return std::nullopt;
        auto uuid = parse_uuid(text.substr(std::string_view(Tag::prefix).size()));
        return uuid ? std::optional(Id(*uuid)) : std::nullopt;
    }
    const Uuid& uuid() const { return uuid_; }
    auto operator<=>(const Id&) const = default;

private:
    Uuid uuid_{};
};

template <class Tag>
std::string to_string(const Id<Tag>& id) {
    return to_string(id.uuid(), Tag::prefix);
}

struct PaymentTag {
    static constexpr const char* prefix = "pay_";
};
struct OperationTag {
    static constexpr const char* prefix = "op_";
};
struct RefundTag {
    static constexpr const char* prefix = "re_";
};
struct MerchantTag {
    static constexpr const char* prefix = "mer_";
};
struct RequestTag {
    static constexpr const char* prefix = "req_";
};
struct KeyTag {
    static constexpr const char* prefix = "key_";
};
struct AuditTag {
    static constexpr const char* prefix = "aud_";
};
struct EventTag {
    static constexpr const char* prefix = "evt_";
};
struct WebhookEndpointTag {
    static constexpr const char* prefix = "we_";
};
struct PspEventTag {
    static constexpr const char* prefix = "pev_";
};

using PaymentId = Id<PaymentTag>;      // never converts into a MerchantId
using OperationId = Id<OperationTag>;  // with "-<attempt>" the idempotency key that the PSP sees
using RefundId = Id<RefundTag>;        // its operation's UUID
using MerchantId = Id<MerchantTag>;
using RequestId = Id<RequestTag>;
using KeyId = Id<KeyTag>;
using AuditId = Id<AuditTag>;                      // a change of merchants or keys
using EventId = Id<EventTag>;                      // what a merchant is told
using PspEventId = Id<PspEventTag>;                // an event of a PSP as it was received; the PSP's own id is another
using WebhookEndpointId = Id<WebhookEndpointTag>;  // where a merchant is told

}  // namespace florin

template <>
struct std::hash<florin::Uuid> {
    std::size_t operator()(const florin::Uuid& uuid) const noexcept;
};
template <class Tag>
struct std::hash<florin::Id<Tag>> {
    std::size_t operator()(const florin::Id<Tag>& id) const noexcept { return std::hash<florin::Uuid>{}(id.uuid()); }
};
