#include "events/order.hpp"

#include <algorithm>
#include <deque>
#include <map>

namespace florin::events {
namespace {

using store::Link;
using store::LinkedEvent;

class Merge {
public:
    explicit Merge(std::vector<Link> links) {
        for (Link& link : links) waiting_[link.writer].push_back(std::move(link));
    }
    Ordered run() && {
        while (auto* queue = first_ready()) {
            take(std::move(queue->front()));
            queue->pop_front();
        }
        for (const auto& [writer, link] : taken_) ordered_.cursors.push_back({writer, link});
        return std::move(ordered_);
    }

private:
    using Queue = std::deque<Link>;

    bool is_ready(const LinkedEvent& event) const {
        if (event.is_next) return true;
        const auto last = last_.find(event.payment);
        return last != last_.end() && last->second == event.sequence - 1;
    }

    static WallTime time_of(const Link& link) { return link.events.empty() ? WallTime{} : link.events.front().at; }

    Queue* first_ready() {
        Queue* first = nullptr;
        for (auto& [writer, queue] : waiting_) {
            if (queue.empty() || (first != nullptr && time_of(first->front()) <= time_of(queue.front()))) continue;
            if (std::ranges::all_of(queue.front().events, [this](const auto& event) { return is_ready(event); })) {
                first = &queue;
            }
        }
        return first;
    }

    void take(Link link) {
        for (LinkedEvent& event : link.events) {
            last_[event.payment] = event.sequence;
            ordered_.events.push_back(std::move(event));
        }
        taken_[link.writer] = link.number;
    }

    std::map<std::int16_t, Queue> waiting_;
    std::map<std::int16_t, std::int64_t> taken_;
    std::map<PaymentId, std::int32_t> last_;
    Ordered ordered_;
};

}  // namespace

Ordered in_order(std::vector<Link> links) {
    return Merge(std::move(links)).run();
}

std::vector<store::RelayedEvent> numbered(std::vector<LinkedEvent> events, IdOrder& from, WallTime now) {
    std::vector<store::RelayedEvent> out;
    out.reserve(events.size());
    for (LinkedEvent& event : events) {
        from = std::max(from + 1, order_of(std::min(event.at, now)));
        const EventId id(make_uuid(from, bucket_of(event.merchant.uuid()), event.live));
        out.push_back({id, std::move(event)});
    }
    return out;
}

}  // namespace florin::events
