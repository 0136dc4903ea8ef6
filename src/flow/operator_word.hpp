// A person's word as it is typed: each part checked, with a refusal that says what to write instead. And what came of
// it, as JSON: the same for the command line and the admin API.
#pragma once

#include <boost/json/object.hpp>

#include "flow/resolve_by_operator.hpp"

namespace florin::flow {

struct SpokenWord {
    std::string outcome, evidence;
    std::optional<std::string> reference{}, reason{};
    bool force = false;
};
// Refusals are invalid_field or card_number_refused, each with its pointer. The texts are well-formed UTF-8.
Checked<OperatorWord> make_operator_word(SpokenWord spoken);

boost::json::object to_json(const Resolution& resolution);

}  // namespace florin::flow
