// What an intent that agrees with the call shows of it, by the kind of the call. Used by intent.cpp alone.
#pragma once

#include "psp/stripe/intent.hpp"

namespace florin::psp::stripe {

// Sale and authorize: always an answer.
Answer creation_in(const boost::json::object& intent, const Expectation& expected);
std::optional<Answer> capture_in(const boost::json::object& intent, const Expectation& expected);
// Void and expire.
std::optional<Answer> release_in(const boost::json::object& intent, const Expectation& expected);

// Unclear, with an alert that names the member.
Answer contradicting(const boost::json::object& intent, const Expectation& expected, std::string_view member);
// The intent's own reference and its status as evidence; unclear.
Answer plain_answer(const boost::json::object& intent, const Expectation& expected);

}  // namespace florin::psp::stripe
