#include "solver/packing/packing_program.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "solver/certificate/packing_gap.hpp"
#include "solver/convex/solve.hpp"
#include "tests/support/packing_family.hpp"

namespace headroom {
namespace {

struct Answers {
    Answers(const PackingFamily& family, const PackingUtility& utility, double linear, double weight, int threads)
        : cost(static_cast<std::size_t>(family.plan->rows.limit_count),
               {.linear = linear,
                .quadratic = utility.quadratic.empty() ? 0 : utility.quadratic.front(),
                .weight = weight,
                .exponent = utility.exponent}) {
        const std::size_t limits = cost.size(), rows = static_cast<std::size_t>(family.plan->rows.row_count());
        const std::vector<double> linears(limits, linear), weights(limits, weight);
        w.assign(family.room.size(), std::vector<double>(limits));
        price.assign(family.room.size(), std::vector<double>(rows));
        outcome.resize(family.room.size());
        std::vector<PackingItem> items;
        for (std::size_t k = 0; k < family.room.size(); ++k)
            items.push_back({family.room[k].data(), family.lower[k].data(), family.upper[k].data(), linears.data(),
                             weights.data(), w[k].data(), price[k].data()});
        PackingProgram program(*family.plan, utility);
        program.solve(items, outcome, threads);
        working = program.working_rows().size();
    }
    PackingCertificate certificate(const PackingFamily& family, std::size_t k) const {
        return check_packing(family.plan->rows, family.room[k], family.lower[k], family.upper[k], cost, w[k], price[k]);
    }
    std::vector<LimitCost> cost;
    std::vector<std::vector<double>> w, price;
    std::vector<PackingOutcome> outcome;
    std::size_t working = 0;
};

/// The same problem with all rows, for the general solver.
ConvexProblem whole_problem(const PackingFamily& family, const Answers& answers, std::size_t k) {
    ConvexProblem problem;
    const PackingRows& rows = family.plan->rows;
    problem.structure.variable_count = rows.limit_count;
    problem.structure.rows = {rows.start, rows.column};
    problem.values.row_value = rows.value;
    problem.values.row_lower.assign(family.room[k].size(), -no_bound);
    problem.values.row_upper = family.room[k];
    problem.values.lower = family.lower[k];
    problem.values.upper = family.upper[k];
    for (const LimitCost& c : answers.cost) {
        problem.values.linear.push_back(c.linear);
        if (c.quadratic > 0) {
            if (problem.structure.quadratic.row_count() == 0) problem.structure.quadratic.start = {0};
            problem.structure.quadratic.column.push_back(problem.structure.quadratic.row_count());
            problem.values.quadratic.push_back(c.quadratic);
            problem.structure.quadratic.start.push_back(problem.structure.quadratic.entry_count());
        }
        if (c.weight > 0) {
            problem.structure.term.push_back(c.exponent == 1 ? Term::log : Term::power);
            problem.structure.exponent.push_back(c.exponent == 1 ? 0.0 : c.exponent);
            problem.values.weight.push_back(c.weight);
        }
    }
    problem.find_sides();
    return problem;
}

struct Kind {
    const char* name;
    PackingUtility utility;
    double linear, weight;
};

std::vector<Kind> kinds(std::size_t limits) {
    return {{"logarithm", {Term::log, 1, {}}, 0, 1},
            {"power 2", {Term::power, 2, {}}, 0, 1},
            {"power 0.5", {Term::power, 0.5, {}}, 0, 1},
            {"total", {}, -1, 0},
            {"quadratic", {Term::none, 1, std::vector<double>(limits, 1.0)}, -6, 0}};
}

TEST(PackingProgram, AgreesWithTheGeneralSolverOverAllRows) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        const PackingFamily family(seed, 12, 60, 40);
        for (const Kind& kind : kinds(12)) {
            const Answers answers(family, kind.utility, kind.linear, kind.weight, 1);
            EXPECT_LE(answers.working, 40u) << "rows that hold nobody stay out";
            for (std::size_t k = 0; k < 40; ++k) {
                ASSERT_TRUE(answers.outcome[k].solved) << kind.name << ' ' << seed << ' ' << k;
                const PackingCertificate certificate = answers.certificate(family, k);
                EXPECT_LE(certificate.row_violation, 1e-12) << kind.name;
                EXPECT_LE(certificate.bound_violation, 0) << kind.name;
                // Residuals of 1e-8 are charged to the bounds.
                EXPECT_LE(certificate.gap_relative(), 1e-7) << kind.name << ' ' << seed << ' ' << k;
                if (k % 8 != 0) continue;
                const ConvexAnswer whole = solve(whole_problem(family, answers, k));
                ASSERT_EQ(whole.status, ConvexStatus::solved);
                EXPECT_NEAR(certificate.objective, whole.objective, 3e-8 * (1 + std::abs(whole.objective)))
                    << kind.name << ' ' << seed << ' ' << k;
            }
        }
    }
}

TEST(PackingProgram, GivesTheSameBitsForAnyNumberOfThreads) {
    const PackingFamily family(11, 20, 80, 150);
    for (const Kind& kind : kinds(20)) {
        const Answers one(family, kind.utility, kind.linear, kind.weight, 1),
            three(family, kind.utility, kind.linear, kind.weight, 3);
        for (std::size_t k = 0; k < one.w.size(); ++k) {
            ASSERT_TRUE(one.outcome[k].solved) << kind.name << ' ' << k;
            EXPECT_EQ(std::memcmp(one.w[k].data(), three.w[k].data(), one.w[k].size() * sizeof(double)), 0)
                << kind.name << ' ' << k;
        }
    }
}

// Two limits share a row of 3: minimise -log w1 - 2 log w2 gives 1 and 2 at the price 1.
TEST(PackingCertificate, IsZeroAtTheOptimumAndGrowsWithEveryError) {
    PackingRows rows;
    rows.limit_count = 2;
    rows.start = {0, 2};
    rows.column = {0, 1};
    rows.value = {1, 1};
    const std::vector<double> room{3}, lower{0, 0}, upper{5, 5};
    const std::vector<LimitCost> cost{{.weight = 1}, {.weight = 2}};
    const auto gap = [&](std::vector<double> w, double price) {
        return check_packing(rows, room, lower, upper, cost, w, std::vector<double>{price}).gap;
    };

    EXPECT_NEAR(gap({1, 2}, 1), 0, 1e-15);
    EXPECT_NEAR(
        check_packing(rows, room, lower, upper, cost, std::vector<double>{1, 2}, std::vector<double>{1}).objective,
        -2 * std::log(2), 1e-15);
    // Moving 0.1 from the second to the first loses log(1.1) + 2 log(0.95).
    EXPECT_NEAR(gap({1.1, 1.9}, 1), -std::log(1.1) - 2 * std::log(0.95), 1e-14);
    EXPECT_GT(gap({1, 2}, 1.01), 1e-5);
    EXPECT_GT(gap({1, 2}, 0.99), 1e-5);
    EXPECT_GT(gap({0.9, 2}, 1), 1e-3);
}

TEST(PackingCertificate, NamesViolationsInTheUnitOfTheLimits) {
    PackingRows rows;
    rows.limit_count = 1;
    rows.start = {0, 1};
    rows.column = {0};
    rows.value = {0.25};
    const std::vector<LimitCost> cost{{.linear = -1}};

    const PackingCertificate certificate =
        check_packing(rows, std::vector<double>{1}, std::vector<double>{0}, std::vector<double>{4.5}, cost,
                      std::vector<double>{5}, std::vector<double>{4});

    EXPECT_DOUBLE_EQ(certificate.row_violation, 1);  // 0.25 * 5 - 1, over 0.25
    EXPECT_DOUBLE_EQ(certificate.bound_violation, 0.5);
}

}  // namespace
}  // namespace headroom
