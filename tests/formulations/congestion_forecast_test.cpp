// Forecasts by random samples against what is known without sampling.

#include "formulations/risk/congestion_forecast.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "formulations/flow/ac_quantity.hpp"
#include "formulations/flow/ac_watch.hpp"
#include "formulations/risk/injection_disturbance.hpp"
#include "solver/statistics/wilson_interval.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/same_bits.hpp"
#include "tests/support/small_region.hpp"

namespace headroom {
namespace {

CongestionResult forecast(const Region& region, const CongestionQuestion& question, int threads = 1) {
    return forecast_congestion(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                               {.threads = threads});
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// slack (230 V) --- r = 0.5 ohm, rated 20 A --- far: one customer on phase a, and the band of voltages around it.
Region one_line(double p, double minimum, double maximum, std::size_t steps = 1) {
    test::FeederBuilder builder(230.0);
    builder.bus("far", "a", 230.0);
    builder.line("slack", "far", "a", test::PhaseImpedance::uncoupled(0.5, 0.0), 1.0, 20.0);
    builder.customer("c", "far", "a", {.active = false});
    builder.inject("c", p);
    builder.voltage_band(minimum, maximum);
    return builder.build(steps);
}

/// W at which the far bus of one_line() has this voltage: V (V - 230) / r = P.
double power_at(double voltage) { return voltage * (voltage - 230.0) / 0.5; }

/// The row of a kind, in a region of one feeder.
std::size_t row_of(const CongestionResult& result, RowKind kind) {
    for (std::size_t row = 0; row < result.rows.size(); ++row)
        if (result.rows.kind[row] == kind) return row;
    ADD_FAILURE() << "no such row";
    return 0;
}

TEST(CongestionForecast, WithoutUncertaintyIsThePowerFlowItself) {
    Region region = one_line(-4000.0, 225.0, 250.0);
    test::AcCase ac(region);
    ac.solve();
    const double voltage = std::abs(ac.voltage(1, 0));
    const double current = (230.0 - voltage) / 0.5;
    CongestionQuestion question{.uncertainty = {0.0, 0.0, 0.5}, .samples = 50};

    const CongestionResult result = forecast(region, question);

    const std::size_t low = row_of(result, RowKind::voltage_min), high = row_of(result, RowKind::voltage_max),
                      branch = row_of(result, RowKind::branch_phase);
    EXPECT_EQ(result.row_violated[low], 50) << voltage;
    EXPECT_EQ(result.row_violated[high], 0);
    EXPECT_EQ(result.row_violated[branch], 0) << current;
    EXPECT_DOUBLE_EQ(result.row_mean[low], voltage / 225.0);
    EXPECT_DOUBLE_EQ(result.row_mean[high], voltage / 250.0);
    EXPECT_NEAR(result.row_mean[branch], current / 20.0, 1e-10);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(result.row_quantile[low * 3 + k], result.row_mean[low]);
    EXPECT_EQ(result.row_deviation[low], 0.0);
    EXPECT_NEAR(result.row_excess[low], 1 - voltage / 225.0, 1e-14);
    EXPECT_TRUE(std::isnan(result.row_excess[high]));
    EXPECT_EQ(result.violated[0], 50);
    EXPECT_EQ(result.violated_limits[0], 1.0);
    EXPECT_NEAR(result.head_power_quantile[1], 230.0 * current, 1e-6);
}

TEST(CongestionForecast, WithoutUncertaintyEveryValueOfARandomFeederIsThePowerFlows) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
        const Region region = test::mixed_feeder(seed, 0.3);
        const CongestionResult result = forecast(region, {.uncertainty = {0.0, 0.0, 0.5}, .samples = 9});
        test::AcCase ac(region);
        const AcQuantities quantities(region, ac.flow);
        ac.solve();
        for (std::size_t row = 0; row < result.rows.size(); ++row) {
            if (result.rows.branch[row] >= 0 || result.rows.phases[row].size() != 1) continue;
            const AcWatch watch(
                ac.flow, {*quantities.voltage(result.rows.bus[row], test::pick(result.rows.phases[row][0] - 'a'))});
            LaneArray value = watch.values();
            watch.evaluate(ac.inputs, ac.lanes, value);
            EXPECT_NEAR(result.row_mean[row] * result.rows.limit[row], value[0], 1e-10) << seed << " " << row;
            const bool upper = result.rows.kind[row] == RowKind::voltage_max;
            EXPECT_EQ(result.row_violated[row] == 9, (upper ? 1 : -1) * (value[0] - result.rows.limit[row]) > 0);
        }
    }
}

/// Factors of every customer in many samples.
std::vector<std::vector<double>> factors(const Uncertainty& uncertainty, const std::vector<double>& p, int samples) {
    AcInputs inputs;
    for (const double one : p) inputs.p.insert(inputs.p.end(), lane_count, one);
    inputs.q.assign(inputs.p.size(), -250.0);
    InjectionDisturbance disturbance(uncertainty, static_cast<std::int64_t>(p.size()), 7, 3);
    disturbance.set_step(inputs, 2);
    std::vector<std::vector<double>> drawn(p.size());
    for (int first = 0; first < samples; first += lane_count) {
        disturbance.draw(static_cast<std::uint32_t>(first), inputs);
        for (std::size_t c = 0; c < p.size(); ++c)
            for (std::size_t lane = 0; lane < lane_count; ++lane) {
                drawn[c].push_back(inputs.p[c * lane_count + lane] / p[c]);
                EXPECT_DOUBLE_EQ(inputs.q[c * lane_count + lane], -250.0 * drawn[c].back());
            }
    }
    return drawn;
}

double mean_product(const std::vector<double>& a, double a_mean, const std::vector<double>& b, double b_mean) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - a_mean) * (b[i] - b_mean);
    return sum / static_cast<double>(a.size());
}

// Two loads and two generators: variances sigma^2, covariance share sigma^2 within a kind and none between kinds.
TEST(InjectionDisturbance, HasTheMomentsOfItsPage) {
    constexpr int n = 1 << 18;
    const double error = 6 / std::sqrt(n);
    const auto f = factors({.load_sigma = 0.1, .generation_sigma = 0.2, .common_share = 0.3},
                           {-1000.0, -3000.0, 2000.0, 500.0}, n);
    for (std::size_t a = 0; a < 4; ++a) {
        const double sigma_a = a < 2 ? 0.1 : 0.2;
        EXPECT_NEAR(mean_product(f[a], 0, std::vector<double>(f[a].size(), 1.0), 0), 1.0, error * sigma_a);
        for (std::size_t b = a; b < 4; ++b) {
            const double sigma_b = b < 2 ? 0.1 : 0.2, correlation = a == b ? 1.0 : (a < 2) == (b < 2) ? 0.3 : 0.0;
            EXPECT_NEAR(mean_product(f[a], 1, f[b], 1), correlation * sigma_a * sigma_b,
                        error * sigma_a * sigma_b * std::sqrt(2.0));
        }
    }
}

// max(0, 1 + z) has mean Phi(1) + phi(1); it is 0 with probability Phi(-1).
TEST(InjectionDisturbance, ConsumptionNeverTurnsIntoGeneration) {
    constexpr int n = 1 << 18;
    const auto f = factors({.load_sigma = 1.0, .generation_sigma = 1.0, .common_share = 0.5}, {-1000.0, 1000.0}, n);
    for (const std::vector<double>& factor : f) {
        double mean = 0, zeros = 0;
        for (const double one : factor) {
            EXPECT_GE(one, 0.0);
            mean += one / n;
            zeros += one == 0 ? 1.0 / n : 0.0;
        }
        EXPECT_NEAR(mean, normal_cdf(1) + std::exp(-0.5) / std::sqrt(2 * std::numbers::pi), 6 / std::sqrt(n));
        EXPECT_NEAR(zeros, normal_cdf(-1), 3 / std::sqrt(n));
    }
}

TEST(InjectionDisturbance, ACustomerWithoutActivePowerStaysAtItsForecast) {
    AcInputs inputs;
    inputs.p.assign(lane_count, 0.0);
    inputs.q.assign(lane_count, 300.0);
    InjectionDisturbance disturbance({}, 1, 1, 0);
    disturbance.set_step(inputs, 0);
    disturbance.draw(0, inputs);
    for (int lane = 0; lane < lane_count; ++lane) EXPECT_EQ(inputs.q[static_cast<std::size_t>(lane)], 300.0);
}

struct Analytic {
    double forecast, threshold_voltage, sigma;
    RowKind kind;

    /// The voltage falls and rises with the power, so the limit is passed beyond one factor.
    double probability() const { return normal_cdf(-(power_at(threshold_voltage) / forecast - 1) / sigma); }
    Region region() const {
        return kind == RowKind::voltage_min ? one_line(forecast, threshold_voltage, 300.0)
                                            : one_line(forecast, 100.0, threshold_voltage);
    }
};
const Analytic low_voltage{-4000.0, 219.0, 0.25, RowKind::voltage_min};
const Analytic high_voltage{3000.0, 238.0, 0.4, RowKind::voltage_max};

TEST(CongestionForecast, TheProbabilityOfOneLineIsTheNormalDistributions) {
    for (const Analytic& analytic : {low_voltage, high_voltage}) {
        CongestionQuestion question{.samples = 100'000};
        question.uncertainty.load_sigma = question.uncertainty.generation_sigma = analytic.sigma;

        const CongestionResult result = forecast(analytic.region(), question);

        const std::size_t row = row_of(result, analytic.kind);
        const Interval interval = wilson_interval(result.row_violated[row], question.samples);
        EXPECT_LE(interval.lower, analytic.probability());
        EXPECT_GE(interval.upper, analytic.probability());
        EXPECT_GT(analytic.probability(), 0.05) << "the test says something";
        // The median of a monotone function is its value at the median.
        const double median = result.row_quantile[row * 3 + 1] * result.rows.limit[row];
        EXPECT_NEAR(power_at(median) / analytic.forecast, 1.0, 5 * analytic.sigma / std::sqrt(question.samples));
    }
}

// 200 intervals of 95 %: at least 178 hold the true probability but with probability 1e-4 (binomial distribution).
TEST(CongestionForecast, IntervalsHoldTheTruthAsOftenAsTheySay) {
    for (const Analytic& analytic : {low_voltage, high_voltage}) {
        const Region region = analytic.region();
        int held = 0;
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            CongestionQuestion question{.samples = 400, .seed = seed, .quantiles = {}};
            question.uncertainty.load_sigma = question.uncertainty.generation_sigma = analytic.sigma;
            const CongestionResult result = forecast(region, question);
            const Interval interval = wilson_interval(result.row_violated[row_of(result, analytic.kind)], 400);
            held += interval.lower <= analytic.probability() && analytic.probability() <= interval.upper ? 1 : 0;
        }
        EXPECT_GE(held, 178);
        EXPECT_LT(held, 200) << "intervals of 95 % are not that wide";
    }
}

void expect_same(const CongestionResult& a, const CongestionResult& b) {
    EXPECT_EQ(a.row_violated, b.row_violated);
    EXPECT_EQ(a.violated, b.violated);
    EXPECT_TRUE(test::same_bits(a.row_mean, b.row_mean));
    EXPECT_TRUE(test::same_bits(a.row_deviation, b.row_deviation));
    EXPECT_TRUE(test::same_bits(a.row_excess, b.row_excess));
    EXPECT_TRUE(test::same_bits(a.row_quantile, b.row_quantile));
    EXPECT_TRUE(test::same_bits(a.head_power_quantile, b.head_power_quantile));
}

TEST(CongestionForecast, ThreadsDoNotChangeABitAndSeedsDo) {
    const Region region = test::small_region(3);
    const CongestionQuestion question{.samples = 77};

    const CongestionResult one = forecast(region, question, 1);

    expect_same(one, forecast(region, question, 2));
    expect_same(one, forecast(region, question, 5));
    CongestionQuestion other = question;
    other.seed = 2;
    EXPECT_NE(one.row_mean, forecast(region, other).row_mean);
}

// Feeders and steps are equal but for their place: their samples are not.
TEST(CongestionForecast, EveryFeederAndStepHasSamplesOfItsOwn) {
    const Region region = one_line(-4000.0, 219.0, 250.0, 2);
    const CongestionResult steps = forecast(region, {});
    const std::size_t rows = steps.rows.size();
    EXPECT_NE(steps.row_mean[0], steps.row_mean[rows]);

    const CongestionResult feeders = forecast(test::small_region(2), {});
    EXPECT_NE(feeders.head_power_quantile[0], feeders.head_power_quantile[3]);
}

// A tenth of the samples more than what the line can carry: V^2 - 230 V + r |P| = 0 has no answer beyond 26.45 kW.
TEST(CongestionForecast, SamplesWithoutAnAnswerCountAsPassingEveryLimit) {
    const Region region = one_line(-20e3, 100.0, 250.0);
    CongestionQuestion question{.samples = 500};
    question.uncertainty.load_sigma = 0.25;

    const CongestionResult result = forecast(region, question);

    const double beyond = normal_cdf(-(26450.0 / 20e3 - 1) / 0.25);
    EXPECT_NEAR(result.diverged[0], 500 * beyond, 4 * std::sqrt(500 * beyond));
    const std::size_t high = row_of(result, RowKind::voltage_max), branch = row_of(result, RowKind::branch_phase);
    EXPECT_EQ(result.row_violated[high], result.diverged[0]) << "no sample with an answer has a high voltage";
    EXPECT_EQ(result.row_violated[branch], 500);
    EXPECT_EQ(result.violated[0], 500);
    EXPECT_TRUE(std::isfinite(result.row_mean[high]));
    EXPECT_TRUE(std::isnan(result.row_excess[high])) << "samples without an answer have no distance";
}

TEST(CongestionForecast, AFeederWithAFaultIsLeftOutAndTheOthersStay) {
    Region region = test::small_region(2);
    const CongestionResult whole = forecast(region, {.samples = 20});
    const CongestionResult part =
        forecast_congestion(region, region.series.front(), {.samples = 20}, {"broken", ""}, {.threads = 1});

    const std::size_t steps = region.series.front().step_count(), rows = part.rows.size();
    EXPECT_EQ(part.feeder_fault[0], "broken");
    ASSERT_EQ(2 * rows, whole.rows.size());
    for (std::size_t step = 0; step < steps; ++step) {
        EXPECT_EQ(part.status[2 * step], ForecastStatus::invalid_input);
        EXPECT_EQ(part.status[2 * step + 1], ForecastStatus::done);
        EXPECT_TRUE(std::isnan(part.head_power_quantile[2 * step * 3]));
        for (std::size_t row = 0; row < rows; ++row)
            EXPECT_EQ(part.row_mean[step * rows + row], whole.row_mean[step * 2 * rows + rows + row]);
    }
}

TEST(CongestionForecast, OneSampleHasAMeanAndNoDeviation) {
    const CongestionResult result = forecast(one_line(-4000.0, 219.0, 250.0), {.samples = 1});
    EXPECT_TRUE(std::isfinite(result.row_mean[0]));
    EXPECT_TRUE(std::isnan(result.row_deviation[0]));
    EXPECT_EQ(result.row_quantile[0], result.row_quantile[2]);
}

void expect_refused(const CongestionQuestion& question, const std::string& part, std::uint64_t memory = 1 << 30) {
    const Region region = one_line(-4000.0, 219.0, 250.0);
    try {
        forecast_congestion(region, region.series.front(), question, {""}, {.threads = 1, .memory_bytes = memory});
        ADD_FAILURE() << part;
    } catch (const std::invalid_argument& fault) {
        EXPECT_NE(std::string(fault.what()).find(part), std::string::npos) << fault.what();
    }
}

TEST(CongestionForecast, WhatCannotBeAskedIsRefusedInWords) {
    expect_refused({.uncertainty = {.load_sigma = -0.1}}, "load_sigma = -0.1, must be a number, 0 or more");
    expect_refused({.uncertainty = {.generation_sigma = std::nan("")}}, "generation_sigma = nan");
    expect_refused({.uncertainty = {.common_share = 1.1}}, "common_share = 1.1, must lie in [0, 1]");
    expect_refused({.samples = 0}, "samples = 0, must be 1 or more");
    expect_refused({.quantiles = {0.5, 1.5}}, "1.5 does not lie in [0, 1]");
    expect_refused({.quantiles = {0.5, 0.5}}, "does not lie above the one before");
    expect_refused({.samples = 10'000}, "10000 samples of feeder", 100'000);
}

}  // namespace
}  // namespace headroom
