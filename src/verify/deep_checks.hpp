// The disagreements that a deep check knows by name: one SQL file each in deep/, over the tables of deep/tables.sql and
// deep/books.sql. A file selects (subject, detail).
#pragma once

#include <span>
#include <string_view>

namespace florin::verify {

struct DeepCheck {
    std::string_view name;
    std::string_view shows;   // what holds when it finds nothing
    std::string_view advice;  // what to do when it does not
    std::string_view sql;
};

std::span<const DeepCheck> deep_checks();
// Of the answers that clients kept.
std::span<const DeepCheck> ack_checks();

extern const std::string_view kDeepTables;  // makes the temporary tables anew
// Fills what is compared: payments from the id {first} on; what changed after the time {quiet} is not compared.
extern const std::string_view kDeepBooks;
extern const std::string_view kDeepCounts;  // (what, count) of what was looked at
extern const std::string_view kDeepOpen;    // (payment, what is open)

}  // namespace florin::verify
