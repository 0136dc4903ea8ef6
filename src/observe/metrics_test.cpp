#include "observe/metrics.hpp"

#include <gtest/gtest.h>

namespace florin::observe {
namespace {

using namespace std::chrono_literals;

bool has_line(const Metrics& metrics, std::string_view line) {
    return metrics.render().find(std::string(line) + "\n") != std::string::npos;
}

TEST(Metrics, counters_count_by_their_labels) {
    Metrics metrics;
    metrics.operation_outcome("stripe", "sale", "approved");
    metrics.operation_outcome("stripe", "sale", "approved");
    metrics.operation_outcome("stripe", "sale", "declined");
    metrics.operation_outcome("stripe", "refund", "approved");
    metrics.psp_alert("stripe", "credentials");
    metrics.resolver("look_up", "found");
    EXPECT_TRUE(has_line(metrics, R"(florin_operations_total{kind="sale",outcome="approved",psp="stripe"} 2)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_operations_total{kind="sale",outcome="declined",psp="stripe"} 1)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_operations_total{kind="refund",outcome="approved",psp="stripe"} 1)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_psp_alerts_total{psp="stripe",why="credentials"} 1)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_resolver_total{result="found",step="look_up"} 1)"));
}

TEST(Metrics, durations_fall_into_buckets_of_seconds) {
    Metrics metrics;
    metrics.psp_call("stripe", "sale", "approved", 30ms);
    metrics.http_request("/api/v1/payments", 200, 2ms);
    metrics.batch("intent", 5, 700us);
    EXPECT_TRUE(has_line(metrics,
                         R"(florin_psp_call_seconds_bucket{call="sale",psp="stripe",result="approved",le="0.025"} 0)"));
    EXPECT_TRUE(
        has_line(metrics, R"(florin_psp_call_seconds_bucket{call="sale",psp="stripe",result="approved",le="0.05"} 1)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_http_request_seconds_count{route="/api/v1/payments",status="200"} 1)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_commit_items_sum{kind="intent"} 5)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_commit_seconds_bucket{kind="intent",le="0.001"} 1)"));
}

TEST(Metrics, gauges_are_shown_from_the_start) {
    Metrics metrics;
    EXPECT_TRUE(has_line(metrics, "florin_queue_depth 0"));
    EXPECT_TRUE(has_line(metrics, "florin_open_operations 0"));
    metrics.queue_depth(7);
    EXPECT_TRUE(has_line(metrics, "florin_queue_depth 7"));
}

// Both modes' accounts may have one name: neither may hide what stands at the other.
TEST(Metrics, late_charges_are_counted_by_mode) {
    Metrics metrics;
    metrics.late_charges_standing("stripe", "main", "live", 1);
    metrics.late_charges_standing("stripe", "main", "test", 0);
    EXPECT_TRUE(has_line(metrics, R"(florin_late_charges_standing{account="main",mode="live",psp="stripe"} 1)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_late_charges_standing{account="main",mode="test",psp="stripe"} 0)"));
}

TEST(Metrics, an_amount_is_zero_once_a_summary_no_longer_names_it) {
    Metrics metrics;
    metrics.open_operations({.open = 2, .parked = 1, .oldest_open = 1500ms});
    metrics.amount_at_risk("EUR", 2100);
    metrics.amount_expiring("EUR", 900);
    EXPECT_TRUE(has_line(metrics, "florin_oldest_open_operation_seconds 1.5"));
    EXPECT_TRUE(has_line(metrics, R"(florin_amount_at_risk_minor_units{currency="EUR"} 2100)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_amount_expiring_minor_units{currency="EUR"} 900)"));
    metrics.open_operations({});
    EXPECT_TRUE(has_line(metrics, R"(florin_amount_at_risk_minor_units{currency="EUR"} 0)"));
    EXPECT_TRUE(has_line(metrics, R"(florin_amount_expiring_minor_units{currency="EUR"} 0)"));
}

}  // namespace
}  // namespace florin::observe
