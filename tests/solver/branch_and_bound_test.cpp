#include "solver/integer/branch_and_bound.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <cmath>
#include <stdexcept>

#include "tests/support/integer_by_enumeration.hpp"
#include "tests/support/random_boxed.hpp"
#include "tests/support/small_convex.hpp"

namespace headroom {
namespace {

using test::by_enumeration;
using test::first;
using test::fixed_at;
using test::random_boxed;
using test::RandomBoxedOptions;
using test::RandomNumbers;
using test::SmallConvex;
using ::testing::ElementsAre;

void expect_point_holds(const ConvexProblem& problem, const std::vector<int>& integer, const IntegerAnswer& answer) {
    ASSERT_TRUE(answer.has_point);
    for (const int j : integer) EXPECT_EQ(answer.x[j], std::round(answer.x[j]));
    const auto certificate = check_kkt(fixed_at(problem, integer, answer.x), answer.x, answer.y, answer.z, {});
    EXPECT_TRUE(certificate.holds(1e-9)) << certificate.primal_relative() << " " << certificate.dual_relative();
    EXPECT_NEAR(certificate.objective, answer.objective, 1e-9 * (1 + std::abs(answer.objective)));
    EXPECT_LE(answer.bound, answer.objective);
}

// Weights 5, 4, 3 in 7 with values 10, 7, 6: the last two make 13; the first one fills more than its worth.
TEST(BranchAndBound, FillsAKnapsackByHand) {
    const SmallConvex small{
        .linear = {-10, -7, -6}, .rows = {{5, 4, 3}}, .row_upper = {7}, .lower = {0, 0, 0}, .upper = {1, 1, 1}};
    const auto answer = branch_and_bound(small.problem(), first(3));
    EXPECT_EQ(answer.status, IntegerStatus::optimal);
    EXPECT_THAT(answer.x, ElementsAre(0, 1, 1));
    EXPECT_EQ(answer.objective, -13);
    EXPECT_NEAR(answer.bound, -13, 1e-7);
}

// 2 x0 + 2 x1 = 3 has no integer solution though its relaxation has many.
TEST(BranchAndBound, ProvesThatParityForbidsAll) {
    const SmallConvex small{
        .linear = {1, 1}, .rows = {{2, 2}}, .row_lower = {3}, .row_upper = {3}, .lower = {0, 0}, .upper = {1, 1}};
    const auto answer = branch_and_bound(small.problem(), first(2));
    EXPECT_EQ(answer.status, IntegerStatus::infeasible);
    EXPECT_FALSE(answer.has_point);
    EXPECT_EQ(answer.bound, no_bound);
}

// Of exclusive offers 3, 4 and 5 the last; bounds of integers count inwards: x3 in [-0.5, 2.5] is one of 0, 1, 2.
TEST(BranchAndBound, TakesOneOfWhatExcludesEachOther) {
    const SmallConvex small{.linear = {-3, -4, -5, -1},
                            .rows = {{1, 1, 1, 0}},
                            .row_upper = {1},
                            .lower = {0, 0, 0, -0.5},
                            .upper = {1, 1, 1, 2.5}};
    const auto answer = branch_and_bound(small.problem(), first(4));
    EXPECT_THAT(answer.x, ElementsAre(0, 0, 1, 2));
}

// All of nothing: a block of 3 at -2 each or single units up to 2.5 at -1.9; room 4: block and one unit.
TEST(BranchAndBound, ReturnsMultipliersOfTheProgramWithIntegersFixed) {
    const SmallConvex small{
        .linear = {-6, -1.9}, .rows = {{3, 1}}, .row_upper = {4}, .lower = {0, 0}, .upper = {1, 2.5}};
    const auto answer = branch_and_bound(small.problem(), {0});
    EXPECT_THAT(answer.x, ElementsAre(1, 1));
    EXPECT_THAT(answer.y, ElementsAre(-1.9));
}

TEST(BranchAndBound, AgreesWithEnumerationOnThousandsOfBinaryProblems) {
    int infeasible = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        SCOPED_TRACE(seed);
        RandomBoxedOptions options = test::random_boxed_options(seed, 8, 8);
        options.binary_share = 1;
        options.fixed_share = 0;
        options.equation_share /= 4;
        const ConvexProblem problem = random_boxed(seed, options);
        const std::vector<int> integer = first(1 + static_cast<int>(seed) % options.variables);
        const auto answer = branch_and_bound(problem, integer);
        const double expected = by_enumeration(problem, integer);
        infeasible += expected == no_bound;
        ASSERT_EQ(answer.status, expected == no_bound ? IntegerStatus::infeasible : IntegerStatus::optimal);
        if (expected == no_bound) continue;
        EXPECT_NEAR(answer.objective, expected, 1e-8 * (1 + std::abs(expected)));
        expect_point_holds(problem, integer, answer);
    }
    EXPECT_GT(infeasible, 100);
}

TEST(BranchAndBound, AgreesWithEnumerationOnWiderIntegers) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        RandomBoxedOptions options = test::random_boxed_options(seed, 6, 6);
        options.ties = true;
        const ConvexProblem problem = random_boxed(seed, options);
        const std::vector<int> integer = first((options.variables + 1) / 2);
        const auto answer = branch_and_bound(problem, integer);
        const double expected = by_enumeration(problem, integer);
        ASSERT_EQ(answer.status, expected == no_bound ? IntegerStatus::infeasible : IntegerStatus::optimal);
        if (expected == no_bound) continue;
        EXPECT_NEAR(answer.objective, expected, 1e-8 * (1 + std::abs(expected)));
        expect_point_holds(problem, integer, answer);
    }
}

/// Knapsacks that all share: many near ties, no small tree.
ConvexProblem hard_knapsacks(std::uint64_t seed) {
    return random_boxed(seed, {.variables = 40, .rows = 6, .density = 1, .binary_share = 1});
}

TEST(BranchAndBound, NeverClaimsMoreThanItHasProvenAtItsNodeLimit) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const ConvexProblem problem = hard_knapsacks(seed);
        const auto whole = branch_and_bound(problem, first(40));
        ASSERT_EQ(whole.status, IntegerStatus::optimal);
        const auto cut = branch_and_bound(problem, first(40), {.node_max = 3});
        EXPECT_LE(cut.nodes, 3);
        EXPECT_EQ(cut.status, whole.nodes > 3 ? IntegerStatus::node_limit : IntegerStatus::optimal);
        EXPECT_LE(cut.bound, whole.objective + 1e-9);
        if (cut.has_point) expect_point_holds(problem, first(40), cut);
        EXPECT_GE(cut.objective, whole.objective - 1e-9 * std::abs(whole.objective));
    }
}

TEST(BranchAndBound, StaysInsideTheGapThatWasAskedFor) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const ConvexProblem problem = hard_knapsacks(seed);
        const auto exact = branch_and_bound(problem, first(40));
        const auto rough = branch_and_bound(problem, first(40), {.gap_relative = 0.02});
        EXPECT_EQ(rough.status, IntegerStatus::optimal);
        EXPECT_LE(rough.nodes, exact.nodes);
        EXPECT_LE(rough.objective - rough.bound, 0.02 * std::abs(rough.objective) * (1 + 1e-12));
        EXPECT_LE(rough.bound, exact.objective + 1e-9);
    }
}

TEST(BranchAndBound, EndsWithoutAnyGapAllowed) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const ConvexProblem problem = hard_knapsacks(seed);
        const auto exact = branch_and_bound(problem, first(40), {.gap_relative = 0, .gap_absolute = 0});
        EXPECT_EQ(exact.status, IntegerStatus::optimal);
        EXPECT_NEAR(exact.objective, branch_and_bound(problem, first(40)).objective, 1e-7);
    }
}

TEST(BranchAndBound, GivesTheSameBitsTwice) {
    const ConvexProblem problem = hard_knapsacks(3);
    const auto a = branch_and_bound(problem, first(40)), b = branch_and_bound(problem, first(40));
    EXPECT_EQ(a.x, b.x);
    EXPECT_EQ(a.y, b.y);
    EXPECT_EQ(a.nodes, b.nodes);
    EXPECT_EQ(a.bound, b.bound);
}

TEST(BranchAndBound, IsALinearProgramWithoutIntegers) {
    const ConvexProblem problem = random_boxed(4, {.variables = 20, .rows = 20});
    DualSimplex simplex(problem);
    simplex.solve();
    const auto answer = branch_and_bound(problem, {});
    EXPECT_EQ(answer.status, IntegerStatus::optimal);
    EXPECT_EQ(answer.objective, simplex.objective());
    EXPECT_EQ(answer.nodes, 1);
}

TEST(BranchAndBound, RefusesIntegersThatAreNoneOrNamedTwice) {
    const ConvexProblem problem = random_boxed(4, {.variables = 2, .rows = 1});
    EXPECT_THROW(branch_and_bound(problem, {2}), std::invalid_argument);
    EXPECT_THROW(branch_and_bound(problem, {-1}), std::invalid_argument);
    EXPECT_THROW(branch_and_bound(problem, {1, 1}), std::invalid_argument);
    EXPECT_THROW(branch_and_bound(problem, {0}, {.node_max = 0}), std::invalid_argument);
    EXPECT_THROW(branch_and_bound(problem, {0}, {.gap_relative = -1}), std::invalid_argument);
}

}  // namespace
}  // namespace headroom
