// A PaymentIntent and its charges as the simulator keeps them. A charge's id is derived: pi_3…00 has ch_3…01, ch_3…02,
// as Stripe's own ids share their middle.
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
    std::uint8_t method = 0;  // index of methods()
    bool succeeded = false;
    std::uint8_t decline = 0;  // index of declines(), where it failed
    bool authenticated = false;
};

struct StoredAnswer;
using Pairs = std::vector<std::pair<std::string, std::string>>;

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
    std::int16_t last_decline = -1;  // last_payment_error
    Pairs metadata{};
    Pairs kept{};  // further parameters by path
    boost::container::small_vector<Charge, 1> charges{};

    // Not on disk: stored answers that are still rendered from this state, and the state before the last change.
    mutable boost::container::small_vector<StoredAnswer*, 1> answers{};
    std::shared_ptr<const Intent> before{};

    std::string_view kept_value(std::string_view path) const;
    std::string_view metadata_value(std::string_view key) const;
    bool is_paid() const { return !charges.empty() && charges.back().succeeded; }
};

std::string charge_id(const Intent& intent, std::size_t index);
// The intent's id and the charge's index, from ch_…; nothing when it has another form.
std::optional<std::pair<std::string, std::size_t>> split_charge_id(std::string_view id);
inline constexpr std::size_t kMostCharges = 99;

// Our own references in the metadata, whatever the keys are called: `pay_…` and `op_…` (without "-<attempt>").
std::string_view payment_reference(const Intent& intent);
std::string_view operation_reference(const Intent& intent);

}  // namespace florin::simulator
