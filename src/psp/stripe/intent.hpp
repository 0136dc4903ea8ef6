// A PaymentIntent object, as a bare answer, inside an error or in a list, turned into an Answer. It is believed only
// when it names our payment and the amount, currency and mode that were asked for, and when its own figures agree: an
// answer that contradicts the request is unclear with an alert, never a success and never a decline.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "psp/psp.hpp"

namespace florin::psp::stripe {

// What an object must agree with. Lives no longer than the call that it refers to.
struct Expectation {
    const Call& call;
    bool live = false;
    std::string_view reference{};  // of the object that was asked for; empty when any id may come
    // The object was read, it does not answer the money call: it may show more than that call did, or nothing of it
    // yet.
    bool read_back = false;
};

// What the object shows of the call; empty where it agrees and shows nothing of it (a capture or a release that has not
// happened, at least not yet). http_status, replayed and the beginning of the evidence are the caller's to fill in.
std::optional<Answer> find_in_intent(const boost::json::object& intent, const Expectation& expected);
// The same, unclear where it shows nothing.
Answer answer_of_intent(const boost::json::object& intent, const Expectation& expected);

// The member in which the object contradicts the expectation, as "amount"; empty when it agrees in all.
std::string contradiction(const boost::json::object& intent, const Expectation& expected);

// The id, where the object is the expected intent and carries our references: payment, operation and attempt of a
// creation, the payment of everything else.
std::optional<std::string> own_reference(const boost::json::object& intent, const Expectation& expected);

// True when the object agrees and shows that no money moved and none will unless somebody confirms it again.
bool is_uncharged(const boost::json::object& intent, const Expectation& expected);

// Words from outside in evidence: letters, digits, '_', '-' and '.' up to 64; anything else is shown as "?".
std::string_view plain_word(std::string_view text);

}  // namespace florin::psp::stripe
