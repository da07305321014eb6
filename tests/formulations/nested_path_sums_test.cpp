#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "formulations/flow/security_rows.hpp"
#include "solver/certificate/packing_gap.hpp"
#include "solver/packing/packing_program.hpp"
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

TEST(NestedPathSums, CarryReactiveLimits) {
    for (unsigned seed = 0; seed < 30; ++seed) {
        Region region = random_feeder(
            seed, {.buses = 20, .active = 12, .passive = 2, .transformer = seed % 3 == 0, .delta_customers = true});
        for (std::size_t k = 0; k < region.customer_count(); ++k) {
            region.customer.reactive_mode[k] = static_cast<ReactiveMode>(k % 3);
            region.customer.power_factor[k] = 0.9;
            region.customer.q_inject_max[k] = region.customer.q_absorb_max[k] = 5e3;
        }
        for (const FlowModel model : {FlowModel::lin_dist_flow, FlowModel::lin_dist3_flow}) {
            const SecurityRows rows(region, reduce(linear_network(region, 0, model, Monitoring::customers)),
                                    {.joint_reactive = true});

            ASSERT_EQ(rows.columns().size(), 2u * (12u + 4u));
            EXPECT_LE(largest_difference(rows.rows(), rows.nested()), 1e-12) << "seed " << seed;
        }
    }
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

// The same problems with rows written out and through sums, on a feeder large enough for the sums to be taken.
class SharingThroughSums : public testing::TestWithParam<Term> {};

TEST_P(SharingThroughSums, IsWhatWrittenRowsGive) {
    const Region region = random_feeder(11, {.buses = 500, .active = 300, .passive = 60});
    const SecurityRows rows = rows_of(region, FlowModel::lin_dist3_flow);
    const auto limits = static_cast<std::size_t>(rows.rows().limit_count), count = std::size_t{5};
    const bool linear = GetParam() == Term::none;
    const std::vector<double> zero(limits, 0.0), cap(limits, 20.0), cost(limits, linear ? -1.0 : 0.0),
        weight(limits, 1.0);
    std::vector<std::vector<double>> room(count,
                                          std::vector<double>(static_cast<std::size_t>(rows.rows().row_count())));
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t r = 0; r < room[k].size(); ++r) {
            double all = 0;
            for (int e = rows.rows().start[r]; e < rows.rows().start[r + 1]; ++e) all += rows.rows().value[e];
            room[k][r] = all * (0.5 + 0.1 * static_cast<double>(k)) * (r % 7 == 0 ? 1 : 4);
        }
    const auto solve = [&](const FillingPlan& plan) {
        std::vector<std::vector<double>> w(count, zero), price = room;
        std::vector<PackingItem> items;
        for (std::size_t k = 0; k < count; ++k)
            items.push_back({room[k].data(), zero.data(), cap.data(), cost.data(), linear ? nullptr : weight.data(),
                             w[k].data(), price[k].data()});
        std::vector<PackingOutcome> outcomes(count);
        PackingProgram program(plan, {GetParam(), 1.0, {}});
        program.solve(items, outcomes, 1);
        const std::vector<LimitCost> costs(limits, {.linear = linear ? -1.0 : 0.0, .weight = linear ? 0.0 : 1.0});
        std::vector<PackingCertificate> certificates;
        for (std::size_t k = 0; k < count; ++k) {
            EXPECT_TRUE(outcomes[k].solved);
            certificates.push_back(check_packing(rows.rows(), room[k], zero, cap, costs, w[k], price[k]));
        }
        EXPECT_GT(program.working_rows().size(), 60u) << "so few rows are written out in any case";
        return certificates;
    };

    const auto written = solve(FillingPlan(rows.rows())), nested = solve(FillingPlan(rows.rows(), rows.nested()));

    for (std::size_t k = 0; k < count; ++k) {
        EXPECT_LE(nested[k].gap_relative(), 1e-7);
        EXPECT_LE(nested[k].row_violation, 1e-9);
        EXPECT_NEAR(nested[k].objective, written[k].objective, 1e-7 * (1 + std::abs(written[k].objective)));
    }
}

INSTANTIATE_TEST_SUITE_P(Terms, SharingThroughSums, testing::Values(Term::none, Term::log));

// Filling checks all rows through the sums.
TEST(NestedPathSums, FillAsWrittenRowsDo) {
    const Region region = random_feeder(12, {.buses = 200, .active = 100, .passive = 20});
    const SecurityRows rows = rows_of(region, FlowModel::lin_dist3_flow);
    const auto limits = static_cast<std::size_t>(rows.rows().limit_count) * lane_count,
               row_lanes = static_cast<std::size_t>(rows.rows().row_count()) * lane_count;
    const LaneArray start(limits, 0.0), cap(limits, 20.0), reference(limits, 1.0), live(lane_count, 1.0);
    LaneArray room(row_lanes);
    for (std::size_t k = 0; k < row_lanes; ++k) {
        const std::size_t r = k / lane_count;
        double all = 0;
        for (int e = rows.rows().start[r]; e < rows.rows().start[r + 1]; ++e) all += rows.rows().value[e];
        room[k] = all * (0.5 + 0.1 * static_cast<double>(k % lane_count)) * (r % 7 == 0 ? 1 : 4);
    }
    const auto fill_with = [&](const FillingPlan& plan) {
        LaneArray limit(limits), level(lane_count);
        std::vector<int> stop(limits), rounds(lane_count);
        FillingWorkspace work(plan.rows);
        fill(plan, FillingRule::lexicographic,
             {room.data(), start.data(), cap.data(), reference.data(), live.data(), limit.data(), stop.data(),
              level.data(), rounds.data()},
             work);
        return limit;
    };

    const LaneArray written = fill_with(FillingPlan(rows.rows())),
                    nested = fill_with(FillingPlan(rows.rows(), rows.nested()));

    for (std::size_t k = 0; k < limits; ++k) EXPECT_NEAR(nested[k], written[k], 1e-9);
}

}  // namespace
}  // namespace headroom::test
