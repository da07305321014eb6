#include "solver/convex/solve.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "solver/reference/dense_interior_point.hpp"
#include "tests/support/random_convex.hpp"
#include "tests/support/small_convex.hpp"

namespace headroom {
namespace {

using test::RandomConvexKind;

/// Right status for what is known of the problem; statuses that say nothing are counted by the caller.
bool is_wrong(RandomConvexKind kind, ConvexStatus status) {
    switch (status) {
        case ConvexStatus::solved: return kind != RandomConvexKind::feasible && kind != RandomConvexKind::degenerate;
        case ConvexStatus::primal_infeasible: return kind != RandomConvexKind::infeasible;
        case ConvexStatus::unbounded: return kind != RandomConvexKind::unbounded;
        default: return false;
    }
}

bool is_conclusive(ConvexStatus status) {
    return status == ConvexStatus::solved || status == ConvexStatus::primal_infeasible
           || status == ConvexStatus::unbounded;
}

class ConvexSolve : public testing::TestWithParam<RandomConvexKind> {};

// Logarithms, powers, cones, Q, free and fixed variables, equal rows, scales over eight orders: as the seed falls.
TEST_P(ConvexSolve, AnswersRandomProblemsRightly) {
    constexpr int problems = 1000;
    int open = 0;
    for (int seed = 0; seed < problems; ++seed) {
        const auto id = static_cast<std::uint64_t>(seed);
        const auto random = test::random_convex(id, test::random_convex_options(id, GetParam(), 30));

        const ConvexAnswer answer = solve(random.problem);

        ASSERT_FALSE(is_wrong(GetParam(), answer.status)) << "seed " << seed;
        open += is_conclusive(answer.status) ? 0 : 1;
        if (answer.status == ConvexStatus::solved) {
            ASSERT_TRUE(answer.certificate.holds(1e-8)) << "seed " << seed;
        }
    }
    EXPECT_LE(open, problems / 200) << "problems without an answer";
}

// Rows and columns times powers of two between 2^-13 and 2^13: more stay open, none comes out wrong.
TEST_P(ConvexSolve, IsNeverWrongOnBadlyScaledProblems) {
    constexpr int problems = 300;
    int open = 0;
    for (int seed = 0; seed < problems; ++seed) {
        const auto id = static_cast<std::uint64_t>(50'000 + seed);
        test::RandomConvexOptions options = test::random_convex_options(id, GetParam(), 30);
        options.badly_scaled = true;
        const auto random = test::random_convex(id, options);

        const ConvexAnswer answer = solve(random.problem);

        ASSERT_FALSE(is_wrong(GetParam(), answer.status)) << "seed " << seed;
        open += is_conclusive(answer.status) ? 0 : 1;
        if (answer.status == ConvexStatus::solved) {
            ASSERT_TRUE(answer.certificate.holds(1e-8)) << "seed " << seed;
        }
    }
    EXPECT_LE(open, problems / 10) << "problems without an answer";
}

TEST_P(ConvexSolve, AgreesWithTheDenseJudge) {
    for (int seed = 0; seed < 250; ++seed) {
        const auto id = static_cast<std::uint64_t>(10'000 + seed);
        const auto random = test::random_convex(id, test::random_convex_options(id, GetParam(), 12));

        const ConvexAnswer answer = solve(random.problem);
        const ConvexAnswer judge = dense_interior_point<double>(random.problem, 1e-9);

        if (!is_conclusive(answer.status) || !is_conclusive(judge.status)) continue;
        ASSERT_EQ(answer.status, judge.status) << "seed " << seed;
        if (answer.status == ConvexStatus::solved) {
            EXPECT_NEAR(answer.objective, judge.objective, 3e-8 * (1 + std::abs(judge.objective))) << "seed " << seed;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, ConvexSolve,
                         testing::Values(RandomConvexKind::feasible, RandomConvexKind::degenerate,
                                         RandomConvexKind::infeasible, RandomConvexKind::unbounded),
                         [](const auto& kind) {
                             switch (kind.param) {
                                 case RandomConvexKind::feasible: return "Feasible";
                                 case RandomConvexKind::degenerate: return "Degenerate";
                                 case RandomConvexKind::infeasible: return "Infeasible";
                                 default: return "Unbounded";
                             }
                         });

TEST(ConvexSolve, FindsAnswersDerivedByHand) {
    for (const test::SolvedConvex& solved : test::solved_convex_problems()) {
        const ConvexAnswer answer = solve(solved.problem, {.tolerance = 1e-10});

        ASSERT_EQ(answer.status, ConvexStatus::solved) << solved.name;
        EXPECT_NEAR(answer.objective, solved.objective, 1e-8) << solved.name;
        for (std::size_t j = 0; j < solved.x.size(); ++j) EXPECT_NEAR(answer.x[j], solved.x[j], 1e-5) << solved.name;
    }
}

TEST(ConvexSolve, FollowsADirectionAlongWhichTheObjectiveHardlyFalls) {
    // x3 is worth 1e-7 beside a cost of 86, and its row lets it go to 1179 / 71.
    const ConvexProblem problem = test::SmallConvex{
        .linear = {1.4e-7, 86, 8.7e-4, -1.1e-7},
        .rows = {{0, 0.1, 0.02, 71}, {0.3, 0, 0, 0}},
        .row_lower = {-no_bound, 0.009},
        .row_upper = {1179, 0.009},
        .lower = {0, 0, 0, 0},
        .upper = {18, no_bound, no_bound,
                  58}}.problem();
    const ConvexAnswer answer = solve(problem);

    ASSERT_EQ(answer.status, ConvexStatus::solved);
    EXPECT_NEAR(answer.objective, 1.4e-7 * 0.03 - 1.1e-7 * 1179 / 71, 1e-8);
    EXPECT_NEAR(answer.x[3], 1179.0 / 71, 1e-2);
}

TEST(ConvexSolve, NamesSettingsOutOfRange) {
    const ConvexProblem problem = test::random_convex(1, {}).problem;
    const auto fault = [&](const ConvexSettings& settings) {
        try {
            solve(problem, settings);
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string();
    };

    EXPECT_EQ(fault({.step_fraction = 1.2}), "step_fraction = 1.2, must lie in (0, 1)");
    EXPECT_EQ(fault({.tolerance = 0}), "tolerance = 0, must lie in [1e-12, 1e-2]");
    EXPECT_EQ(fault({.iteration_max = 0}), "iteration_max = 0, must lie in [1, 1e6]");
}

/// Four patterns, mixed; every third problem has its own A.
std::vector<ConvexProblem> mixed_problems() {
    std::vector<ConvexProblem> problems;
    for (int i = 0; i < 240; ++i) {
        const auto kind = static_cast<RandomConvexKind>(i % 4);
        const auto id = static_cast<std::uint64_t>(i % 4 + 20);
        ConvexProblem problem = test::random_convex(id, test::random_convex_options(id, kind, 15)).problem;
        for (double& cost : problem.values.linear) cost *= 1 + 0.01 * (i / 4 % 10);
        if (i % 3 == 0)
            for (double& value : problem.values.row_value) value *= 1 + 1e-3 * (i / 4 % 10);
        problems.push_back(std::move(problem));
    }
    return problems;
}

bool same_bits(const ConvexAnswer& a, const ConvexAnswer& b) {
    const auto same = [](const std::vector<double>& u, const std::vector<double>& v) {
        return u.size() == v.size() && (u.empty() || std::memcmp(u.data(), v.data(), u.size() * sizeof(double)) == 0);
    };
    return a.status == b.status && a.route == b.route && same(a.x, b.x) && same(a.y, b.y) && same(a.z, b.z)
           && same(a.cone_z, b.cone_z);
}

TEST(ConvexBatch, GivesTheSameBitsAloneInReverseAndOnThreads) {
    const std::vector<ConvexProblem> problems = mixed_problems();
    const std::vector<ConvexProblem> backwards(problems.rbegin(), problems.rend());

    const auto straight = solve_batch(problems, {}, 1), threads = solve_batch(problems, {}, 3),
               reverse = solve_batch(backwards, {}, 1);

    for (std::size_t i = 0; i < problems.size(); ++i) {
        EXPECT_TRUE(same_bits(straight[i], threads[i])) << i;
        EXPECT_TRUE(same_bits(straight[i], reverse[problems.size() - 1 - i])) << i;
        EXPECT_TRUE(same_bits(straight[i], solve_batch(std::span(problems).subspan(i, 1)).front())) << i;
    }
}

TEST(ConvexBatch, AnswersEveryProblemAndLeavesMalformedOnesAlone) {
    std::vector<ConvexProblem> problems = mixed_problems();
    problems[7].values.linear[0] = std::nan("");

    const auto answers = solve_batch(problems);

    int by_lanes = 0;
    for (std::size_t i = 0; i < problems.size(); ++i) {
        if (i == 7) continue;
        EXPECT_TRUE(is_conclusive(answers[i].status)) << i;
        EXPECT_EQ(answers[i].status, solve(problems[i]).status) << i;
        by_lanes += answers[i].route == ConvexRoute::lanes ? 1 : 0;
    }
    EXPECT_EQ(answers[7].status, ConvexStatus::invalid_input);
    EXPECT_GT(by_lanes, 60) << "about 120 have an optimum";
}

TEST(ConvexBatch, WithoutTheSlowRouteFailingLanesSaySo) {
    const auto random = test::random_convex(3, test::random_convex_options(3, RandomConvexKind::infeasible, 12));

    const auto answers = solve_batch(std::span(&random.problem, 1), {.safe_route = false});

    EXPECT_EQ(answers[0].route, ConvexRoute::lanes);
    EXPECT_NE(answers[0].status, ConvexStatus::solved);
}

}  // namespace
}  // namespace headroom
