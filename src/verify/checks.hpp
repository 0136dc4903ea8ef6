// The checks of `florin verify`: one SQL file each in checks/, one row each in the table of checks.cpp.
//
// A file selects (subject, detail): the ids of a row that disagrees, and what is stored and what it should be; a row
// whose detail is null agrees. In a file {expression} stands for one field of canonical bytes ("<octets>:<text>\n", or
// "-\n" for null), {items} and {history} for those files, {refused} for "this result is a stored refusal" and
// {legal_changes} for the table of payments/status.hpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace florin::verify {

struct Check {
    std::string_view name;
    std::string_view shows;    // what holds when it finds nothing
    std::string_view counted;  // the table whose rows it looks at
    std::string_view file;     // as written: see findings_sql()
};

std::span<const Check> checks();
// One more, for the books as they stood at a time, which stands as {as_of} in its file.
const Check& cut_off();

// The statement that runs: at most 100 rows (subject, detail), ordered.
std::string findings_sql(const Check& check, std::optional<WallTime> as_of = {});
std::string count_sql(const Check& check);

}  // namespace florin::verify
