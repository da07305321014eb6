// Ways to share one network, on the golden case.

#include "formulations/market/comparison.hpp"

#include <gtest/gtest.h>

#include "tests/support/market_case.hpp"

namespace headroom::test {
namespace {

TEST(MarketComparison, GivesTheCurtailmentOfTheGoldenCase) {
    Region region = exchange_of_upper_limits();
    constexpr double available_kw[] = {3, 2, 4, 9, 9, 1, 8, 2};
    for (std::size_t c = 0; c < 8; ++c) region.series[0].p_forecast[c] = 1e3 * available_kw[c];
    ClearingQuestion question;
    question.envelope = {.flow = FlowModel::dc, .contain = Contain::zero};
    const EnvelopeResult envelopes = allocate(region, region.series[0], question.envelope, {""}, {.threads = 1});

    const MarketComparison ways = compare_ways(region, region.series[0], question, envelopes, {""}, {.threads = 1});

    const auto of = [&](SharingWay way) { return ways.measures[static_cast<std::size_t>(way)]; };
    EXPECT_NEAR(ways.static_limit_kw, 4, 1e-9);
    EXPECT_NEAR(of(SharingWay::static_limits).curtailed_kwh, 14, 1e-9);
    EXPECT_NEAR(of(SharingWay::envelopes).curtailed_kwh, 11, 1e-9);
    EXPECT_NEAR(of(SharingWay::continuous).curtailed_kwh, 4, 1e-9);
    EXPECT_NEAR(of(SharingWay::central).curtailed_kwh, 3, 1e-9);
    EXPECT_NEAR(of(SharingWay::continuous).welfare, 0.255, 1e-12);
    EXPECT_NEAR(of(SharingWay::auction).welfare, 0.270, 1e-12);
    EXPECT_NEAR(of(SharingWay::continuous).traded_kwh, 7, 1e-9);
    EXPECT_NEAR(of(SharingWay::static_limits).jain_sum, 1, 1e-12);
    EXPECT_LE(of(SharingWay::central).fullest_row_max, 1 + 1e-9);
}

}  // namespace
}  // namespace headroom::test
