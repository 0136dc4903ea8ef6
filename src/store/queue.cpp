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

std::optional<std::chrono::steady_clock::time_point> Queue::waits_since() const {
    std::optional<std::chrono::steady_clock::time_point> oldest;
    for (const auto& lane : lanes_) {
        const auto first = std::ranges::find(lane, false, &Item::left_behind);
        if (first != lane.end() && (!oldest || (*first)->made < *oldest)) oldest = (*first)->made;
    }
    return oldest;
}

// The first that is not empty and has not had its turn; kKinds when all are empty.
std::size_t Queue::next_lane() {
    const auto first = [this](bool also_served) {
        std::size_t at = 0;
        while (at < kKinds && (lanes_[at].empty() || (had_a_turn_[at] && !also_served))) ++at;
        return at;
    };
    if (const std::size_t at = first(false); at < kKinds) return at;
    had_a_turn_ = {};
    return first(true);
}

Batch Queue::take(std::size_t most) {
    const std::size_t at = next_lane();
    if (at == kKinds) return {};
    auto* const lane = &lanes_[at];
    Batch batch{static_cast<Kind>(at), {}};
    std::unordered_set<std::string_view> keys;
    std::vector<ItemPtr> later;
    for (std::size_t looked = 0; looked < kLook && batch.items.size() < most && !lane->empty(); ++looked) {
        ItemPtr item = std::move(lane->front());
        lane->pop_front();
        (keys.insert(item->key).second ? batch.items : later).push_back(std::move(item));
    }
    for (const ItemPtr& item : later) item->left_behind = true;
    had_a_turn_[at] = !later.empty() || std::ranges::find(had_a_turn_, true) != had_a_turn_.end();
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
