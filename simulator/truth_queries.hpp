// The truth as the control API shows it.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "simulator/truth.hpp"

namespace florin::simulator {

// What happened for a payment id, an operation id or a PSP id.
boost::json::value show_truth(const Truth& truth, std::string_view reference);
// The whole truth in order of creation, `limit` rows or a few more; `after` is the `next` of the page before.
boost::json::value page_truth(const Truth& truth, std::size_t after, std::size_t limit);
boost::json::value summarize_truth(const Truth& truth);
boost::json::value find_duplicates(const Truth& truth);

}  // namespace florin::simulator
