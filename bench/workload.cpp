#include "bench/workload.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace florin::bench {
namespace {

constexpr std::size_t kRemembered = 10'000;  // payments of each sort
constexpr std::size_t kReadable = 1'000;     // so many are made before they are read
constexpr std::size_t kRepeatable = 1'000;

constexpr std::array kSale{Share{Kind::sale, 100}};
constexpr std::array kAuthorize{Share{Kind::authorize, 100}};
constexpr std::array kRead{Share{Kind::get, 100}};
constexpr std::array kList{Share{Kind::list, 100}};
constexpr std::array kMix{Share{Kind::sale, 60},  Share{Kind::authorize, 10}, Share{Kind::capture, 8},
                          Share{Kind::refund, 4}, Share{Kind::void_, 1},      Share{Kind::get, 12},
                          Share{Kind::list, 5}};
constexpr std::array kPlans{
    Plan{"sale", kSale, {}},
    Plan{"authorize-capture", kAuthorize, Kind::capture},
    Plan{"refund", kSale, Kind::refund},
    Plan{"read", kRead, {}},
    Plan{"list", kList, {}},
    Plan{"replay", kSale, {}, 5},
    Plan{"mix", kMix, {}},
};

}  // namespace

std::span<const Plan> plans() {
    return kPlans;
}

Merchants::Merchants(std::size_t count, bool zipf) {
    double sum = 0;
    for (std::size_t rank = 1; rank <= count; ++rank) {
        sum += zipf ? 1.0 / static_cast<double>(rank) : 1.0;
        up_to_.push_back(sum);
    }
}

std::size_t Merchants::choose(std::mt19937_64& random) const {
    const double point = std::uniform_real_distribution<>(0, up_to_.back())(random);
    const auto found = std::ranges::upper_bound(up_to_, point);
    return std::min(static_cast<std::size_t>(found - up_to_.begin()), up_to_.size() - 1);
}

Workload::Workload(const Plan& plan, Merchants merchants, std::vector<Known> about, std::uint64_t seed)
    : plan_(plan), merchants_(std::move(merchants)), random_(seed), readable_(std::move(about)) {}

bool Workload::is_ready() const {
    return readable_.size() >= kReadable || !std::ranges::all_of(plan_.shares, is_read, &Share::kind);
}

Kind Workload::draw() {
    auto point = std::uniform_int_distribution<>(1, 100)(random_);
    for (const Share& share : plan_.shares) {
        if (point <= share.percent) return share.kind;
        point -= share.percent;
    }
    return plan_.shares.front().kind;
}

Asked Workload::next() {
    if (auto again = repeated()) return *again;
    const Kind kind = draw();
    std::optional<Asked> asked;
    if (is_read(kind) && readable_.size() >= kReadable) {
        const auto& known = readable_[random_() % readable_.size()];
        asked = Asked{.kind = kind, .number = begun_++, .merchant = known.merchant, .payment = known.payment};
    } else if (kind == Kind::capture || kind == Kind::void_) {
        asked = about_one(held_, kind);
        if (!asked) return created(Kind::authorize);
    } else if (kind == Kind::refund) {
        asked = about_one(captured_, kind);
    }
    return asked ? *std::move(asked) : created(kind == Kind::authorize ? kind : Kind::sale);
}

std::optional<Asked> Workload::repeated() {
    if (!twins_.empty()) {
        Asked twin = std::move(twins_.front());
        twins_.pop_front();
        return twin;
    }
    if (std::uniform_int_distribution<>(1, 100)(random_) > plan_.repeated_percent) return std::nullopt;
    if (random_() % 2 == 0 && !ended_.empty()) {
        const Ended& ended = ended_[random_() % ended_.size()];
        Asked again = ended.asked;
        again.repeats = true;
        return again;
    }
    Asked first = created(Kind::sale);
    twins_.push_back(first);
    twins_.back().repeats = true;
    of_twins_.emplace(first.number, 0);
    return first;
}

Asked Workload::created(Kind kind) {
    const auto number = begun_++;
    return {.kind = kind,
            .number = number,
            .merchant = merchants_.choose(random_),
            .amount = 1000 + static_cast<std::int64_t>(number % 9000)};
}

std::optional<Asked> Workload::about_one(std::vector<Known>& pool, Kind kind) {
    if (pool.empty()) return std::nullopt;
    Known known = take(pool);
    return Asked{.kind = kind,
                 .number = begun_++,
                 .merchant = known.merchant,
                 .amount = known.amount,
                 .payment = std::move(known.payment)};
}

Known Workload::take(std::vector<Known>& pool) {
    std::swap(pool[random_() % pool.size()], pool.back());
    Known known = std::move(pool.back());
    pool.pop_back();
    return known;
}

void Workload::keep(std::vector<Known>& pool, Known known) {
    if (pool.size() < kRemembered) return pool.push_back(std::move(known));
    pool[random_() % pool.size()] = std::move(known);
}

std::optional<Asked> Workload::answered(const Asked& asked, std::string_view payment, std::string_view body) {
    if (is_read(asked.kind)) return std::nullopt;
    if (plan_.repeated_percent > 0) compare(asked, std::hash<std::string_view>{}(body));
    if (asked.repeats) return std::nullopt;
    Known known{asked.merchant, std::string(payment), asked.amount};
    if (creates(asked.kind) && plan_.then) {
        return Asked{.kind = *plan_.then,
                     .number = asked.number,
                     .merchant = asked.merchant,
                     .amount = asked.amount,
                     .payment = std::move(known.payment)};
    }
    if (creates(asked.kind)) keep(readable_, known);
    if (asked.kind == Kind::authorize) keep(held_, std::move(known));
    if (asked.kind == Kind::sale || asked.kind == Kind::capture) keep(captured_, std::move(known));
    return std::nullopt;
}

void Workload::compare(const Asked& asked, std::size_t body) {
    if (const auto twin = of_twins_.find(asked.number); twin != of_twins_.end()) {
        if (twin->second == 0) {
            twin->second = body;
        } else {
            differing_ += twin->second == body ? 0 : 1;
            of_twins_.erase(twin);
        }
        return;
    }
    const auto same = [&](const Ended& ended) { return ended.asked.number == asked.number; };
    if (asked.repeats) {
        const auto first = std::ranges::find_if(ended_, same);
        differing_ += first == ended_.end() || first->body == body ? 0 : 1;
    } else if (ended_.size() < kRepeatable) {
        ended_.push_back({asked, body});
    }
}

}  // namespace florin::bench
