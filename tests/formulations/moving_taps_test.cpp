// Taps that a series moves: every step is what the network at its taps gives.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "formulations/envelope/allocation.hpp"
#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/network/chosen_steps.hpp"
#include "formulations/network/feeder_tree.hpp"
#include "formulations/network/merge_regions.hpp"
#include "formulations/network/tap_runs.hpp"
#include "formulations/network/validate.hpp"
#include "formulations/risk/congestion_forecast.hpp"
#include "formulations/secure/replay.hpp"
#include "formulations/state/network_state.hpp"
#include "tests/support/random_feeder.hpp"
#include "tests/support/small_region.hpp"

namespace headroom::test {
namespace {

constexpr std::size_t steps = 14;
// Coils of the head transformer in every step: runs of 3, 9, 1 and 1 steps.
constexpr double tap_of_step[steps] = {1, 1, 1, 1.02, 1.02, 1.02, 1.02, 1.02, 1.02, 1.02, 1.02, 1.02, 0.985, 1};

/// A transformer at the head, whose taps the series moves; the last of its coils stands still.
Region regulated(unsigned seed = 3) {
    Region region = random_feeder(seed, {.buses = 10, .active = 4, .passive = 3, .transformer = true, .steps = steps});
    for (const double tap : tap_of_step) region.series[0].to_tap.insert(region.series[0].to_tap.end(), {tap, tap, 1.0});
    return region;
}

/// The region with its taps where they stand in a step, in all steps.
Region held_as_in(Region region, std::size_t step) {
    for (std::size_t row = 0; row < region.transformer.id.size(); ++row)
        region.transformer.to_tap[row] = to_taps(region, region.series[0].taps(step), row);
    region.series[0].to_tap.clear();
    return region;
}

EnvelopeResult solve(const Region& region, const AllocationQuestion& question, int threads = 1) {
    return allocate(region, region.series[0], question, std::vector<std::string>(region.feeder_count()),
                    {.threads = threads, .row_values = true});
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof(double)) == 0; }

TEST(TapRuns, OfASeriesThatMovesNothingAreOne) {
    const Region region = small_region(2);
    const std::vector<TapRun> runs = tap_runs(region, 1, region.series[0]);

    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].step_count(), region.series[0].step_count());
    EXPECT_TRUE(runs[0].taps.empty());
    EXPECT_EQ(to_taps(region, runs[0].taps, 1), region.transformer.to_tap[1]);
}

TEST(TapRuns, EndWhereATransformerOfTheFeederMoves) {
    const Region region = regulated();
    const std::vector<TapRun> runs = tap_runs(region, 0, region.series[0]);

    ASSERT_EQ(runs.size(), 4U);
    EXPECT_EQ(std::pair(runs[0].first, runs[0].end), std::pair(std::size_t{0}, std::size_t{3}));
    EXPECT_EQ(std::pair(runs[1].first, runs[1].end), std::pair(std::size_t{3}, std::size_t{12}));
    EXPECT_EQ(std::pair(runs[3].first, runs[3].end), std::pair(std::size_t{13}, std::size_t{14}));
    EXPECT_EQ(to_taps(region, runs[2].taps, 0), (std::array<double, 3>{0.985, 0.985, 1}));
    EXPECT_THROW(only_tap_run(region, 0, region.series[0]), InvalidFeeder);
}

TEST(TapRuns, DoNotEndWhereAnotherFeederMoves) {
    const Region region = merge_regions({regulated(3), [] {
                                             Region other = regulated(4);
                                             other.feeder.id = {"other"};
                                             other.series[0].to_tap.clear();
                                             return other;
                                         }()});
    ASSERT_TRUE(validate(region).empty()) << summarise(validate(region));

    EXPECT_EQ(tap_runs(region, 0, region.series[0]).size(), 4U);
    EXPECT_EQ(only_tap_run(region, 1, region.series[0]).step_count(), steps);
}

TEST(TapRuns, OfABranchOutOfServiceDoNotCount) {
    Region region = regulated();
    region.branch.closed[0] = 0;

    EXPECT_EQ(tap_runs(region, 0, region.series[0]).size(), 1U);
}

TEST(MovingTaps, BeyondWhatTransformersHaveAreAFaultOfTheirFeeder) {
    Region region = regulated();
    region.series[0].to_tap[4] = 0.01;
    const std::vector<Fault> faults = validate(region);

    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].feeder, 0);
    EXPECT_NE(faults[0].dataset.find("/to_tap"), std::string::npos) << faults[0].dataset;
    EXPECT_NE(summarise(faults).find("coil 1 must lie in [0.1, 10]"), std::string::npos) << summarise(faults);

    region.series[0].to_tap.pop_back();
    EXPECT_FALSE(validate(region).empty()) << "a value is missing";
}

struct Question {
    std::string name;
    AllocationQuestion question;
};

class MovingTapsEnvelopes : public testing::TestWithParam<Question> {};

/// Every run is solved like a series of its own, of a network with these taps: to the bit.
TEST_P(MovingTapsEnvelopes, AreThoseOfEachRunAlone) {
    const Region region = regulated();
    const EnvelopeResult result = solve(region, GetParam().question);
    const std::size_t customers = region.customer_count(), rows = result.rows.size();
    std::size_t violations = 0, prices = 0, solved = 0;
    for (const TapRun& run : tap_runs(region, 0, region.series[0])) {
        Region alone = held_as_in(region, run.first);
        std::vector<std::size_t> of_run(run.step_count());
        std::iota(of_run.begin(), of_run.end(), run.first);
        alone.series[0] = chosen_steps(alone.series[0], of_run);
        const EnvelopeResult expected = solve(alone, GetParam().question);
        ASSERT_EQ(expected.rows.size(), rows);
        violations += expected.violations.size();
        prices += expected.prices.size();
        for (std::size_t k = 0; k < of_run.size(); ++k) {
            const std::size_t step = of_run[k];
            EXPECT_EQ(result.status[step], expected.status[k]) << step;
            solved += result.status[step] == ItemStatus::solved ? 1 : 0;
            EXPECT_TRUE(same_bits(result.level[step], expected.level[k])) << step;
            for (std::size_t c = 0; c < customers; ++c) {
                const std::size_t at = step * customers + c, there = k * customers + c;
                EXPECT_TRUE(same_bits(result.export_limit[at], expected.export_limit[there])) << step << ' ' << c;
                EXPECT_TRUE(same_bits(result.import_limit[at], expected.import_limit[there])) << step << ' ' << c;
                EXPECT_EQ(result.import_binding_row[at], expected.import_binding_row[there]) << step << ' ' << c;
            }
            for (std::size_t row = 0; row < rows; ++row)
                EXPECT_TRUE(same_bits(result.row_worst[step * rows + row], expected.row_worst[k * rows + row]))
                    << step << ' ' << row;
        }
    }
    EXPECT_GE(solved, steps / 2);
    EXPECT_EQ(result.violations.size(), violations);
    EXPECT_EQ(result.prices.size(), prices);
    EXPECT_TRUE(std::ranges::is_sorted(result.prices, {}, &RowPrice::step));
}

TEST_P(MovingTapsEnvelopes, HaveTheSameBitsForAnyThreads) {
    const Region region = merge_regions({regulated(3), [] {
                                             Region other = regulated(5);
                                             other.feeder.id = {"other"};
                                             return other;
                                         }()});
    const EnvelopeResult one = solve(region, GetParam().question), three = solve(region, GetParam().question, 3);

    EXPECT_EQ(one.status, three.status);
    ASSERT_EQ(one.import_limit.size(), three.import_limit.size());
    EXPECT_EQ(std::memcmp(one.import_limit.data(), three.import_limit.data(), one.import_limit.size() * sizeof(double)),
              0);
}

INSTANTIATE_TEST_SUITE_P(
    All, MovingTapsEnvelopes,
    testing::Values(Question{"dc", {.flow = FlowModel::dc}},
                    Question{"lin_dist_flow", {.flow = FlowModel::lin_dist_flow}},
                    Question{"max_min", {.flow = FlowModel::lin_dist3_flow}},
                    Question{"proportional", {.flow = FlowModel::lin_dist3_flow, .policy = Policy::proportional}},
                    Question{"total", {.flow = FlowModel::lin_dist3_flow, .policy = Policy::total}},
                    Question{"linearised_ac", {.flow = FlowModel::linearised_ac}},
                    Question{"secure", {.flow = FlowModel::lin_dist3_flow, .secure = Secure::ac}},
                    Question{"secure_total",
                             {.flow = FlowModel::lin_dist3_flow, .policy = Policy::total, .secure = Secure::ac}}),
    [](const auto& test) { return test.param.name; });

TEST(MovingTaps, GiveTheVoltagesOfTheNetworkAtTheirPosition) {
    const Region region = regulated();
    const auto voltages = [](const Region& of) {
        std::vector<double> all;
        const TerminalTable terminals = terminal_table(of);
        static_cast<void>(network_state(of, of.series[0], terminals, {""},
                                        {.threads = 2, .keep = [&](const StateBlock& block) { all = block.voltage; }}));
        return all;
    };
    const std::vector<double> moved = voltages(region);
    const std::size_t width = moved.size() / steps;
    for (std::size_t step = 0; step < steps; ++step) {
        const std::vector<double> held = voltages(held_as_in(region, step));
        ASSERT_EQ(held.size(), moved.size());
        for (std::size_t k = step * width; k < (step + 1) * width; ++k) EXPECT_NEAR(moved[k], held[k], 1e-6) << step;
    }
    EXPECT_GT(std::abs(moved[2 * width + 4] / moved[3 * width + 4] - 1), 0.01) << "taps move voltages";
}

TEST(MovingTaps, AreReplayedAtTheirPosition) {
    const Region region = regulated();
    const EnvelopeResult envelopes = solve(region, {.flow = FlowModel::lin_dist3_flow, .secure = Secure::ac});
    const ReplayedLimits limits{envelopes.export_limit, envelopes.import_limit, {}, {}};
    const ReplaySettings settings{.random_corners = 4, .random_points = 4, .all_corners = true};
    const ReplayResult moved = replay(region, region.series[0], {}, limits, {""}, settings, {.threads = 2});
    for (std::size_t step = 0; step < steps; ++step) {
        const Region held = held_as_in(region, step);
        const ReplayResult expected = replay(held, held.series[0], {}, limits, {""}, settings, {.threads = 2});
        EXPECT_EQ(moved.status[step], expected.status[step]);
        if (moved.status[step] != ReplayStatus::replayed) continue;
        EXPECT_TRUE(moved.clean(step)) << step << ' ' << moved.excess(step);
        EXPECT_NEAR(moved.excess(step), expected.excess(step), 1e-7) << step;
    }
    const Region still = held_as_in(region, 12);
    const ReplayResult other = replay(still, still.series[0], {}, limits, {""}, settings, {.threads = 2});
    EXPECT_FALSE(other.clean(0)) << "limits of higher taps do not hold at lower ones";
}

TEST(MovingTaps, AreForecastAtTheirPosition) {
    const Region region = regulated();
    const CongestionQuestion question{.samples = 64};
    const auto forecast = [&](const Region& of) {
        return forecast_congestion(of, of.series[0], question, {""}, {.threads = 2});
    };
    const CongestionResult moved = forecast(region);
    const std::size_t rows = moved.rows.size();
    for (std::size_t step = 0; step < steps; ++step) {
        const CongestionResult held = forecast(held_as_in(region, step));
        ASSERT_EQ(held.rows.size(), rows);
        EXPECT_EQ(moved.status[step], ForecastStatus::done);
        EXPECT_EQ(moved.violated[step], held.violated[step]);
        for (std::size_t row = step * rows; row < (step + 1) * rows; ++row)
            EXPECT_TRUE(same_bits(moved.row_mean[row], held.row_mean[row])) << step;
    }
}

/// Where nothing is ready for taps that move, the feeder says so.
TEST(MovingTaps, WhereTheyMustStandStillTheFeederIsRefusedByName) {
    const Region region = regulated();
    EXPECT_THROW(FeederAllocation(region, 0, region.series[0], {}), InvalidFeeder);

    Region still = region;
    for (std::size_t step = 1; step < steps; ++step)
        std::copy_n(still.series[0].to_tap.begin() + 9, 3, still.series[0].to_tap.begin() + 3 * step);
    std::copy_n(still.series[0].to_tap.begin() + 3, 3, still.series[0].to_tap.begin());
    const FeederAllocation allocation(still, 0, still.series[0], {});
    EXPECT_EQ(allocation.run().step_count(), steps);
    const EnvelopeResult held = solve(held_as_in(region, 3), {}), result = solve(still, {});
    EXPECT_TRUE(std::ranges::equal(held.import_limit, result.import_limit, same_bits))
        << "a series that holds taps elsewhere than the table does";
}

TEST(MovingTaps, StayWithTheirFeedersWhereRegionsAreJoined) {
    Region other = regulated(5);
    other.feeder.id = {"other"};
    for (double& tap : other.series[0].to_tap) tap += 0.001;
    const Region one = regulated(3);
    const Region joined = merge_regions({one, other});

    ASSERT_EQ(joined.transformer.id.size(), 2U) << "transformers that a series moves are nobody else's";
    ASSERT_EQ(joined.series[0].to_tap.size(), steps * 2 * 3);
    for (std::size_t step = 0; step < steps; ++step) {
        const TapPositions taps = joined.series[0].taps(step);
        EXPECT_EQ(to_taps(joined, taps, 0), to_taps(one, one.series[0].taps(step), 0));
        EXPECT_EQ(to_taps(joined, taps, 1), to_taps(other, other.series[0].taps(step), 0));
    }
}

}  // namespace
}  // namespace headroom::test
