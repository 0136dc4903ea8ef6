#include "selftest/damage.hpp"

namespace florin::selftest {

// Two answers to one key ("ack_differs") are another broken promise: each of the two was given, and none is lost.
void Damage::add_finding(std::string_view check, std::string_view row) {
    if (check == "charged_twice" || check == "refunded_twice") twice_.emplace(row);
    if (check == "ack_lost" || check == "ack_bytes") lost_.emplace(row);
}

// A payment that was taken twice by one operation has two rows; the one by its payment is counted.
void Damage::add_duplicate(const boost::json::object& row) {
    const std::string_view kind = row.at("kind").as_string();
    const bool is_of_payment = kind == "charge" || kind == "authorize";
    if (row.at("by").as_string() == "payment" || !is_of_payment) twice_.emplace(row.at("reference").as_string());
}

}  // namespace florin::selftest
