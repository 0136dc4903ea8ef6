// What was taken twice or lost: each payment, operation and answer counted once, however many witnesses name it.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace florin::selftest {

class Damage {
public:
    // Of florin verify: the check, and the row that it names ("pay_…", "op_…", "line 7 key …").
    void add_finding(std::string_view check, std::string_view row);
    // Of the simulator's truth/duplicates: by "payment" or "operation", kind and reference.
    void add_duplicate(const boost::json::object& row);

    std::size_t double_charges() const { return twice_.size(); }
    std::size_t lost_acknowledgements() const { return lost_.size(); }

private:
    std::set<std::string, std::less<>> twice_{}, lost_{};
};

}  // namespace florin::selftest
