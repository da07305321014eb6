#include "solver/simplex/dual_simplex.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "solver/reference/dense_interior_point.hpp"
#include "tests/support/random_boxed.hpp"
#include "tests/support/small_convex.hpp"

namespace headroom {
namespace {

using test::random_boxed;
using test::random_boxed_options;
using test::RandomBoxedOptions;
using test::SmallConvex;
using ::testing::ElementsAre;

constexpr double tolerance = 1e-8;

/// Solves and lets the certificates judge.
ConvexAnswer judged(DualSimplex& simplex) {
    simplex.solve();
    ConvexAnswer answer = simplex.answer();
    const ConvexProblem& problem = simplex.problem();
    if (answer.status == ConvexStatus::primal_infeasible) {
        EXPECT_TRUE(check_infeasible(problem, answer.y, answer.z, {}).holds(tolerance));
        return answer;
    }
    EXPECT_EQ(answer.status, ConvexStatus::solved);
    EXPECT_TRUE(answer.certificate.holds(1e-9))
        << answer.certificate.primal_relative() << " " << answer.certificate.dual_relative() << " "
        << answer.certificate.gap_relative();
    return answer;
}

ConvexAnswer judged(const ConvexProblem& problem) {
    DualSimplex simplex(problem);
    return judged(simplex);
}

void expect_same(const ConvexAnswer& a, const ConvexAnswer& b) {
    ASSERT_EQ(a.status, b.status);
    if (a.status != ConvexStatus::solved) return;
    EXPECT_NEAR(a.objective, b.objective, tolerance * (1 + std::abs(b.objective)));
}

// x0 <= 3 stays open, x1 rises to 3, the row leaves 1: c = (-1, -2) = y (1, 1) + z with y = -1, z = (0, -1).
TEST(DualSimplex, SolvesTwoVariablesByHand) {
    const SmallConvex small{.linear = {-1, -2}, .rows = {{1, 1}}, .row_upper = {4}, .lower = {0, 0}, .upper = {3, 3}};
    const auto answer = judged(small.problem());
    EXPECT_THAT(answer.x, ElementsAre(1, 3));
    EXPECT_THAT(answer.y, ElementsAre(-1));
    EXPECT_THAT(answer.z, ElementsAre(0, -1));
    EXPECT_EQ(answer.objective, -7);
}

TEST(DualSimplex, PutsEveryVariableAtItsBoundWithoutRows) {
    const SmallConvex small{.linear = {1, -1, 0}, .lower = {-2, -2, 1}, .upper = {5, 7, 1}};
    const auto answer = judged(small.problem());
    EXPECT_THAT(answer.x, ElementsAre(-2, 7, 1));
    EXPECT_EQ(answer.iterations, 0);
}

// Dearest first: 3 of the second, then 1 of the third; the first is left out at the price 2 of the third.
TEST(DualSimplex, FlipsBoundsInsteadOfPivoting) {
    const SmallConvex small{
        .linear = {-1, -3, -2}, .rows = {{1, 1, 1}}, .row_upper = {4}, .lower = {0, 0, 0}, .upper = {9, 3, 9}};
    const auto answer = judged(small.problem());
    EXPECT_THAT(answer.x, ElementsAre(0, 3, 1));
    EXPECT_THAT(answer.y, ElementsAre(-2));
    EXPECT_EQ(answer.iterations, 1);
}

TEST(DualSimplex, HoldsAnEquationFromEitherSide) {
    const SmallConvex small{.linear = {1, 3},
                            .rows = {{1, 1}, {1, -1}},
                            .row_lower = {2, -1},
                            .row_upper = {2, -1},
                            .lower = {0, 0},
                            .upper = {5, 5}};
    const auto answer = judged(small.problem());
    EXPECT_THAT(answer.x, ElementsAre(0.5, 1.5));
}

TEST(DualSimplex, ProvesThatTooSmallABoxHoldsNothing) {
    const SmallConvex small{.linear = {1, 1}, .rows = {{1, 1}}, .row_lower = {3}, .lower = {0, 0}, .upper = {1, 1}};
    EXPECT_EQ(judged(small.problem()).status, ConvexStatus::primal_infeasible);
}

TEST(DualSimplex, ProvesThatTwoRowsContradictEachOther) {
    const SmallConvex small{.linear = {1, -1},
                            .rows = {{1, 1}, {1, 1}},
                            .row_lower = {3, -no_bound},
                            .row_upper = {no_bound, 2.9},
                            .lower = {0, 0},
                            .upper = {4, 4}};
    EXPECT_EQ(judged(small.problem()).status, ConvexStatus::primal_infeasible);
}

TEST(DualSimplex, CallsCrossedSidesInfeasible) {
    const SmallConvex small{.linear = {1}, .rows = {{1}}, .row_upper = {1}, .lower = {2}, .upper = {1}};
    EXPECT_EQ(judged(small.problem()).status, ConvexStatus::primal_infeasible);
    DualSimplex simplex(small.problem());
    simplex.set_bounds(0, 0, 3);
    EXPECT_THAT(judged(simplex).x, ElementsAre(0));
    simplex.set_row(0, 2, 1);
    EXPECT_EQ(judged(simplex).status, ConvexStatus::primal_infeasible);
}

TEST(DualSimplex, LeavesFreeAndEmptyRowsAlone) {
    const SmallConvex small{.linear = {-1},
                            .rows = {{1}, {0}},
                            .row_lower = {-no_bound, -1},
                            .row_upper = {no_bound, 1},
                            .lower = {0},
                            .upper = {3}};
    EXPECT_THAT(judged(small.problem()).x, ElementsAre(3));
    DualSimplex simplex(small.problem());
    simplex.set_row(1, 1, 2);
    EXPECT_EQ(judged(simplex).status, ConvexStatus::primal_infeasible);
}

// Beale's cycle of the largest coefficient, in a box: optimum -1/20 at x = (1/25, 0, 1, 0).
TEST(DualSimplex, DoesNotCycleOnBealesExample) {
    const SmallConvex small{.linear = {-0.75, 150, -0.02, 6},
                            .rows = {{0.25, -60, -0.04, 9}, {0.5, -90, -0.02, 3}, {0, 0, 1, 0}},
                            .row_upper = {0, 0, 1},
                            .lower = {0, 0, 0, 0},
                            .upper = {100, 100, 100, 100}};
    EXPECT_NEAR(judged(small.problem()).objective, -0.05, 1e-12);
}

// Kuhn's: optimum -2 at (2, 0, 2, 0).
TEST(DualSimplex, DoesNotCycleOnKuhnsExample) {
    const SmallConvex small{.linear = {-2, -3, 1, 12},
                            .rows = {{-2, -9, 1, 9}, {1.0 / 3, 1, -1.0 / 3, -2}, {2, 3, -1, -12}},
                            .row_upper = {0, 0, 2},
                            .lower = {0, 0, 0, 0},
                            .upper = {50, 50, 50, 50}};
    EXPECT_NEAR(judged(small.problem()).objective, -2, 1e-12);
}

// Klee and Minty: all but the last variable end at 0, the last at 5^n.
TEST(DualSimplex, ClimbsTheCubeOfKleeAndMinty) {
    constexpr int n = 8;
    SmallConvex small;
    for (int i = 0; i < n; ++i) {
        std::vector<double> row(n, 0.0);
        for (int j = 0; j < i; ++j) row[static_cast<std::size_t>(j)] = std::pow(2.0, i - j + 1);
        row[static_cast<std::size_t>(i)] = 1;
        small.rows.push_back(row);
        small.row_upper.push_back(std::pow(5.0, i + 1));
        small.linear.push_back(-std::pow(2.0, n - 1 - i));
        small.lower.push_back(0);
        small.upper.push_back(1e6);
    }
    EXPECT_NEAR(judged(small.problem()).objective, -std::pow(5.0, n), 1e-6);
}

/// size x size assignments with costs 0 to 3: every vertex is degenerate, nearly all costs tie.
ConvexProblem assignment(int size, std::uint64_t seed) {
    test::RandomNumbers random(seed);
    SmallConvex small;
    small.rows.assign(static_cast<std::size_t>(2 * size), std::vector<double>(static_cast<std::size_t>(size * size)));
    for (int i = 0; i < size; ++i)
        for (int j = 0; j < size; ++j) {
            small.rows[i][i * size + j] = small.rows[size + j][i * size + j] = 1;
            small.linear.push_back(random.below(4));
        }
    small.row_lower.assign(small.rows.size(), 1);
    small.row_upper = small.row_lower;
    small.lower.assign(small.linear.size(), 0);
    small.upper.assign(small.linear.size(), 1);
    return small.problem();
}

TEST(DualSimplex, EndsWhereEverythingTies) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const auto answer = judged(assignment(15, seed));
        EXPECT_LT(answer.iterations, 2000);
        EXPECT_NEAR(answer.objective, std::round(answer.objective), 1e-9);
    }
}

/// Two thousand seeds in parts that end in time under sanitizers; of each part so many must be infeasible, which are
/// more than 200 in all.
struct Boxes {
    std::uint64_t first_seed;
    int infeasible;
};

class DualSimplexBoxes : public testing::TestWithParam<Boxes> {};

TEST_P(DualSimplexBoxes, AgreeWithTheReference) {
    int infeasible = 0;
    for (std::uint64_t seed = GetParam().first_seed; seed < GetParam().first_seed + 400; ++seed) {
        SCOPED_TRACE(seed);
        const ConvexProblem problem = random_boxed(seed, random_boxed_options(seed, 12, 12));
        const auto answer = judged(problem);
        const auto reference = dense_interior_point<double>(problem, 1e-9);
        if (reference.status == ConvexStatus::solved || reference.status == ConvexStatus::primal_infeasible)
            expect_same(answer, reference);
        infeasible += answer.status == ConvexStatus::primal_infeasible;
        if (HasFailure()) return;
    }
    EXPECT_GE(infeasible, GetParam().infeasible);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DualSimplexBoxes,
                         testing::Values(Boxes{0, 42}, Boxes{400, 34}, Boxes{800, 25}, Boxes{1200, 52},
                                         Boxes{1600, 48}),
                         [](const auto& part) { return fmt::format("From{}", part.param.first_seed); });

TEST(DualSimplex, CertifiesLargerProblemsByItself) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SCOPED_TRACE(seed);
        RandomBoxedOptions options = random_boxed_options(seed, 300, 400);
        options.feasible = true;
        EXPECT_EQ(judged(random_boxed(seed, options)).status, ConvexStatus::solved);
    }
}

void change_something(DualSimplex& simplex, test::RandomNumbers& random, const ConvexProblem& other) {
    const int n = other.structure.variable_count, m = other.structure.row_count();
    const int what = random.below(6);
    if (what == 0)
        simplex.set_costs(other.values.linear);
    else if (what == 4)
        simplex.set_all_bounds(other.values.lower, other.values.upper);
    else if (what == 5)
        simplex.set_rows(other.values.row_lower, other.values.row_upper);
    else if (what == 1)
        simplex.set_cost(random.below(n), random.uniform(-2, 2));
    else if (what == 2) {
        const int j = random.below(n);
        const double lower = random.uniform(-1, 1);
        simplex.set_bounds(j, lower, lower + (random.chance(0.3) ? 0 : random.uniform(0, 2)));
    } else if (m > 0) {
        const int i = random.below(m);
        const double middle = random.uniform(-1, 3), upper = random.chance(0.3) ? middle : middle + 1;
        simplex.set_row(i, random.chance(0.5) ? -no_bound : middle, random.chance(0.2) ? no_bound : upper);
    }
}

TEST(DualSimplex, WarmEqualsColdAfterEveryChange) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const RandomBoxedOptions options = random_boxed_options(seed, 30, 30);
        DualSimplex warm(random_boxed(seed, options));
        const ConvexProblem other = random_boxed(seed + 1000, options);
        test::RandomNumbers random(seed);
        for (int change = 0; change < 20; ++change) {
            SCOPED_TRACE(fmt::format("seed {} change {}", seed, change));
            expect_same(judged(warm), judged(warm.problem()));
            if (HasFailure()) return;
            change_something(warm, random, other);
        }
    }
}

TEST(DualSimplex, CopiesGoOnByThemselves) {
    const ConvexProblem problem = random_boxed(7, {.variables = 20, .rows = 20});
    DualSimplex first(problem);
    first.solve();
    DualSimplex second = first;
    second.set_bounds(0, 0, 0);
    second.solve();
    EXPECT_EQ(first.answer().x, judged(problem).x);
    EXPECT_EQ(second.x()[0], 0);
}

TEST(DualSimplex, GivesTheSameBitsAfterForgettingAsAnew) {
    const ConvexProblem problem = random_boxed(11, {.variables = 40, .rows = 40, .ties = true});
    DualSimplex simplex(problem);
    simplex.solve();
    const auto first = simplex.answer();
    simplex.set_cost(3, 1.5);
    simplex.solve();
    simplex.set_cost(3, problem.values.linear[3]);
    simplex.forget_basis();
    simplex.solve();
    EXPECT_EQ(simplex.answer().x, first.x);
    EXPECT_EQ(simplex.answer().y, first.y);
}

TEST(DualSimplex, ReturnsABoundAtItsIterationLimit) {
    const ConvexProblem problem = random_boxed(5, {.variables = 40, .rows = 40});
    DualSimplex simplex(problem, {.iteration_max = 1});
    EXPECT_EQ(simplex.solve(), ConvexStatus::iteration_limit);
    EXPECT_LE(simplex.answer().certificate.dual_objective, judged(problem).objective + 1e-9);
}

TEST(DualSimplex, RefusesWhatIsNotLinearOrNotBoxed) {
    const SmallConvex open{.linear = {1}, .lower = {0}};
    EXPECT_THROW(DualSimplex{open.problem()}, std::invalid_argument);
    const SmallConvex curved{.linear = {1}, .lower = {0}, .upper = {1}, .quadratic = {{1}}};
    EXPECT_THROW(DualSimplex{curved.problem()}, std::invalid_argument);
    const SmallConvex term{.linear = {1}, .lower = {0}, .upper = {1}, .term = {Term::log}, .weight = {1}};
    EXPECT_THROW(DualSimplex{term.problem()}, std::invalid_argument);
    const SmallConvex cone{.linear = {1, 1, 1}, .lower = {0, 0, 0}, .upper = {1, 1, 1}, .cones = {{0, 1, 2}}};
    EXPECT_THROW(DualSimplex{cone.problem()}, std::invalid_argument);
}

TEST(DualSimplex, RefusesNumbersThatAreNone) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const SmallConvex small{.linear = {1}, .rows = {{1}}, .row_upper = {1}, .lower = {0}, .upper = {1}};
    SmallConvex wrong = small;
    wrong.linear = {nan};
    EXPECT_THROW(DualSimplex{wrong.problem()}, std::invalid_argument);
    DualSimplex simplex(small.problem());
    EXPECT_THROW(simplex.set_cost(0, nan), std::invalid_argument);
    EXPECT_THROW(simplex.set_cost(1, 0), std::invalid_argument);
    EXPECT_THROW(simplex.set_bounds(0, 0, no_bound), std::invalid_argument);
    EXPECT_THROW(simplex.set_row(0, nan, 1), std::invalid_argument);
    EXPECT_THROW(simplex.set_row(-1, 0, 1), std::invalid_argument);
    const std::vector<double> none{nan}, two{0, 0}, zero{0};
    EXPECT_THROW(simplex.set_costs(none), std::invalid_argument);
    EXPECT_THROW(simplex.set_costs(two), std::invalid_argument);
    EXPECT_THROW(simplex.set_all_bounds(zero, none), std::invalid_argument);
    EXPECT_THROW(simplex.set_rows(none, zero), std::invalid_argument);
    EXPECT_THROW((DualSimplex{small.problem(), {.primal_tolerance = 0}}), std::invalid_argument);
    EXPECT_EQ(simplex.solve(), ConvexStatus::solved);
}

}  // namespace
}  // namespace headroom
