#include "store/account_id.hpp"

#include <unordered_map>

namespace florin::store {

Uuid account_id(const ledger::Account& account) {
    constexpr std::size_t kMost = 100'000;
    thread_local std::unordered_map<std::string, Uuid> known;
    if (const auto found = known.find(account.path); found != known.end()) return found->second;
    if (known.size() >= kMost) known.clear();
    return known.emplace(account.path, account.id()).first->second;
}

}  // namespace florin::store
