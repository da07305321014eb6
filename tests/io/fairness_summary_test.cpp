#include "io/report/fairness_summary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace headroom {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
const std::vector<std::int32_t> owner{0, 0, 1};

// Two steps of two feeders: the first with two customers, the second with one. Customer 1 was not asked for imports,
// and the first feeder is unsolved in the second step.
EnvelopeResult two_feeders() {
    EnvelopeResult result;
    result.step_count = 2;
    result.customer_count = 3;
    result.feeder_count = 2;
    result.export_limit = {1000, 2000, 0, nan, nan, 5000};
    result.import_limit = {3000, 9000, 0, nan, nan, 5000};
    result.export_binding_row = {binding::cap, 0, 1, binding::none, binding::none, binding::group_stop};
    result.import_binding_row = {1, binding::not_asked, 1, binding::none, binding::none, 1};
    return result;
}

TEST(FairnessSummary, JainAndTheSmallestLimitAreOverTheLimitsAskedForInBothDirections) {
    const ItemFairness fairness = item_fairness(two_feeders(), owner);

    ASSERT_EQ(fairness.jain.size(), 4U);
    // 1, 2 and 3 kW: 6^2 / (3 (1 + 4 + 9)).
    EXPECT_DOUBLE_EQ(fairness.jain[0], 6.0 / 7.0);
    EXPECT_EQ(fairness.minimum[0], 1000);
    EXPECT_EQ(fairness.sum[0], 6000);
    EXPECT_DOUBLE_EQ(fairness.jain[3], 1.0);
    EXPECT_EQ(fairness.minimum[3], 5000);
}

TEST(FairnessSummary, CountsReactiveLimitsLikeThoseOfActivePower) {
    EnvelopeResult result = two_feeders();
    result.q_inject_limit = {4000, nan, 0, nan, nan, nan};
    result.q_absorb_limit = {500, nan, 0, nan, nan, nan};
    result.q_inject_binding_row = result.q_absorb_binding_row = {0, binding::none, 0, -3, -3, -3};

    const ItemFairness fairness = item_fairness(result, owner);

    EXPECT_EQ(fairness.sum[0], 10'500);
    EXPECT_EQ(fairness.minimum[0], 500);
}

TEST(FairnessSummary, NothingForAllIsEven) {
    const ItemFairness fairness = item_fairness(two_feeders(), owner);

    EXPECT_EQ(fairness.jain[1], 1.0);
    EXPECT_EQ(fairness.minimum[1], 0.0);
}

TEST(FairnessSummary, OneWhoHasEverythingOfFourLeavesAQuarter) {
    EnvelopeResult result = two_feeders();
    result.export_limit = {8000, 0, 0, nan, nan, 5000};
    result.import_limit = {0, 0, 0, nan, nan, 5000};
    result.import_binding_row[1] = 0;

    EXPECT_DOUBLE_EQ(item_fairness(result, owner).jain[0], 0.25);
}

TEST(FairnessSummary, UnsolvedItemsHaveNoNumberAndArePassedOver) {
    const ItemFairness fairness = item_fairness(two_feeders(), owner);
    EXPECT_TRUE(std::isnan(fairness.jain[2]) && std::isnan(fairness.minimum[2]) && std::isnan(fairness.sum[2]));

    const FairnessSummary summary = summarise_fairness(two_feeders(), owner);
    EXPECT_EQ(summary.items, 3);
    EXPECT_DOUBLE_EQ(summary.jain_mean, (6.0 / 7.0 + 1 + 1) / 3);
    EXPECT_DOUBLE_EQ(summary.jain_lowest, 6.0 / 7.0);
    EXPECT_EQ(summary.limit_smallest, 0);
    EXPECT_EQ(summary.priced_items, 0);
    EXPECT_TRUE(std::isnan(summary.price_mean) && std::isnan(summary.price_worst));
}

TEST(FairnessSummary, ThePriceIsTheShareOfTheLargestSumThatIsGivenUp) {
    EnvelopeResult result = two_feeders(), total = two_feeders();
    total.export_limit = {0, 8000, 0, 1000, 1000, nan};
    total.import_limit = {0, 9000, 0, 1000, 1000, nan};

    result.price_of_fairness = price_of_fairness(result, total, owner);

    ASSERT_EQ(result.price_of_fairness.size(), 4U);
    EXPECT_EQ(result.price_of_fairness[0], 0.25) << "6 of 8 kW; what was not asked for does not count";
    EXPECT_EQ(result.price_of_fairness[1], 0.0) << "there is nothing to share";
    EXPECT_TRUE(std::isnan(result.price_of_fairness[2])) << "unsolved";
    EXPECT_TRUE(std::isnan(result.price_of_fairness[3])) << "total is unsolved";
    const FairnessSummary summary = summarise_fairness(result, owner);
    EXPECT_EQ(summary.priced_items, 2);
    EXPECT_EQ(summary.price_mean, 0.125);
    EXPECT_EQ(summary.price_worst, 0.25);
}

TEST(FairnessSummary, WithoutAnyItemThereIsNoNumber) {
    const FairnessSummary summary = summarise_fairness({}, {});

    EXPECT_EQ(summary.items, 0);
    EXPECT_TRUE(std::isnan(summary.jain_mean) && std::isnan(summary.limit_smallest));
}

}  // namespace
}  // namespace headroom
