#include <gtest/gtest.h>

#include <algorithm>

#include "formulations/flow/security_rows.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

SecurityRows rows_of(const Region& region, FlowModel model, double dust = 1e-9) {
    return SecurityRows(region, reduce(linear_network(region, 0, model, Monitoring::customers)), {.dust = dust});
}

/// Largest difference between an entry of A as it is written and as the sums make it, over the row's largest.
double largest_difference(const PackingRows& rows, const NestedRows& nested) {
    double worst = 0;
    for (int r = 0; r < rows.row_count(); ++r) {
        std::vector<double> difference(static_cast<std::size_t>(rows.limit_count), 0.0);
        double largest = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            difference[rows.column[e]] = rows.value[e];
            largest = std::max(largest, rows.value[e]);
        }
        for (const auto& [column, value] : written_out(nested, r)) difference[column] -= value;
        for (const double d : difference)
            if (largest > 0) worst = std::max(worst, std::abs(d) / largest);
    }
    return worst;
}

TEST(NestedPathSums, AreTheSplitRowsOfEveryFeederAndModel) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        const Region region = random_feeder(seed, {.buses = 10 + static_cast<int>(seed),
                                                   .active = 4 + static_cast<int>(seed) / 3,
                                                   .passive = 6,
                                                   .transformer = seed % 3 == 0,
                                                   .delta_customers = seed % 2 == 0});
        for (const FlowModel model : {FlowModel::dc, FlowModel::lin_dist_flow, FlowModel::lin_dist3_flow}) {
            const SecurityRows rows = rows_of(region, model);

            const NestedRows nested = rows.nested();

            ASSERT_EQ(nested.row_count(), rows.rows().row_count());
            EXPECT_LE(largest_difference(rows.rows(), nested), 1e-12)
                << "seed " << seed << ", model " << static_cast<int>(model);
        }
    }
}

TEST(NestedPathSums, KeepPowerFactorsApart) {
    Region region = random_feeder(5, {.buses = 20, .active = 12, .passive = 2});
    for (std::size_t k = 0; k < region.customer_count(); ++k) {
        region.customer.reactive_mode[k] = ReactiveMode::power_factor;
        region.customer.power_factor[k] = k % 3 == 0 ? 0.95 : k % 3 == 1 ? -0.9 : 1.0;
    }
    const SecurityRows rows = rows_of(region, FlowModel::lin_dist3_flow);

    EXPECT_LE(largest_difference(rows.rows(), rows.nested()), 1e-12);
}

TEST(NestedPathSums, WriteOutTheRowsThatLeaveOutDust) {
    const Region region = random_feeder(7, {.buses = 25, .active = 12, .passive = 2});
    const SecurityRows plain = rows_of(region, FlowModel::lin_dist3_flow),
                       dusted = rows_of(region, FlowModel::lin_dist3_flow, 0.3);

    ASSERT_LT(plain.rows().row_count(), dusted.rows().row_count()) << "rows that leave out dust have twins";
    EXPECT_LE(largest_difference(dusted.rows(), dusted.nested()), 1e-12);
}

// A chain of n equal cables with one customer at every bus: rows x limits entries in A, a few dozen per bus through
// sums.
TEST(NestedPathSums, GrowWithTheTreeNotWithItsSquare) {
    const auto entries = [](int buses) {
        FeederBuilder builder(230);
        const PhaseImpedance cable = PhaseImpedance::coupled(.45, .30, .05, .20);
        std::string above = "slack";
        for (int k = 0; k < buses; ++k) {
            const std::string bus = "b" + std::to_string(k);
            builder.bus(bus, "abc", 230);
            builder.line(above, bus, "abc", cable, 0.01);
            builder.active("c" + std::to_string(k), bus, k % 3 == 0 ? "a" : k % 3 == 1 ? "b" : "c", 5e3, 5e3);
            above = bus;
        }
        const SecurityRows rows = rows_of(builder.build(), FlowModel::lin_dist3_flow);
        return std::pair{rows.rows().column.size(), rows.nested().entry_count()};
    };
    const auto [written_50, nested_50] = entries(50);
    const auto [written_200, nested_200] = entries(200);

    EXPECT_GT(written_200, 15 * written_50);
    EXPECT_LT(nested_200, 5 * nested_50);
    EXPECT_LT(nested_200, 60u * 200u);
}

}  // namespace
}  // namespace headroom::test
