#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "solver/statistics/sample_quantiles.hpp"
#include "solver/statistics/wilson_interval.hpp"

namespace headroom {
namespace {

const std::vector<double> levels{0, 0.001, 0.05, 0.25, 0.5, 0.95, 0.999, 1};

void expect_quantiles(std::vector<double> sample) {
    SampleQuantiles quantiles(levels);
    std::vector<double> found(levels.size());
    quantiles.evaluate(sample, found);
    std::sort(sample.begin(), sample.end());
    for (std::size_t k = 0; k < levels.size(); ++k) {
        const double h = levels[k] * static_cast<double>(sample.size() - 1);
        const auto below = static_cast<std::size_t>(std::floor(h));
        const std::size_t above = std::min(below + 1, sample.size() - 1);
        EXPECT_EQ(found[k], sample[below] + (h - std::floor(h)) * (sample[above] - sample[below]))
            << levels[k] << " of " << sample.size();
    }
}

TEST(SampleQuantiles, AreThoseOfTheSortedSample) {
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal(230, 4);
    for (const int count : {1, 2, 3, 31, 32, 33, 100, 1000, 1024, 5000}) {
        std::vector<double> sample(count);
        for (double& value : sample) value = normal(random);
        expect_quantiles(sample);
    }
}

TEST(SampleQuantiles, TiesAndOutliersDoNotMatter) {
    std::vector<double> ties(1000, 5.0), outlier(1000), steps(1000);
    for (std::size_t i = 0; i < 1000; ++i)
        outlier[i] = 1.0 + static_cast<double>(i % 37), steps[i] = static_cast<double>(i % 3);
    outlier[500] = 1e300;
    outlier[501] = -1e300;
    expect_quantiles(ties);
    expect_quantiles(outlier);
    expect_quantiles(steps);
    ties[7] = std::nextafter(5.0, 6.0);
    expect_quantiles(ties);
    ties.assign(1000, 0.0);
    ties[7] = 5e-324;
    expect_quantiles(ties);
}

// By hand: of (1, 2, 3, 4) the median is 2.5, the lower quartile 1.75.
TEST(SampleQuantiles, LieBetweenTwoValues) {
    SampleQuantiles quantiles({0.25, 0.5});
    std::vector<double> found(2);
    quantiles.evaluate(std::vector<double>{4, 2, 1, 3}, found);
    EXPECT_EQ(found[0], 1.75);
    EXPECT_EQ(found[1], 2.5);
    quantiles.evaluate({}, found);
    EXPECT_TRUE(std::isnan(found[0]));
}

// R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3.
TEST(WilsonInterval, GivesPublishedIntervals) {
    const auto expect = [](int successes, int trials, double lower, double upper) {
        const Interval interval = wilson_interval(successes, trials);
        EXPECT_NEAR(interval.lower, lower, 5e-5);
        EXPECT_NEAR(interval.upper, upper, 5e-5);
    };
    expect(81, 263, 0.2553, 0.3662);
    expect(15, 148, 0.0624, 0.1605);
    expect(0, 20, 0, 0.1611);
    expect(1, 29, 0.0061, 0.1718);
    expect(20, 20, 1 - 0.1611, 1);
}

TEST(WilsonInterval, EndsAreExactWhereNothingOrEverythingSucceeds) {
    for (const int n : {1, 7, 1000}) {
        EXPECT_EQ(wilson_interval(0, n).lower, 0.0);
        EXPECT_EQ(wilson_interval(n, n).upper, 1.0);
        EXPECT_GT(wilson_interval(0, n).upper, 0.0);
        EXPECT_LT(wilson_interval(n, n).lower, 1.0);
    }
}

}  // namespace
}  // namespace headroom
