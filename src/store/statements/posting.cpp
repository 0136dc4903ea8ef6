// Journals of a batch: one slot per account, the sum of its lines, and each line's running sum within its slot. With
// them the statement needs neither a join nor a window as long as every item wins.
#include <unordered_map>

#include "store/account_id.hpp"
#include "store/statements/closing.hpp"

namespace florin::store {
namespace {

using postgres::Array;
using postgres::Oid;

struct Postings {
    Array accounts{Oid::uuid}, totals{Oid::int8};
    Array item{Oid::int4}, slot{Oid::int4}, kind{Oid::int2}, line{Oid::int2}, amount{Oid::int8}, currency{Oid::bpchar},
        merchant{Oid::uuid}, running{Oid::int8};
    std::unordered_map<Uuid, std::int32_t> slots;
    std::vector<std::int64_t> sums;

    void post(std::int32_t ord, const ledger::Journal& journal) {
        std::int16_t number = 0;
        for (const ledger::Line& entry : journal.lines) {
            const std::int32_t at = slot_of(entry.account);
            std::int64_t& sum = sums[static_cast<std::size_t>(at) - 1];
            // An overflow here is refused by the database when it adds the sum to the balance: wrap, do not trap.
            sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(entry.amount));
            item.add(ord);
            slot.add(at);
            kind.add(static_cast<std::int16_t>(journal.kind));
            line.add(++number);
            amount.add(entry.amount);
            currency.add(entry.account.currency.code());
            entry.account.merchant ? merchant.add(entry.account.merchant->uuid()) : merchant.add_null();
            running.add(sum);
        }
    }

    std::int32_t slot_of(const ledger::Account& account) {
        const Uuid id = account_id(account);
        const auto [found, fresh] = slots.try_emplace(id, static_cast<std::int32_t>(sums.size()) + 1);
        if (fresh) {
            accounts.add(id);
            sums.push_back(0);
        }
        return found->second;
    }
};

}  // namespace

void bind_postings(postgres::Params& params, Items items) {
    Postings postings;
    std::int32_t ord = 0;
    for (const ItemPtr& item : items) {
        ++ord;
        const Settlement& settlement = static_cast<const JudgedItem&>(*item).request.settlement;
        for (const ledger::Journal& journal : settlement.journals) postings.post(ord, journal);
    }
    for (const std::int64_t sum : postings.sums) postings.totals.add(sum);
    params.add(std::move(postings.accounts)).add(std::move(postings.totals));
    params.add(std::move(postings.item)).add(std::move(postings.slot)).add(std::move(postings.kind));
    params.add(std::move(postings.line)).add(std::move(postings.amount)).add(std::move(postings.currency));
    params.add(std::move(postings.merchant)).add(std::move(postings.running));
}

}  // namespace florin::store
