#include "solver/certificate/check_kkt.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/random_convex.hpp"
#include "tests/support/small_convex.hpp"

namespace headroom {
namespace {

using test::RandomConvexKind;
using test::SmallConvex;
using test::SolvedConvex;

KktCertificate check(const SolvedConvex& solved) {
    return check_kkt(solved.problem, solved.x, solved.y, solved.z, solved.cone_z);
}

/// Calls try_with() once for every number of the answer, with that number changed by `change`.
template <typename Change, typename TryWith>
void with_each_number(const SolvedConvex& solved, Change change, TryWith try_with) {
    for (auto part : {&SolvedConvex::x, &SolvedConvex::y, &SolvedConvex::z, &SolvedConvex::cone_z})
        for (std::size_t i = 0; i < (solved.*part).size(); ++i) {
            SolvedConvex changed = solved;
            change((changed.*part)[i]);
            SCOPED_TRACE(solved.name);
            try_with(changed);
        }
}

TEST(CheckKkt, AcceptsWhatWasSolvedByHand) {
    for (const auto& solved : test::solved_convex_problems()) {
        const auto certificate = check(solved);

        EXPECT_TRUE(certificate.holds(1e-15)) << solved.name;
        EXPECT_NEAR(certificate.objective, solved.objective, 1e-14) << solved.name;
        EXPECT_NEAR(certificate.dual_objective, solved.objective, 1e-14) << solved.name;
    }
}

TEST(CheckKkt, RejectsAnAnswerWithAnyNumberALittleOff) {
    for (const auto& solved : test::solved_convex_problems())
        for (const double off : {1e-3, -1e-3})
            with_each_number(
                solved, [&](double& number) { number += off; },
                [](const SolvedConvex& changed) { EXPECT_FALSE(check(changed).holds(1e-8)); });
}

TEST(CheckKkt, RejectsAnAnswerWithAnyNumberMissingOrInfinite) {
    const double infinity = std::numeric_limits<double>::infinity();
    for (const auto& solved : test::solved_convex_problems())
        for (const double wrong : {std::nan(""), infinity, -infinity})
            with_each_number(
                solved, [&](double& number) { number = wrong; },
                [](const SolvedConvex& changed) { EXPECT_FALSE(check(changed).holds(1e9)); });
}

// x = (1, 4): the row is at 5, above 4; x1 is at 4, above 3. Largest term in sight: the row's value 5.
TEST(CheckKkt, ThePrimalResidualIsTheLargestViolation) {
    SolvedConvex solved = test::solved_convex_problems().front();
    solved.x = {1, 4};

    const auto certificate = check(solved);

    EXPECT_EQ(certificate.primal_residual, 1);
    EXPECT_EQ(certificate.primal_scale, 5);
    EXPECT_DOUBLE_EQ(certificate.primal_relative(), 1.0 / 6);
}

// Beside x0's gradient of 1 stand y = 0.25, z = 0.5: 0.25 is left. The row's bound 4 counts 0.25 times, x0's lower
// bound 0 nothing: the dual objective is 1, the primal 5.
TEST(CheckKkt, ResidualsAndObjectivesAreThoseOfTheDefinition) {
    const auto problem = SmallConvex{.linear = {1}, .rows = {{1}}, .row_lower = {4}, .lower = {0}}.problem();

    const auto certificate = check_kkt(problem, std::vector{5.0}, std::vector{0.25}, std::vector{0.5}, {});

    EXPECT_EQ(certificate.dual_residual, 0.25);
    EXPECT_EQ(certificate.dual_scale, 1);
    EXPECT_EQ(certificate.objective, 5);
    EXPECT_EQ(certificate.dual_objective, 1);
    EXPECT_EQ(certificate.gap, 4);
    EXPECT_DOUBLE_EQ(certificate.gap_relative(), 4.0 / 6);
}

// Stationarity holds with y = 1 and with z = 1, but neither has a lower bound to point to.
TEST(CheckKkt, AMultiplierOfASideThatDoesNotExistIsADualResidual) {
    const auto problem = SmallConvex{.linear = {1}, .rows = {{1}}, .row_upper = {4}, .upper = {4}}.problem();

    EXPECT_EQ(check_kkt(problem, std::vector{4.0}, std::vector{1.0}, std::vector{0.0}, {}).dual_residual, 1);
    EXPECT_EQ(check_kkt(problem, std::vector{4.0}, std::vector{0.0}, std::vector{1.0}, {}).dual_residual, 1);
}

TEST(CheckKkt, AConeMultiplierOutsideItsConeIsADualResidual) {
    const auto problem = SmallConvex{.linear = {1, 3, 4}, .cones = {{0, 1, 2}}}.problem();

    const auto certificate =
        check_kkt(problem, std::vector{0.0, 0.0, 0.0}, {}, std::vector{0.0, 0.0, 0.0}, std::vector{1.0, 3.0, 4.0});

    EXPECT_EQ(certificate.dual_residual, 4);
}

// 1/x is as smooth below 0 as above, and its slope fits: nothing but the domain says no.
TEST(CheckKkt, APointOutsideTheDomainOfATermIsNoAnswer) {
    const SmallConvex small{.linear = {1}, .term = {Term::power}, .exponent = {2}, .weight = {1}};

    EXPECT_TRUE(check_kkt(small.problem(), std::vector{1.0}, {}, std::vector{0.0}, {}).holds(1e-15));
    EXPECT_FALSE(check_kkt(small.problem(), std::vector{-1.0}, {}, std::vector{0.0}, {}).holds(1e9));
    EXPECT_FALSE(check_kkt(small.problem(), std::vector{0.0}, {}, std::vector{0.0}, {}).holds(1e9));
}

TEST(CheckKkt, ATermOfWeightZeroAsksForNothing) {
    const SmallConvex small{.linear = {0}, .term = {Term::log}, .weight = {0}};

    EXPECT_TRUE(check_kkt(small.problem(), std::vector{-1.0}, {}, std::vector{0.0}, {}).holds(0));
}

// x0 + x1 >= 3 with both at most 1: 1 is missing.
struct TooSmallABox {
    ConvexProblem problem =
        SmallConvex{.linear = {0, 0}, .rows = {{1, 1}}, .row_lower = {3}, .upper = {1, 1}}.problem();
    std::vector<double> y{1}, z{-1, -1};
    InfeasibilityCertificate check() const { return check_infeasible(problem, y, z, {}); }
};

TEST(CheckInfeasible, AcceptsMultipliersThatAddUpToAContradiction) {
    const auto certificate = TooSmallABox{}.check();

    EXPECT_EQ(certificate.bound, 1);
    EXPECT_EQ(certificate.residual, 0);
    EXPECT_TRUE(certificate.holds(0));
}

TEST(CheckInfeasible, DoesNotDependOnTheLengthOfTheMultipliers) {
    TooSmallABox box;
    box.y = {1024};
    box.z = {-1024, -1024};

    EXPECT_EQ(box.check().bound, 1);
}

TEST(CheckInfeasible, RejectsMultipliersThatAreOff) {
    for (const double off : {1e-3, -1e-3, std::nan("")})
        for (int which = 0; which < 3; ++which) {
            TooSmallABox box;
            (which == 0 ? box.y[0] : box.z[which - 1]) += off;
            EXPECT_FALSE(box.check().holds(1e-4)) << which << " " << off;
        }
}

TEST(CheckInfeasible, RejectsTheProofWhereAPointFits) {
    TooSmallABox box;
    box.problem.values.row_lower = {2};
    EXPECT_FALSE(box.check().holds(1));
    box.y = {-1};
    box.z = {1, 1};
    EXPECT_FALSE(box.check().holds(1)) << "these point to sides that do not exist";
    box.y = {0};
    box.z = {0, 0};
    EXPECT_FALSE(box.check().holds(1)) << "nothing proves nothing";
}

// 0.1 + 0.2 is above 0.3 by a rounding error.
TEST(CheckInfeasible, ASumThatRoundingExplainsIsNoProof) {
    const auto problem = SmallConvex{.linear = {0}, .rows = {{1}}, .row_lower = {0.1 + 0.2}, .upper = {0.3}}.problem();

    EXPECT_EQ(check_infeasible(problem, std::vector{1.0}, std::vector{-1.0}, {}).bound, 0);
}

TEST(CheckInfeasible, CrossedBoundsAreTheirOwnProof) {
    const auto variable = SmallConvex{.linear = {0}, .lower = {2}, .upper = {1.5}}.problem();
    const auto row = SmallConvex{.linear = {0}, .rows = {{1}}, .row_lower = {2}, .row_upper = {1.5}}.problem();

    EXPECT_EQ(check_infeasible(variable, {}, std::vector{0.0}, {}).bound, 0.5);
    EXPECT_EQ(check_infeasible(row, std::vector{0.0}, std::vector{0.0}, {}).bound, 0.5);
}

// x <= -1 by a row, while log x needs x > 0.
TEST(CheckInfeasible, TheDomainOfATermIsALowerBound) {
    SmallConvex small{.linear = {0}, .rows = {{1}}, .row_upper = {-1}, .term = {Term::log}, .weight = {1}};
    EXPECT_TRUE(check_infeasible(small.problem(), std::vector{-1.0}, std::vector{1.0}, {}).holds(0));

    small.weight = {0};
    EXPECT_FALSE(check_infeasible(small.problem(), std::vector{-1.0}, std::vector{1.0}, {}).holds(1e-3));
}

// x0 >= |x1| in the cone, x1 >= 2, x0 <= 1; only cone multipliers inside their cone prove it.
TEST(CheckInfeasible, ConesTakePartInProofs) {
    const auto problem = SmallConvex{
        .linear = {0, 0, 0},
        .lower = {-no_bound, 2, -no_bound},
        .upper = {1, no_bound, no_bound},
        .cones = {{0, 1, 2}}}.problem();

    EXPECT_TRUE(check_infeasible(problem, {}, std::vector{-1.0, 1.0, 0.0}, std::vector{1.0, -1.0, 0.0}).holds(0));
    EXPECT_FALSE(check_infeasible(problem, {}, std::vector{-1.0, 2.0, 0.0}, std::vector{1.0, -2.0, 0.0}).holds(0.1));
}

// x0 - x1 <= 1: along (1, 1) nothing stops -x0, along (1, 0) the row does.
TEST(CheckUnbounded, AcceptsARayInsideAndRejectsOneThatLeaves) {
    const auto problem = SmallConvex{.linear = {-1, 0}, .rows = {{2, -2}}, .row_upper = {2}, .lower = {0, 0}}.problem();

    const auto inside = check_unbounded(problem, std::vector{4.0, 4.0});
    EXPECT_EQ(inside.slope, -1);
    EXPECT_EQ(inside.residual, 0);
    EXPECT_TRUE(inside.holds(0));
    EXPECT_EQ(check_unbounded(problem, std::vector{1.0, 0.0}).residual, 1);
    EXPECT_FALSE(check_unbounded(problem, std::vector{1.0, 0.0}).holds(0.1));
    EXPECT_FALSE(check_unbounded(problem, std::vector{-1.0, -1.0}).holds(1)) << "rises";
    EXPECT_FALSE(check_unbounded(problem, std::vector{0.0, 0.0}).holds(1)) << "goes nowhere";
    EXPECT_FALSE(check_unbounded(problem, std::vector{1.0, std::nan("")}).holds(1));
}

TEST(CheckUnbounded, CurvatureConesAndTermsStopARay) {
    const SmallConvex curved{.linear = {-1, 0}, .quadratic = {{1, -1}, {-1, 1}}};
    EXPECT_TRUE(check_unbounded(curved.problem(), std::vector{1.0, 1.0}).holds(0));
    EXPECT_FALSE(check_unbounded(curved.problem(), std::vector{1.0, 0.0}).holds(0.1));

    const SmallConvex cone{.linear = {0, -1, 0}, .cones = {{0, 1, 2}}};
    EXPECT_TRUE(check_unbounded(cone.problem(), std::vector{1.0, 1.0, 0.0}).holds(0));
    EXPECT_FALSE(check_unbounded(cone.problem(), std::vector{0.5, 1.0, 0.0}).holds(0.1));

    const SmallConvex term{.linear = {1}, .term = {Term::log}, .weight = {1}};
    EXPECT_FALSE(check_unbounded(term.problem(), std::vector{-1.0}).holds(0.1));
}

TEST(CheckUnbounded, ASlopeThatRoundingExplainsIsNone) {
    const auto problem = SmallConvex{.linear = {0.1 + 0.2, -0.3}}.problem();

    EXPECT_EQ(check_unbounded(problem, std::vector{-1.0, -1.0}).slope, 0);
}

/// What is left of a known answer to be explained by rounding, in units of the certificate's tolerance.
double error_of_what_is_known(const test::RandomConvex& random, RandomConvexKind kind) {
    const auto& [problem, x, y, z, cone_z] = random;
    if (kind == RandomConvexKind::infeasible) {
        const auto proof = check_infeasible(problem, y, z, cone_z);
        return proof.bound > 0 ? proof.residual / proof.bound : no_bound;
    }
    if (kind == RandomConvexKind::unbounded) {
        const auto proof = check_unbounded(problem, x);
        return proof.slope < 0 ? proof.residual / -proof.slope : no_bound;
    }
    const auto pair = check_kkt(problem, x, y, z, cone_z);
    const double gap = kind == RandomConvexKind::degenerate ? pair.gap_relative() : 0;
    return std::max({pair.primal_relative(), pair.dual_relative(), gap});
}

TEST(RandomConvex, HasTheAnswerItWasDrawnAround) {
    for (const auto kind : {RandomConvexKind::feasible, RandomConvexKind::degenerate, RandomConvexKind::infeasible,
                            RandomConvexKind::unbounded})
        for (std::uint64_t seed = 0; seed < 500; ++seed) {
            auto options = test::random_convex_options(seed, kind, 20);
            for (const bool badly_scaled : {false, true}) {
                options.badly_scaled = badly_scaled;
                const auto random = test::random_convex(seed, options);

                ASSERT_EQ(random.problem.fault(), "");
                EXPECT_LE(error_of_what_is_known(random, kind), badly_scaled ? 1e-10 : 1e-13)
                    << "kind " << static_cast<int>(kind) << " seed " << seed;
            }
        }
}

TEST(RandomConvex, IsTheSameForTheSameSeed) {
    const auto options = test::random_convex_options(7, RandomConvexKind::degenerate, 20);
    const auto one = test::random_convex(7, options), same = test::random_convex(7, options),
               other = test::random_convex(8, options);

    EXPECT_EQ(one.problem.structure, same.problem.structure);
    EXPECT_EQ(one.problem.values.row_value, same.problem.values.row_value);
    EXPECT_EQ(one.x, same.x);
    EXPECT_NE(one.x, other.x);
}

}  // namespace
}  // namespace headroom
