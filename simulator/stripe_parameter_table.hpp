// The table behind stripe_parameters.cpp: path, kind, the calls that take it, and where its value goes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "simulator/stripe_operation.hpp"

namespace florin::simulator {

enum class Kind : std::uint8_t { text, integer, boolean, choice, amount, currency };

enum class Slot : std::uint8_t {
    checked,  // only its form matters
    kept,     // shown by the object
    amount,
    currency,
    capture_method,
    payment_method,
    token,
    method_types,
    automatic_methods,
    allow_redirects,
    return_url,
    confirm,
    off_session,
    error_on_requires_action,
    use_stripe_sdk,
    reason,
    request_multicapture,
    final_capture,
    payment_intent,
    charge,
    expand,
    limit,
    starting_after,
    ending_before,
    created,
    created_gt,
    created_gte,
    created_lt,
    created_lte,
};

// Which calls take it.
inline constexpr Operations kCreate = bit(Operation::create), kConfirm = bit(Operation::confirm),
                            kCancel = bit(Operation::cancel), kUpdate = bit(Operation::update),
                            kCapture = bit(Operation::capture), kRefund = bit(Operation::refund),
                            kListIntents = bit(Operation::list), kListRefunds = bit(Operation::list_refunds);
inline constexpr Operations kCreateUpdate = kCreate | kUpdate, kCreateConfirm = kCreate | kConfirm,
                            kPay = kCreate | kConfirm | kUpdate, kLists = kListIntents | kListRefunds, kAll = 0xffff;
inline constexpr Operations kTakesMetadata = kCreateUpdate | kCapture | kRefund | bit(Operation::update_refund);

struct Parameter {
    std::string_view path;  // an index in brackets is left out: expand[0] is expand[]
    Kind kind;
    Operations calls;
    Slot slot = Slot::checked;
    std::string_view choices = {};  // separated by '|'
};

// Sorted by path (checked below), for a binary search.
inline constexpr auto kParameters = std::to_array<Parameter>({
    {"amount", Kind::amount, kCreateUpdate | kRefund, Slot::amount},
    {"amount_to_capture", Kind::integer, kCapture, Slot::amount},
    {"amount_to_confirm", Kind::integer, kConfirm},
    {"application_fee_amount", Kind::integer, kCreateUpdate | kCapture, Slot::kept},
    {"automatic_payment_methods[allow_redirects]", Kind::choice, kCreate, Slot::allow_redirects, "always|never"},
    {"automatic_payment_methods[enabled]", Kind::boolean, kCreate, Slot::automatic_methods},
    {"cancellation_reason", Kind::choice, kCancel, Slot::reason,
     "duplicate|fraudulent|requested_by_customer|abandoned"},
    {"capture_method", Kind::choice, kPay, Slot::capture_method, "automatic|automatic_async|manual"},
    {"charge", Kind::text, kRefund | kListRefunds, Slot::charge},
    {"confirm", Kind::boolean, kCreate, Slot::confirm},
    {"confirmation_method", Kind::choice, kCreate, Slot::kept, "automatic|manual"},
    {"created", Kind::integer, kLists, Slot::created},
    {"created[gt]", Kind::integer, kLists, Slot::created_gt},
    {"created[gte]", Kind::integer, kLists, Slot::created_gte},
    {"created[lt]", Kind::integer, kLists, Slot::created_lt},
    {"created[lte]", Kind::integer, kLists, Slot::created_lte},
    {"currency", Kind::currency, kCreateUpdate, Slot::currency},
    {"customer", Kind::text, kCreateUpdate | kListIntents, Slot::kept},
    {"description", Kind::text, kCreateUpdate, Slot::kept},
    {"ending_before", Kind::text, kLists, Slot::ending_before},
    {"error_on_requires_action", Kind::boolean, kCreateConfirm, Slot::error_on_requires_action},
    {"expand[]", Kind::text, kAll, Slot::expand},
    {"final_capture", Kind::boolean, kCapture, Slot::final_capture},
    {"instructions_email", Kind::text, kRefund},
    {"limit", Kind::integer, kLists, Slot::limit},
    {"mandate", Kind::text, kCreateConfirm},
    {"mandate_data[customer_acceptance][online][ip_address]", Kind::text, kCreateConfirm},
    {"mandate_data[customer_acceptance][online][user_agent]", Kind::text, kCreateConfirm},
    {"mandate_data[customer_acceptance][type]", Kind::choice, kCreateConfirm, Slot::checked, "online|offline"},
    {"off_session", Kind::choice, kCreateConfirm, Slot::off_session, "true|false|one_off|recurring"},
    {"on_behalf_of", Kind::text, kCreate, Slot::kept},
    {"payment_intent", Kind::text, kRefund | kListRefunds, Slot::payment_intent},
    {"payment_method", Kind::text, kPay, Slot::payment_method},
    {"payment_method_data[allow_redisplay]", Kind::choice, kPay, Slot::checked, "always|limited|unspecified"},
    {"payment_method_data[billing_details][email]", Kind::text, kPay},
    {"payment_method_data[billing_details][name]", Kind::text, kPay},
    {"payment_method_data[card][token]", Kind::text, kPay, Slot::token},
    {"payment_method_data[type]", Kind::choice, kPay, Slot::checked, "card"},
    {"payment_method_options[card][capture_method]", Kind::choice, kPay, Slot::capture_method, "manual"},
    {"payment_method_options[card][moto]", Kind::boolean, kPay},
    {"payment_method_options[card][network]", Kind::text, kPay},
    {"payment_method_options[card][request_extended_authorization]", Kind::choice, kPay, Slot::checked,
     "if_available|never"},
    {"payment_method_options[card][request_incremental_authorization]", Kind::choice, kPay, Slot::checked,
     "if_available|never"},
    {"payment_method_options[card][request_multicapture]", Kind::choice, kPay, Slot::request_multicapture,
     "if_available|never"},
    {"payment_method_options[card][request_overcapture]", Kind::choice, kPay, Slot::checked, "if_available|never"},
    {"payment_method_options[card][request_three_d_secure]", Kind::choice, kPay, Slot::checked,
     "any|automatic|challenge"},
    {"payment_method_options[card][setup_future_usage]", Kind::choice, kPay, Slot::checked,
     "none|off_session|on_session"},
    {"payment_method_options[card][statement_descriptor_suffix_kana]", Kind::text, kPay},
    {"payment_method_types[]", Kind::choice, kCreateUpdate, Slot::method_types, "card"},
    {"radar_options[session]", Kind::text, kCreateConfirm},
    {"reason", Kind::choice, kRefund, Slot::reason, "duplicate|fraudulent|requested_by_customer"},
    {"receipt_email", Kind::text, kPay, Slot::kept},
    {"refund_application_fee", Kind::boolean, kRefund},
    {"return_url", Kind::text, kCreateConfirm, Slot::return_url},
    {"reverse_transfer", Kind::boolean, kRefund},
    {"setup_future_usage", Kind::choice, kPay, Slot::kept, "off_session|on_session"},
    {"shipping[address][city]", Kind::text, kPay, Slot::kept},
    {"shipping[address][country]", Kind::text, kPay, Slot::kept},
    {"shipping[address][line1]", Kind::text, kPay, Slot::kept},
    {"shipping[address][line2]", Kind::text, kPay, Slot::kept},
    {"shipping[address][postal_code]", Kind::text, kPay, Slot::kept},
    {"shipping[address][state]", Kind::text, kPay, Slot::kept},
    {"shipping[carrier]", Kind::text, kPay, Slot::kept},
    {"shipping[name]", Kind::text, kPay, Slot::kept},
    {"shipping[phone]", Kind::text, kPay, Slot::kept},
    {"shipping[tracking_number]", Kind::text, kPay, Slot::kept},
    {"starting_after", Kind::text, kLists, Slot::starting_after},
    {"statement_descriptor", Kind::text, kCreateUpdate | kCapture, Slot::kept},
    {"statement_descriptor_suffix", Kind::text, kCreateUpdate | kCapture, Slot::kept},
    {"transfer_data[amount]", Kind::integer, kCreateUpdate | kCapture, Slot::kept},
    {"transfer_data[destination]", Kind::text, kCreate, Slot::kept},
    {"transfer_group", Kind::text, kCreateUpdate, Slot::kept},
    {"use_stripe_sdk", Kind::boolean, kCreateConfirm, Slot::use_stripe_sdk},
});

consteval bool is_sorted_by_path() {
    for (std::size_t i = 1; i < kParameters.size(); ++i) {
        if (kParameters[i - 1].path >= kParameters[i].path) return false;
    }
    return true;
}
static_assert(is_sorted_by_path());

}  // namespace florin::simulator
