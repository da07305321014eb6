#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "solver/reference/dense_interior_point.hpp"
#include "tests/support/random_convex.hpp"
#include "tests/support/small_convex.hpp"

namespace headroom {
namespace {

using test::RandomConvexKind;
using test::RandomConvexOptions;
using test::SmallConvex;

void expect_near(const std::vector<double>& numbers, const std::vector<double>& expected, double tolerance) {
    ASSERT_EQ(numbers.size(), expected.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_NEAR(numbers[i], expected[i], tolerance) << i;
}

template <typename Scalar> void expect_solved_by_hand(double tolerance) {
    for (const auto& solved : test::solved_convex_problems()) {
        SCOPED_TRACE(solved.name);
        const auto answer = dense_interior_point<Scalar>(solved.problem, tolerance);
        EXPECT_EQ(answer.status, ConvexStatus::solved);
        EXPECT_NEAR(answer.objective, solved.objective, 10 * tolerance);
        expect_near(answer.x, solved.x, std::sqrt(tolerance));
        expect_near(answer.y, solved.y, std::sqrt(tolerance));
        expect_near(answer.z, solved.z, std::sqrt(tolerance));
        expect_near(answer.cone_z, solved.cone_z, std::sqrt(tolerance));
    }
}

TEST(DenseReference, SolvesWhatWasSolvedByHand) { expect_solved_by_hand<double>(1e-11); }

TEST(DenseReference, SolvesItInLongDoubleToTheDigitsOfADouble) { expect_solved_by_hand<long double>(1e-15); }

TEST(DenseReference, ProvesThatTooSmallABoxHoldsNothing) {
    const SmallConvex small{.linear = {1, 1}, .rows = {{1, 1}}, .row_lower = {3}, .lower = {0, 0}, .upper = {1, 1}};

    const auto answer = dense_interior_point<double>(small.problem(), 1e-10);

    EXPECT_EQ(answer.status, ConvexStatus::primal_infeasible);
    EXPECT_TRUE(check_infeasible(small.problem(), answer.y, answer.z, answer.cone_z).holds(1e-8));
}

TEST(DenseReference, FindsARayWithoutEnd) {
    const SmallConvex small{.linear = {-1, 0}, .rows = {{1, -1}}, .row_upper = {1}, .lower = {0, 0}};

    const auto answer = dense_interior_point<double>(small.problem(), 1e-10);

    EXPECT_EQ(answer.status, ConvexStatus::unbounded);
    EXPECT_TRUE(check_unbounded(small.problem(), answer.x).holds(1e-8));
}

// Log x falls for ever, ever more slowly: no direction proves it.
TEST(DenseReference, SaysNothingWhereNothingCanBeProved) {
    const SmallConvex small{.linear = {0}, .term = {Term::log}, .weight = {1}};

    const auto status = dense_interior_point<double>(small.problem(), 1e-10).status;

    EXPECT_TRUE(status == ConvexStatus::stalled || status == ConvexStatus::iteration_limit);
}

TEST(DenseReference, RefusesAMalformedProblem) {
    ConvexProblem problem = SmallConvex{.linear = {0}}.problem();
    problem.values.linear[0] = std::nan("");

    EXPECT_THROW(dense_interior_point<double>(problem, 1e-10), std::invalid_argument);
}

/// How many of `count` random problems of up to 14 variables the reference answers as it should.
template <typename Scalar>
int right_answers(RandomConvexKind kind, std::uint64_t count, double tolerance, bool badly_scaled = false) {
    int right = 0;
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        RandomConvexOptions options = test::random_convex_options(seed, kind, 14);
        options.badly_scaled = badly_scaled;
        const auto random = test::random_convex(seed, options);
        const auto answer = dense_interior_point<Scalar>(random.problem, tolerance);
        if (answer.status == ConvexStatus::stalled || answer.status == ConvexStatus::iteration_limit) continue;
        ++right;
        if (kind == RandomConvexKind::infeasible) {
            EXPECT_EQ(answer.status, ConvexStatus::primal_infeasible) << seed;
        } else if (kind == RandomConvexKind::unbounded) {
            EXPECT_EQ(answer.status, ConvexStatus::unbounded) << seed;
        } else {
            const auto known = check_kkt(random.problem, random.x, random.y, random.z, random.cone_z);
            const double slack = 10 * tolerance * (1 + std::abs(known.objective));
            EXPECT_EQ(answer.status, ConvexStatus::solved) << seed;
            EXPECT_LE(answer.objective, known.objective + slack) << seed;
            EXPECT_GE(answer.objective, known.dual_objective - slack) << seed;
        }
    }
    return right;
}

TEST(DenseReference, SolvesRandomProblems) {
    EXPECT_EQ(right_answers<double>(RandomConvexKind::feasible, 400, 1e-10), 400);
}

TEST(DenseReference, SolvesRandomProblemsInLongDoubleToTheDigitsOfADouble) {
    EXPECT_EQ(right_answers<long double>(RandomConvexKind::feasible, 100, 1e-14), 100);
}

TEST(DenseReference, SolvesDegenerateProblems) {
    EXPECT_EQ(right_answers<double>(RandomConvexKind::degenerate, 400, 1e-9), 400);
}

TEST(DenseReference, ProvesRandomInfeasibility) {
    EXPECT_EQ(right_answers<double>(RandomConvexKind::infeasible, 100, 1e-10), 100);
}

TEST(DenseReference, FindsRandomRaysWithoutEnd) {
    EXPECT_EQ(right_answers<double>(RandomConvexKind::unbounded, 100, 1e-10), 100);
}

// The reference may give up on entries of sizes 1e-8 to 1e8; what it says has to be true.
TEST(DenseReference, SaysNothingWrongOfBadlyScaledProblems) {
    EXPECT_GE(right_answers<double>(RandomConvexKind::feasible, 200, 1e-8, true), 190);
    EXPECT_GE(right_answers<double>(RandomConvexKind::degenerate, 200, 1e-8, true), 180);
    EXPECT_GE(right_answers<double>(RandomConvexKind::infeasible, 50, 1e-8, true), 48);
    EXPECT_GE(right_answers<double>(RandomConvexKind::unbounded, 50, 1e-8, true), 48);
}

}  // namespace
}  // namespace headroom
