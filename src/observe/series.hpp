// A metric with its labels, and the book of all metrics of a process.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace florin::observe {

using Buckets = prometheus::Histogram::BucketBoundaries;

struct Book {
    prometheus::Registry registry;
    std::vector<prometheus::MetricFamily> known;  // name, help and type of each, also of those without a series yet
};

// One series per combination of values, made at its first use.
template <class Metric, std::size_t labels>
class Series {
public:
    Series(Book& book, const char* name, const char* help, std::array<const char*, labels> names, Buckets buckets = {})
        : family_(build().Name(name).Help(help).Register(book.registry)), names_(names), buckets_(std::move(buckets)) {
        book.known.push_back({name, help, kType, {}});
    }

    template <class... Values>
    Metric& with(Values... values) {
        const std::array<std::string_view, labels> key{values...};
        if (const auto found = series_.find(key); found != series_.end()) return *found->second;
        prometheus::Labels pairs;
        std::array<std::string, labels> owned;
        for (std::size_t i = 0; i < labels; ++i) {
            owned[i] = key[i];
            pairs.emplace(names_[i], key[i]);
        }
        return *series_.emplace(std::move(owned), &add(pairs)).first->second;
    }
    template <class Action>
    void for_each(Action action) {
        for (auto& [key, metric] : series_) action(*metric);
    }

private:
    static constexpr auto kType = std::is_same_v<Metric, prometheus::Counter> ? prometheus::MetricType::Counter
                                  : std::is_same_v<Metric, prometheus::Gauge> ? prometheus::MetricType::Gauge
                                                                              : prometheus::MetricType::Histogram;
    static auto build() {
        if constexpr (kType == prometheus::MetricType::Counter)
            return prometheus::BuildCounter();
        else if constexpr (kType == prometheus::MetricType::Gauge)
            return prometheus::BuildGauge();
        else
            return prometheus::BuildHistogram();
    }

    // Compares values without making strings of them.
    struct Less {
        using is_transparent = void;
        bool operator()(const auto& a, const auto& b) const {
            return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), std::less<std::string_view>{});
        }
    };

    Metric& add(const prometheus::Labels& pairs) {
        if constexpr (std::is_same_v<Metric, prometheus::Histogram>)
            return family_.Add(pairs, buckets_);
        else
            return family_.Add(pairs);
    }

    prometheus::Family<Metric>& family_;
    std::array<const char*, labels> names_;
    Buckets buckets_;
    std::map<std::array<std::string, labels>, Metric*, Less> series_;
};

}  // namespace florin::observe
