// What Prometheus' own clients tell of their process, under the names that every dashboard knows, and the build.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace florin::observe {

// Read from /proc at each call.
std::vector<prometheus::MetricFamily> process_families();

}  // namespace florin::observe
