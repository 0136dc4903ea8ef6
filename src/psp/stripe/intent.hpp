// A PaymentIntent object, as a bare answer, inside an error or in a list, turned into an Answer. It is believed only
// when it names our payment, operation and attempt and the amount, currency and mode that were asked for: an answer
// that contradicts the request is unclear with an alert, never a success and never a decline.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "psp/psp.hpp"

namespace florin::psp::stripe {

// What an object must agree with. Lives no longer than the call that it refers to.
struct Expectation {
    const SaleCall& call;
    bool live = false;
    std::string_view reference{};  // of the object that was asked for; empty when any id may come
};

// What the object says. http_status, replayed and the beginning of the evidence are the caller's to fill in.
Answer answer_of_intent(const boost::json::object& intent, const Expectation& expected);

// The member in which the object contradicts the expectation, as "amount"; empty when it agrees in all.
std::string contradiction(const boost::json::object& intent, const Expectation& expected);

// The id, where the object is an intent that carries our payment, operation and attempt.
std::optional<std::string> own_reference(const boost::json::object& intent, const Expectation& expected);

// True when the object agrees and shows that no money moved and none will unless somebody confirms it again.
bool is_uncharged(const boost::json::object& intent, const Expectation& expected);

// Words from outside in evidence: letters, digits, '_', '-' and '.' up to 64; anything else is shown as "?".
std::string_view plain_word(std::string_view text);

}  // namespace florin::psp::stripe
