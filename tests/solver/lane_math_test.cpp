#include <gtest/gtest.h>

#include <cmath>

// The kernels' arithmetic as plain C++ sees it: one instruction set, one and eight lanes.
#define HEADROOM_SIMD_NAMESPACE lane_math_test
#include "solver/lanes/lane_math.hpp"

namespace headroom::lane_math_test {
namespace {

double units_apart(double value, double expected) {
    return std::abs(value - expected) / (std::nextafter(std::abs(expected), INFINITY) - std::abs(expected));
}

TEST(LaneMath, LogarithmIsWithinTwoUnitsOfTheLibrarys) {
    for (double x = 1e-300; x < 1e300; x *= 1.0173)
        ASSERT_LE(units_apart(logarithm(spread<1>(x)).part[0], std::log(x)), 2) << x;
    for (double x = 0.5; x < 2; x += 0.00037)
        ASSERT_NEAR(logarithm(spread<1>(x)).part[0], std::log(x), 2e-16 * (std::abs(std::log(x)) + 1)) << x;
    EXPECT_EQ(logarithm(spread<1>(1.0)).part[0], 0.0);
}

TEST(LaneMath, ExponentialIsWithinAFewUnitsOfTheLibrarys) {
    for (double x = -690; x < 690; x += 0.0931)
        ASSERT_LE(units_apart(exponential(spread<1>(x)).part[0], std::exp(x)), 2 + std::abs(x)) << x;
    EXPECT_EQ(exponential(spread<1>(0.0)).part[0], 1.0);
}

TEST(LaneMath, SineAndCosineAreWithinTwoUnitsOfTheLibrarys) {
    for (double x = 1e-12; x <= 0.7853981633974483; x += 0.000137) {
        const auto [sine, cosine] = sine_cosine(spread<1>(x));
        ASSERT_LE(units_apart(sine.part[0], std::sin(x)), 2) << x;
        ASSERT_LE(units_apart(cosine.part[0], std::cos(x)), 2) << x;
    }
    EXPECT_EQ(sine_cosine(spread<1>(0.0)).sine.part[0], 0.0);
    EXPECT_EQ(sine_cosine(spread<1>(0.0)).cosine.part[0], 1.0);
}

TEST(LaneMath, LanesDoNotKnowHowManyTheyAre) {
    alignas(64) double x[8] = {0.3, 1.0, 2.5, 1e-9, 7e12, 0.7071, 1.4143, 3.0};
    alignas(64) double log[8], power[8];
    store(log, logarithm(load<8>(x)));
    store(power, exponential(spread<8>(-1.5) * load<8>(log)));
    for (int lane = 0; lane < 8; ++lane) {
        EXPECT_EQ(log[lane], logarithm(spread<1>(x[lane])).part[0]);
        EXPECT_EQ(power[lane], exponential(spread<1>(-1.5) * logarithm(spread<1>(x[lane]))).part[0]);
        EXPECT_NEAR(power[lane] / std::pow(x[lane], -1.5), 1.0, 1e-14);
    }
}

}  // namespace
}  // namespace headroom::lane_math_test
