// The checks of `florin verify`: one file each in checks/, one row each in the table of checks.cpp. What must see a
// whole table, such as a chain, is SQL; what must see one payment with all that belongs to it is C++, see
// payment_checks.hpp.
//
// A SQL file selects (subject, detail): the ids of a row that disagrees, and what is stored and what it should be; a
// row whose detail is null agrees. In a file {expression} stands for one field of canonical bytes ("<octets>:<text>\n",
// or
// "-\n" for null), {items} for that file and {refused} for "this result is a stored refusal".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "verify/evidence.hpp"
#include "verify/findings.hpp"

namespace florin::verify {

struct Check {
    std::string_view name;
    std::string_view shows;                                    // what holds when it finds nothing
    std::string_view counted;                                  // the table whose rows it looks at
    std::string_view sql{};                                    // as written: see findings_sql()
    void (*of_payment)(const Evidence&, Findings&) = nullptr;  // otherwise
};

std::span<const Check> checks();
// One more, for the books as they stood at a time, which stands as {as_of} in its file.
const Check& cut_off();

// The statement of a SQL check: at most 100 rows (subject, detail), ordered.
std::string findings_sql(const Check& check, std::optional<WallTime> as_of = {});
std::string count_sql(const Check& check);

}  // namespace florin::verify
