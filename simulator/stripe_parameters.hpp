// The parameters that Stripe's calls take, as one table. What is not in it is refused with
// parameter_unknown, as Stripe does. Source: facts on the PaymentIntents API, stripe-python 16.1.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/form.hpp"
#include "simulator/stripe_operation.hpp"

namespace florin::simulator {

// What expand[] asked for; a set of bits.
using Expansions = std::uint8_t;
inline constexpr Expansions kExpandCharge = 1, kExpandRefunds = 2, kExpandIntent = 4;

// A refusal of a parameter, as Stripe's error object says it.
struct ParameterError {
    std::string code;  // may be empty: Stripe has no code for some
    std::string message;
    std::string param;
};

// What a call asked, checked in itself but not against any object. Views live as long as the Form.
struct Parameters {
    std::int64_t amount = 0;  // amount_to_capture too
    bool has_amount = false;
    std::string_view currency{};
    std::string_view capture_method{};
    std::string_view payment_method{};  // also from payment_method_data[card][token]
    std::string_view return_url{};
    std::string_view reason{};                    // of a cancellation or a refund
    std::string_view payment_intent{}, charge{};  // of refunds
    std::string_view request_multicapture{};
    std::string_view starting_after{}, ending_before{};
    std::int64_t limit = 10;
    std::optional<std::int64_t> created_gt{}, created_gte{}, created_lt{}, created_lte{};
    bool confirm = false;
    bool off_session = false;
    bool error_on_requires_action = false;
    bool use_stripe_sdk = false;
    bool automatic_methods = false, allow_redirects = true, has_method_types = false;
    bool final_capture = true;
    Expansions expand = 0;
    boost::container::small_vector<Field, 8> metadata{};  // keys without metadata[…]; an empty value unsets
    boost::container::small_vector<Field, 8> kept{};      // further parameters that the object shows, by path
};

inline constexpr std::size_t kMostMetadata = 50;

// Reads and checks; the error is the first in the order sent.
std::optional<ParameterError> read_parameters(Operation operation, const Form& form, Parameters& parameters);

}  // namespace florin::simulator
