// Each journal of an operation sums to zero in each currency. Wide: the sum of altered amounts may be beyond any
// column. Lines of no operation at all are looked for by the check "parent".
#include <algorithm>

#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

struct Sum {
    Text currency;
    Wide amount;
};

// A journal has one currency; only an altered one has more.
void add(std::vector<Sum>& sums, const StoredEntry& entry) {
    const auto found = std::ranges::find(sums, entry.currency, &Sum::currency);
    if (found == sums.end())
        sums.push_back({entry.currency, entry.amount});
    else
        found->amount += entry.amount;
}

}  // namespace

void check_journal(const Evidence& evidence, Findings& findings) {
    const auto& entries = evidence.entries;
    std::vector<Sum> sums;
    for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
        add(sums, *entry);
        const auto next = std::next(entry);
        if (next != entries.end() && next->operation_id == entry->operation_id && next->kind == entry->kind) continue;
        for (const auto& [currency, amount] : sums) {
            if (amount == 0) continue;
            findings.add(fmt::format("op_{} journal {}", to_string(entry->operation_id), entry->kind),
                         fmt::format("its lines in {} sum to {} instead of 0", currency, amount));
        }
        sums.clear();
    }
}

}  // namespace florin::verify
