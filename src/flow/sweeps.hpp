// Look-ups in lists that are too long for one deadline. A sweep that was cut off is kept, and goes on where it ended
// when some of those that it was begun for are looked up again; what it finds meanwhile counts at once. Its end proves
// absence only for those: they were past their fence when it began (rule 7), and nothing was sent since. In memory:
// whoever dies, or is never asked again, has lost only reading.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "flow/settle_open.hpp"

namespace florin::flow {

class Sweeps {
public:
    // One of `look_up_groups` in parts that are looked up together: who is in the same sweep, and who is in none.
    std::vector<std::vector<store::Taken>> parts(std::vector<store::Taken> group, const psp::Rules& rules);
    // What is known of such a part after one more look.
    Task<psp::Sweep> look(OpenWork work, std::vector<store::Taken> part);

private:
    struct Unfinished;
    std::shared_ptr<Unfinished> sweep_of(const store::Taken& taken) const;
    Task<psp::Sweep> read_on(OpenWork work, Unfinished& sweep);
    void keep(std::shared_ptr<Unfinished> sweep, const std::vector<store::Taken>& part);
    void forget(const Unfinished& sweep);

    std::unordered_map<std::string, std::shared_ptr<Unfinished>> by_attempt_;  // by the key that the PSP has
};

}  // namespace florin::flow
