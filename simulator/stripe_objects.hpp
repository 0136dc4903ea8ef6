// A PaymentIntent with its charges, refunds and everything else that happened to its money, as the simulator keeps it.
// Ids of charges and refunds are derived: pi_3…00 has ch_3…01, ch_3…02 and re_3…01, as Stripe's own ids share their
// middle.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::simulator {

enum class Status : std::uint8_t {
    requires_payment_method,
    requires_confirmation,
    requires_action,
    processing,
    requires_capture,
    succeeded,
    canceled,
};
std::string_view to_string(Status status);

enum class CaptureMethod : std::uint8_t { automatic, automatic_async, manual };

struct Charge {
    std::int64_t created_s = 0;
    std::int64_t amount = 0;
    std::int64_t captured = 0;          // amount_captured
    std::int64_t capture_before_s = 0;  // of an authorization that was held for a later capture
    std::uint8_t method = 0;            // index of methods()
    bool succeeded = false;
    std::uint8_t decline = 0;  // index of declines(), where it failed
    bool authenticated = false;
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Our own references in the metadata of a call, whatever the keys are called: `pay_…` and `op_…` (without
// "-<attempt>").
struct References {
    std::string payment{};
    std::string operation{};
};

// What the truth tells of a capture or of the end of an authorization; Stripe has no object for either.
struct Movement {
    enum class Kind : std::uint8_t { capture, cancel, expiry } kind = Kind::capture;
    std::int64_t created_us = 0;
    std::int64_t amount = 0;  // captured, or given back uncaptured
    References references{};
};

enum class RefundStatus : std::uint8_t { pending, succeeded, failed };
std::string_view to_string(RefundStatus status);

struct Refund {
    std::int64_t created_us = 0;
    std::int64_t amount = 0;
    RefundStatus status = RefundStatus::succeeded;
    RefundStatus later = RefundStatus::succeeded;  // what becomes of it when due_us has come
    std::int64_t due_us = 0;                       // 0: nothing more happens
    std::uint8_t charge = 0;                       // index
    bool is_release = false;                       // of money never captured: Stripe shows it as a refund
    std::string reason{};
    References references{};
    Pairs metadata{};
};

struct StoredAnswer;

struct Intent {
    std::string id{};
    std::int64_t created_us = 0;
    std::int64_t changed_us = 0;  // for the read lag
    std::int64_t amount = 0;
    std::string currency{};  // lower case, as Stripe shows it
    Status status = Status::requires_payment_method;
    CaptureMethod capture_method = CaptureMethod::automatic_async;
    std::string payment_method{};  // as shown; empty when there is none
    std::int16_t method = -1;      // index of methods()
    std::string cancellation_reason{};
    std::int64_t canceled_s = 0;
    std::string return_url{};
    std::string challenge_url{};  // of the last 3-D Secure challenge
    std::int64_t challenge_began_us = 0;
    bool redirects = false;  // next_action is redirect_to_url, not use_stripe_sdk
    bool automatic_methods = false;
    bool allows_redirects = true;
    bool wants_multicapture = false;
    std::int16_t last_decline = -1;  // last_payment_error
    Pairs metadata{};
    References references{};  // of the call that took the money, kept when later calls change the metadata
    Pairs kept{};             // further parameters by path
    boost::container::small_vector<Charge, 1> charges{};
    std::vector<Movement> movements{};
    std::vector<Refund> refunds{};

    // Not on disk: stored answers that are still rendered from this state, and the states before the last changes.
    mutable boost::container::small_vector<StoredAnswer*, 1> answers{};
    mutable std::size_t listed_refunds = 0;  // how many Truth::refunds has
    std::shared_ptr<const Intent> before{};

    std::string_view kept_value(std::string_view path) const;
    std::string_view metadata_value(std::string_view key) const;
    bool is_paid() const { return !charges.empty() && charges.back().succeeded; }
    std::int64_t received() const { return is_paid() ? charges.back().captured : 0; }
    std::int64_t capturable() const { return status == Status::requires_capture ? amount - received() : 0; }
    // Given back by refunds that have not failed; `with_released` also counts money that was never captured.
    std::int64_t refunded(std::size_t charge, bool with_released) const;
};

std::string charge_id(const Intent& intent, std::size_t index);
std::string refund_id(const Intent& intent, std::size_t index);
// The intent's id and the index, from ch_… or re_…; nothing when it has another form.
std::optional<std::pair<std::string, std::size_t>> split_id(std::string_view id, std::string_view prefix);
inline constexpr std::string_view kChargePrefix = "ch_", kRefundPrefix = "re_";
inline constexpr std::size_t kMostDerived = 99;  // charges, and refunds, of one intent

// Of the call that created or confirmed it.
References references_of(const Intent& intent);
std::string_view payment_reference(const Pairs& metadata);
std::string_view operation_reference(const Pairs& metadata);
// An operation's id from the value that names one of its attempts.
std::string_view without_attempt(std::string_view value);

}  // namespace florin::simulator
