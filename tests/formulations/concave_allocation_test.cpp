// What concave policies promise beyond an objective near its best.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "formulations/envelope/allocation.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

EnvelopeResult solve(const Region& region, const AllocationQuestion& question) {
    return allocate(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                    {.threads = 1, .row_values = true});
}

/// Share of a row's limit that envelopes fill at the worst point inside them.
double filled(const EnvelopeResult& result, std::size_t step, std::size_t row) {
    const double worst = result.row_worst[step * result.rows.size() + row];
    switch (result.rows.kind[row]) {
        case RowKind::voltage_max: return worst;
        case RowKind::voltage_min: return 2 - worst;
        default: return worst / std::cos(std::numbers::pi / 16);  // a polygon inside the circle
    }
}

// Near a request that nothing presses against, rows with room have prices of rounding size: they hold nobody.
TEST(ConcaveAllocation, EveryBindingRowIsFull) {
    int rows = 0, caps = 0;
    for (const Policy policy : {Policy::quadratic, Policy::proportional, Policy::total})
        for (unsigned seed = 1; seed <= 40; ++seed) {
            const Region region = random_feeder(seed, {.delta_customers = seed % 2 == 0});
            const EnvelopeResult result = solve(region, {.policy = policy, .reference = Reference::cap});
            for (std::size_t at = 0; at < result.export_limit.size(); ++at)
                for (const auto* binding : {&result.export_binding_row, &result.import_binding_row}) {
                    const std::int32_t row = (*binding)[at];
                    EXPECT_NE(row, binding::group_stop) << "seed " << seed;
                    caps += row == binding::cap ? 1 : 0;
                    if (row < 0) continue;
                    ++rows;
                    const std::size_t step = at / result.customer_count;
                    EXPECT_GE(filled(result, step, static_cast<std::size_t>(row)), 1 - 1e-8)
                        << "seed " << seed << " policy " << static_cast<int>(policy) << " row " << row;
                }
        }
    EXPECT_GT(rows, 1000);
    EXPECT_GT(caps, 100);
}

// slack --r-- x --r difference-- y: at y x + (1 + difference) y <= room. The largest sum is x alone, by ever less;
// with no difference at all the smallest squares are halves.
TEST(ConcaveAllocation, TieBreaksOfTotalCostNothingThatASmallerWeightSaves) {
    const double base = 230.0, r = 0.4, room_kw = (1.05 * 1.05 - 1) * 3 * base * base / (2 * r) / 1e3;
    const auto exports = [=](double difference) {
        FeederBuilder builder(base);
        for (const char* bus : {"x", "y"}) builder.bus(bus, "abc", base);
        builder.line("slack", "x", "abc", PhaseImpedance::uncoupled(r, 0));
        builder.line("x", "y", "abc", PhaseImpedance::uncoupled(r * difference, 0));
        builder.active("x", "x", "abc", 100e3, 0);
        builder.active("y", "y", "abc", 100e3, 0);
        builder.voltage_band(0.9 * base, 1.05 * base);
        const EnvelopeResult result =
            solve(builder.build(), {.flow = FlowModel::lin_dist_flow, .policy = Policy::total, .import_asked = false});
        EXPECT_EQ(result.status[0], ItemStatus::solved) << difference;
        return std::pair{result.export_limit[0] / 1e3, result.export_limit[1] / 1e3};
    };

    for (const double difference : {1e-2, 1e-5, 1e-6, 1e-7}) {
        const auto [x, y] = exports(difference);
        EXPECT_NEAR(x + y, room_kw, 1e-9 * room_kw) << difference;
        EXPECT_NEAR(x, room_kw, 1e-3) << difference;
    }
    for (const double difference : {1e-8, 1e-9}) {  // less than the smallest weight can see
        const auto [x, y] = exports(difference);
        EXPECT_NEAR(x + y, room_kw, 1e-7 * room_kw) << difference;
    }
    const auto [x, y] = exports(0);
    EXPECT_NEAR(x + y, room_kw, 1e-9 * room_kw);
    EXPECT_NEAR(x, y, 1e-4);
}

}  // namespace
}  // namespace headroom::test
