#include "solver/packing/packing_simplex.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "solver/certificate/packing_gap.hpp"
#include "solver/convex/solve.hpp"
#include "tests/support/packing_family.hpp"

namespace headroom {
namespace {

constexpr TieWeight weights[] = {{1e-2, 1e-11}, {1e-4, 1e-11}, {1e-6, 1e-11}};

/// The largest sum of every problem of a plan, ties broken by the sum of squares.
struct Sums {
    Sums(const FillingPlan& plan, const std::vector<std::vector<double>>& room,
         const std::vector<std::vector<double>>& lower, const std::vector<std::vector<double>>& upper, int threads = 1)
        : linear(static_cast<std::size_t>(plan.rows.limit_count), -1.0), quadratic(linear.size(), 1.0) {
        w.assign(room.size(), std::vector<double>(linear.size()));
        price.assign(room.size(), std::vector<double>(static_cast<std::size_t>(plan.rows.row_count())));
        tie_price = price;
        outcome.resize(room.size());
        std::vector<PackingItem> items;
        for (std::size_t k = 0; k < room.size(); ++k) {
            items.push_back({room[k].data(), lower[k].data(), upper[k].data(), linear.data(), nullptr, w[k].data(),
                             price[k].data()});
            tie.push_back({quadratic.data(), tie_price[k].data()});
        }
        PackingSimplex(plan).solve(items, outcome, tie, weights, threads);
    }
    explicit Sums(const PackingFamily& family, int threads = 1)
        : Sums(*family.plan, family.room, family.lower, family.upper, threads) {}

    std::vector<double> linear, quadratic;
    std::vector<std::vector<double>> w, price, tie_price;
    std::vector<PackingOutcome> outcome;
    std::vector<PackingTie> tie;
};

/// One row over two limits of at most 3.
Sums two_limits(double first, double second, double room) {
    PackingRows rows;
    rows.limit_count = 2;
    rows.start = {0, 2};
    rows.column = {0, 1};
    rows.value = {first, second};
    return {FillingPlan(rows), {{room}}, {{0, 0}}, {{3, 3}}};
}

TEST(PackingSimplex, ProvesEveryAnswerOfAChainByItsPrices) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const PackingFamily family(seed, 4 + seed % 17, 10 + 3 * seed, 60);
        const Sums sums(family);
        const std::vector<LimitCost> cost(sums.linear.size(), {.linear = -1});
        for (std::size_t k = 0; k < family.room.size(); ++k) {
            ASSERT_TRUE(sums.outcome[k].solved) << seed << ' ' << k;
            const PackingCertificate found = check_packing(family.plan->rows, family.room[k], family.lower[k],
                                                           family.upper[k], cost, sums.w[k], sums.price[k]);
            EXPECT_LE(found.row_violation, 1e-13) << seed << ' ' << k;
            EXPECT_LE(found.bound_violation, 0) << seed << ' ' << k;
            EXPECT_LE(found.gap_relative(), 1e-11) << seed << ' ' << k;
        }
    }
}

// Sum and squares are separable and convex, so that prices prove the smallest of both together; what is the smallest
// sum too is then, of all that reach it, the one with the smallest squares.
TEST(PackingSimplex, ProvesEveryTieItSettles) {
    int settled = 0, open = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const PackingFamily family(seed, 12, 40, 30);
        const Sums sums(family);
        for (std::size_t k = 0; k < family.room.size(); ++k) {
            const double weight = sums.tie[k].weight;
            ++(weight > 0 ? settled : open);
            if (weight == 0) continue;
            const std::vector<LimitCost> cost(sums.linear.size(), {.linear = -1, .quadratic = weight});
            const PackingCertificate found = check_packing(family.plan->rows, family.room[k], family.lower[k],
                                                           family.upper[k], cost, sums.w[k], sums.tie_price[k]);
            EXPECT_LE(found.gap, 1e-11 * (1 + std::abs(found.objective))) << seed << ' ' << k;
        }
    }
    EXPECT_EQ(open, 0);
    EXPECT_EQ(settled, 600);
}

// 3 for the cheap one and what that leaves for the other: 1 + 2 * 0.5. The price of the row is what the second gains.
TEST(PackingSimplex, SettlesTheTieWhereOneVertexHasTheLargestSum) {
    const Sums sums = two_limits(1, 2, 4);
    EXPECT_DOUBLE_EQ(sums.w[0][0], 3);
    EXPECT_DOUBLE_EQ(sums.w[0][1], 0.5);
    EXPECT_DOUBLE_EQ(sums.price[0][0], 0.5);
    EXPECT_EQ(sums.tie[0].weight, 1e-2);
    EXPECT_DOUBLE_EQ(sums.tie_price[0][0], (1 - 1e-2 * 0.5) / 2);
}

// The first gains one in a thousand more than the second: the squares of weight 1e-2 like (2.0, 2.0) better.
TEST(PackingSimplex, TakesASmallerWeightWhereTheSquaresWouldCostOfTheSum) {
    const Sums sums = two_limits(1, 1.001, 4);
    EXPECT_DOUBLE_EQ(sums.w[0][0], 3);
    EXPECT_DOUBLE_EQ(sums.w[0][1], 1 / 1.001);
    EXPECT_EQ(sums.tie[0].weight, 1e-4);
}

// Of all pairs of sum 4 the smallest squares: (2, 2), where neither end of the edge is.
TEST(PackingSimplex, FindsTheSmallestSquaresOfAnEdge) {
    const Sums sums = two_limits(1, 1, 4);
    EXPECT_NEAR(sums.w[0][0], 2, 1e-12);
    EXPECT_NEAR(sums.w[0][1], 2, 1e-12);
    EXPECT_DOUBLE_EQ(sums.price[0][0], 1);
    EXPECT_EQ(sums.tie[0].weight, 1e-2);
    EXPECT_NEAR(sums.tie_price[0][0], 1 - 1e-2 * 2, 1e-12);
}

// Ten limits of one row: each gets a tenth, but the first may have no more than a half of that.
TEST(PackingSimplex, FindsTheSmallestSquaresOfAWideFace) {
    PackingRows rows;
    rows.limit_count = 10;
    for (std::int32_t c = 0; c < 10; ++c) {
        rows.column.push_back(c);
        rows.value.push_back(1);
    }
    rows.start = {0, 10};
    std::vector<double> upper(10, 9.0);
    upper[0] = 0.5;
    const Sums sums(FillingPlan(rows), {{10}}, {std::vector<double>(10, 0.0)}, {upper});
    EXPECT_DOUBLE_EQ(sums.w[0][0], 0.5);
    for (std::size_t c = 1; c < 10; ++c) EXPECT_NEAR(sums.w[0][c], 9.5 / 9, 1e-9) << c;
    EXPECT_GT(sums.tie[0].weight, 0);
}

TEST(PackingSimplex, GivesTheSameBitsForAnyNumberOfThreads) {
    const PackingFamily family(11, 20, 80, 150);
    const Sums one(family, 1), three(family, 3);
    for (std::size_t k = 0; k < one.w.size(); ++k) {
        EXPECT_EQ(std::memcmp(one.w[k].data(), three.w[k].data(), one.w[k].size() * sizeof(double)), 0) << k;
        EXPECT_EQ(one.tie[k].weight, three.tie[k].weight) << k;
    }
}

TEST(PackingSimplex, FitsWhatIsSmall) {
    PackingRows rows;
    rows.limit_count = 512;
    rows.start.assign(512 + 1, 0);
    EXPECT_TRUE(PackingSimplex::fits(rows));
    rows.start.push_back(0);
    EXPECT_FALSE(PackingSimplex::fits(rows));
}

}  // namespace
}  // namespace headroom
