#include "io/report/region_summary.hpp"

#include <gtest/gtest.h>

namespace headroom {
namespace {

// slack --- far: one line, two customers at far, one active on a, one passive on a, b, c; two steps.
Region two_customers() {
    Region region;
    region.feeder.id = {"f"};
    region.bus.id = {"slack", "far"};
    region.bus.base_voltage = {230, 230};
    region.bus.voltage_min = {0.90 * 230, 0.94 * 230};
    region.bus.voltage_max = {1.10 * 230, 1.05 * 230};
    region.branch.id = {"l"};
    region.branch.kind = {BranchKind::line};
    region.branch.closed = {1};
    region.customer.id = {"sun", "load"};
    region.customer.phases = {phase::a, phase::abc};
    region.customer.active = {1, 0};
    region.customer.export_cap = {5000, 1};
    region.customer.import_cap = {7000, 1};
    SeriesSet day;
    day.name = "day";
    day.start = {0, 1800};
    day.end = {1800, 5400};
    day.p_forecast = {1000, -3000, 500, -100};  // totals -2000 and 400 W
    region.series = {day};
    return region;
}

TEST(RegionSummary, CountsThingsByKind) {
    const RegionSummary summary = summarise(two_customers());

    EXPECT_EQ(summary.feeders, 1);
    EXPECT_EQ(summary.buses, 2);
    EXPECT_EQ(summary.branches_of_kind[0], 1);
    EXPECT_EQ(summary.branches_open, 0);
    EXPECT_EQ(summary.customers, 2);
    EXPECT_EQ(summary.customers_active, 1);
    EXPECT_EQ(summary.customers_with_phases, (std::array<std::int64_t, 4>{0, 1, 0, 1}));
    EXPECT_EQ(summary.customers_on_phase, (std::array<std::int64_t, 3>{2, 1, 1}));
    EXPECT_EQ(summary.export_cap, 5000);
    EXPECT_EQ(summary.import_cap, 7000);
}

TEST(RegionSummary, GivesTheVoltageBandPerUnitOfEachLevel) {
    const RegionSummary summary = summarise(two_customers());

    ASSERT_EQ(summary.voltage_levels.size(), 1U);
    EXPECT_NEAR(summary.voltage_levels[0].min_lowest, 0.90, 1e-12);
    EXPECT_NEAR(summary.voltage_levels[0].min_highest, 0.94, 1e-12);
    EXPECT_NEAR(summary.voltage_levels[0].max_lowest, 1.05, 1e-12);
    EXPECT_NEAR(summary.voltage_levels[0].max_highest, 1.10, 1e-12);
}

TEST(RegionSummary, AddsTheForecastOfAllCustomersStepByStep) {
    const RegionSummary summary = summarise(two_customers());

    ASSERT_EQ(summary.series.size(), 1U);
    EXPECT_EQ(summary.series[0].steps, 2);
    EXPECT_EQ(summary.series[0].end, 5400);
    EXPECT_EQ(summary.series[0].step_shortest, 1800);
    EXPECT_EQ(summary.series[0].step_longest, 3600);
    EXPECT_EQ(summary.series[0].injection_lowest, -2000);
    EXPECT_EQ(summary.series[0].injection_highest, 400);
    EXPECT_EQ(summary.series[0].injection_mean, -800);
}

TEST(RegionSummary, CountsOrdersBySideAndLimit) {
    Region region = two_customers();
    constexpr auto unknown = static_cast<TradedLimit>(-1);
    region.order.id = {"1", "2", "3", "4"};
    region.order.side = {OrderSide::buy, OrderSide::sell, OrderSide::sell, OrderSide::sell};
    region.order.limit = {TradedLimit::up, TradedLimit::export_power, TradedLimit::export_power, unknown};

    const RegionSummary summary = summarise(region);

    EXPECT_EQ(summary.orders, 4);
    EXPECT_EQ(summary.orders_of_limit[0], (std::array<std::int64_t, 6>{0, 0, 0, 0, 1, 0}));
    EXPECT_EQ(summary.orders_of_limit[1], (std::array<std::int64_t, 6>{2, 0, 0, 0, 0, 0}));
}

TEST(RegionSummary, AnEmptyRegionIsAllZeros) {
    const RegionSummary summary = summarise(Region{});

    EXPECT_EQ(summary.feeders + summary.buses + summary.customers, 0);
    EXPECT_TRUE(summary.voltage_levels.empty());
}

}  // namespace
}  // namespace headroom
