#include "store/queue.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>

namespace florin::store {
namespace {

// A flood of one key must not make every batch look through the whole lane.
constexpr std::size_t kLook = 1024;

}  // namespace

void Queue::push(Kind kind, ItemPtr item) {
    lanes_[static_cast<std::size_t>(kind)].push_back(std::move(item));
    ++waiting_;
}

Batch Queue::take(std::size_t most) {
    const auto lane = std::ranges::find_if(lanes_, [](const auto& candidate) { return !candidate.empty(); });
    if (lane == lanes_.end()) return {};
    Batch batch{static_cast<Kind>(lane - lanes_.begin()), {}};
    std::unordered_set<std::string_view> keys;
    std::vector<ItemPtr> later;
    for (std::size_t looked = 0; looked < kLook && batch.items.size() < most && !lane->empty(); ++looked) {
        ItemPtr item = std::move(lane->front());
        lane->pop_front();
        (keys.insert(item->key).second ? batch.items : later).push_back(std::move(item));
    }
    lane->insert(lane->begin(), std::move_iterator(later.begin()), std::move_iterator(later.end()));
    waiting_ -= batch.items.size();
    std::ranges::sort(batch.items, {}, [](const ItemPtr& item) -> const std::string& { return item->key; });
    return batch;
}

std::vector<ItemPtr> Queue::take_expired() {
    std::vector<ItemPtr> expired;
    for (auto& lane : lanes_) {
        std::erase_if(lane, [&](const ItemPtr& item) {
            if (!item->deadline.passed()) return false;
            expired.push_back(item);
            return true;
        });
    }
    waiting_ -= expired.size();
    return expired;
}

std::vector<ItemPtr> Queue::take_all() {
    std::vector<ItemPtr> all;
    for (auto& lane : lanes_) {
        std::ranges::move(lane, std::back_inserter(all));
        lane.clear();
    }
    waiting_ = 0;
    return all;
}

}  // namespace florin::store
