#include "formulations/nlp/ipopt_convex.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "formulations/nlp/convex_nlp.hpp"
#include "formulations/nlp/dmumps_lock.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/convex/solve.hpp"
#include "tests/support/random_convex.hpp"
#include "tests/support/small_convex.hpp"

namespace headroom {
namespace {

using Numbers = std::vector<double>;
using test::random_convex;
using test::random_convex_options;
using test::RandomConvexKind;
using test::SmallConvex;

/// Half the square of the distance to `target`, without its constant, over the cone x_0 >= sqrt(x_1^2 + x_2^2).
SmallConvex cone_projection(const Numbers& target) {
    return {.linear = {-target[0], -target[1], -target[2]},
            .quadratic = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
            .cones = {{0, 1, 2}}};
}

void expect_near(const Numbers& actual, const Numbers& expected, double tolerance) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], tolerance) << "entry " << i;
}

bool same_bytes(const ConvexAnswer& a, const ConvexAnswer& b) {
    return a.status == b.status && a.iterations == b.iterations && a.x == b.x && a.y == b.y && a.z == b.z
           && a.cone_z == b.cone_z && a.objective == b.objective;
}

TEST(IpoptConvex, SolvesWhatWasSolvedByHandWithMultipliersInOurSigns) {
    for (const auto& known : test::solved_convex_problems()) {
        SCOPED_TRACE(known.name);

        const ConvexAnswer answer = solve_with_ipopt(known.problem);

        EXPECT_EQ(answer.status, ConvexStatus::solved);
        EXPECT_TRUE(answer.certificate.holds(1e-8));
        EXPECT_NEAR(answer.objective, known.objective, 1e-7);
        expect_near(answer.x, known.x, 1e-6);
        expect_near(answer.y, known.y, 1e-6);
        expect_near(answer.z, known.z, 1e-6);
        expect_near(answer.cone_z, known.cone_z, 1e-6);
    }
}

TEST(IpoptConvex, ComesCloseToAnApex) {
    // (-5, 3, 0) is in the polar cone: its projection is the apex.
    const ConvexAnswer answer = solve_with_ipopt(cone_projection({-5, 3, 0}).problem());

    expect_near(answer.x, {0, 0, 0}, 1e-4);
    EXPECT_EQ(answer.status == ConvexStatus::solved, answer.certificate.holds(1e-8));
}

TEST(IpoptConvex, KnowsTheMultipliersOfAConeThatItsBoundsClose) {
    // x_0 <= 0 leaves the apex: c = (0, -3, -4) = z + cone_z with z_0 <= 0 alone and cone_z_0 at least its length 5.
    SmallConvex closed = cone_projection({0, 3, 4});
    closed.upper = {0, no_bound, no_bound};

    const ConvexAnswer answer = solve_with_ipopt(closed.problem());

    EXPECT_EQ(answer.status, ConvexStatus::solved);
    EXPECT_EQ(answer.x, Numbers({0, 0, 0}));
    EXPECT_EQ(answer.cone_z, Numbers({5, -3, -4}));
    EXPECT_EQ(answer.z, Numbers({-5, 0, 0}));
}

TEST(IpoptConvex, SolvedIsWhatTheCertificateSays) {
    const SmallConvex crossed{.linear = {1}, .lower = {1}, .upper = {0}};
    const SmallConvex contradiction{
        .linear = {1, 1}, .rows = {{1, 1}, {1, 1}}, .row_lower = {1, -no_bound}, .row_upper = {no_bound, 0}};
    const SmallConvex falling{.linear = {-1}, .lower = {0}};

    EXPECT_EQ(solve_with_ipopt(crossed.problem()).status, ConvexStatus::primal_infeasible);
    const ConvexStatus unproved = solve_with_ipopt(contradiction.problem()).status;
    EXPECT_TRUE(unproved == ConvexStatus::stalled || unproved == ConvexStatus::iteration_limit);
    EXPECT_EQ(solve_with_ipopt(falling.problem()).status, ConvexStatus::unbounded);
}

TEST(IpoptConvex, RefusesMalformedProblems) {
    ConvexProblem problem = SmallConvex{.linear = {1, 2}, .lower = {0, 0}}.problem();
    IpoptConvex ipopt(problem);
    problem.values.linear[1] = std::nan("");

    EXPECT_THROW(solve_with_ipopt(problem), std::invalid_argument);
    EXPECT_THROW(ipopt.change(problem.values), std::invalid_argument);
}

/// The Hessian times `direction`.
Numbers hessian_times(const ConvexNlp& nlp, const Numbers& x, double factor, const Numbers& multiplier,
                      const Numbers& direction) {
    const Triplets& places = nlp.hessian();
    Numbers entry(places.row.size()), product(x.size());
    nlp.hessian_values(x, factor, multiplier, entry);
    for (std::size_t e = 0; e < entry.size(); ++e) {
        const int i = places.row[e], j = places.column[e];
        product[i] += entry[e] * direction[j];
        if (i != j) product[j] += entry[e] * direction[i];
    }
    return product;
}

/// factor * gradient + jacobian' multiplier.
Numbers lagrangian_slope(const ConvexNlp& nlp, const Numbers& x, double factor, const Numbers& multiplier) {
    const Triplets& places = nlp.jacobian();
    Numbers slope(x.size()), entry(places.row.size());
    nlp.gradient(x, slope);
    nlp.jacobian_values(x, entry);
    for (double& part : slope) part *= factor;
    for (std::size_t e = 0; e < entry.size(); ++e) slope[places.column[e]] += entry[e] * multiplier[places.row[e]];
    return slope;
}

Numbers moved(Numbers x, double step, const Numbers& direction) {
    for (std::size_t j = 0; j < x.size(); ++j) x[j] += step * direction[j];
    return x;
}

/// Neither aligned with axes nor with each other.
Numbers waves(int count, double phase) {
    Numbers values;
    for (int k = 0; k < count; ++k) values.push_back(std::sin(phase + k));
    return values;
}

TEST(ConvexNlp, DerivativesAreLimitsOfDifferences) {
    constexpr double step = 1e-5, factor = 2;
    for (int seed = 0; seed < 50; ++seed) {
        SCOPED_TRACE(seed);
        auto options = random_convex_options(seed, RandomConvexKind::feasible, 12);
        options.term_share = 0.5;
        const auto [problem, x, y, z, cone_z] = random_convex(seed, options);
        const ConvexNlp nlp(problem);
        const Numbers multiplier = waves(nlp.row_count(), 1), direction = waves(nlp.variable_count(), 2);
        const Numbers before = moved(x, -step, direction), after = moved(x, step, direction);

        const auto lagrangian = [&](const Numbers& at) {
            Numbers row(multiplier.size());
            nlp.rows(at, row);
            return std::inner_product(row.begin(), row.end(), multiplier.begin(), factor * nlp.objective(at));
        };
        const Numbers slope = lagrangian_slope(nlp, x, factor, multiplier);
        const double along = std::inner_product(slope.begin(), slope.end(), direction.begin(), 0.0);
        EXPECT_NEAR((lagrangian(after) - lagrangian(before)) / (2 * step), along, 1e-5 * (1 + std::abs(along)));

        Numbers change = lagrangian_slope(nlp, after, factor, multiplier);
        const Numbers slope_before = lagrangian_slope(nlp, before, factor, multiplier);
        for (std::size_t j = 0; j < change.size(); ++j) change[j] = (change[j] - slope_before[j]) / (2 * step);
        expect_near(change, hessian_times(nlp, x, factor, multiplier, direction), 1e-5);
    }
}

TEST(IpoptConvex, AgreesWithTheOwnSolverOnRandomProblems) {
    for (int seed = 0; seed < 300; ++seed) {
        const auto options = random_convex_options(seed, RandomConvexKind::feasible, 20);
        const ConvexProblem problem = random_convex(seed, options).problem;

        const ConvexAnswer ipopt = solve_with_ipopt(problem), own = solve(problem);

        EXPECT_EQ(ipopt.status, ConvexStatus::solved) << "seed " << seed;
        EXPECT_EQ(own.status, ConvexStatus::solved) << "seed " << seed;
        EXPECT_NEAR(ipopt.objective, own.objective, 1e-7 * (1 + std::abs(own.objective))) << "seed " << seed;
        if (options.quadratic_rank < options.variables) continue;
        // Both objectives are within 1e-8 (1 + |f|) of the least one, and Q is at least 0.1: 0.05 |x - x*|^2 <= that.
        const double distance = 2 * std::sqrt(1e-8 * (1 + std::abs(own.objective)) / 0.05);
        expect_near(ipopt.x, own.x, distance);
    }
}

TEST(IpoptConvex, AgreesWithTheOwnSolverOnDegenerateProblems) {
    int solved = 0;
    for (int seed = 0; seed < 60; ++seed) {
        const auto options = random_convex_options(seed, RandomConvexKind::degenerate, 20);
        const ConvexProblem problem = random_convex(seed, options).problem;

        const ConvexAnswer ipopt = solve_with_ipopt(problem), own = solve(problem);

        EXPECT_EQ(own.status, ConvexStatus::solved) << "seed " << seed;
        if (ipopt.status != ConvexStatus::solved) continue;
        ++solved;
        EXPECT_NEAR(ipopt.objective, own.objective, 1e-7 * (1 + std::abs(own.objective))) << "seed " << seed;
    }
    EXPECT_GE(solved, 54);
}

TEST(IpoptConvex, TheLastAnswerIsAShorterWayToTheNext) {
    auto options = random_convex_options(1, RandomConvexKind::feasible, 20);
    options.term_share = 0.3;
    const ConvexProblem problem = random_convex(1, options).problem;
    ConvexProblem changed = problem;
    for (double& price : changed.values.linear) price *= 1.001;
    IpoptConvex ipopt(problem);
    ipopt.solve();

    ipopt.change(changed.values);
    const ConvexAnswer from_last = ipopt.solve(IpoptStart::last), anew = ipopt.solve();

    EXPECT_EQ(from_last.status, ConvexStatus::solved);
    EXPECT_NEAR(from_last.objective, anew.objective, 1e-7 * (1 + std::abs(anew.objective)));
    EXPECT_LT(2 * from_last.iterations, anew.iterations);
    EXPECT_TRUE(same_bytes(anew, solve_with_ipopt(changed)));
}

TEST(IpoptConvex, ThreadsGetTheSameBytesAsOneAfterTheOther) {
    constexpr int problem_count = 200, rounds = 2, threads = 8;
    std::vector<ConvexProblem> problems;
    std::vector<ConvexAnswer> serial;
    for (int seed = 0; seed < problem_count; ++seed) {
        const auto options = random_convex_options(seed, RandomConvexKind::feasible, 8);
        problems.push_back(random_convex(seed, options).problem);
        serial.push_back(solve_with_ipopt(problems.back()));
    }

    EXPECT_TRUE(mumps_is_locked());
    std::vector<char> same(problem_count * rounds, 0);
    run_batch(problem_count * rounds, threads, [&](int item, int) {
        const int k = item % problem_count;
        same[item] = same_bytes(solve_with_ipopt(problems[k]), serial[k]) ? 1 : 0;
    });

    for (std::size_t item = 0; item < same.size(); ++item) EXPECT_EQ(same[item], 1) << "item " << item;
}

}  // namespace
}  // namespace headroom
