// Proofs of branch and bound, judged by their definition (integer_proof.hpp) in wide numbers and against enumeration.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "solver/integer/branch_and_bound.hpp"
#include "tests/support/integer_by_enumeration.hpp"
#include "tests/support/random_boxed.hpp"
#include "tests/support/small_convex.hpp"

namespace headroom {
namespace {

using test::by_enumeration;
using test::first;
using test::random_boxed;
using test::SmallConvex;

constexpr std::int64_t everything = 1 << 20;

using Box = std::pair<std::vector<double>, std::vector<double>>;

/// What multipliers say of a box, (1); minus infinity where they ask for a side that is not there.
long double bound_of(const ConvexProblem& problem, const IntegerProof::Multipliers& multipliers, const Box& box) {
    const auto& [structure, values] = problem;
    std::vector<long double> z(values.linear.begin(), values.linear.end());
    if (multipliers.is_ray) std::ranges::fill(z, 0.0L);
    long double bound = 0;
    for (std::size_t e = 0; e < multipliers.row.size(); ++e) {
        const int r = multipliers.row[e];
        const long double y = multipliers.y[e];
        bound += y * (y > 0 ? values.row_lower[r] : values.row_upper[r]);
        for (int k = structure.rows.start[r]; k < structure.rows.start[r + 1]; ++k)
            z[structure.rows.column[k]] -= y * values.row_value[k];
    }
    for (std::size_t j = 0; j < z.size(); ++j) bound += z[j] * (z[j] > 0 ? box.first[j] : box.second[j]);
    return bound;
}

/// The least bound of all closed boxes, of which together nothing is missing; NaN: something is.
long double proven(const ConvexProblem& problem, const std::vector<int>& integer, const IntegerProof& proof) {
    Box whole{problem.values.lower, problem.values.upper};
    for (const int j : integer) whole = {whole.first, whole.second}, whole.first[j] = std::ceil(whole.first[j]);
    for (const int j : integer) whole.second[j] = std::floor(whole.second[j]);
    std::vector<Box> box(proof.nodes.size(), whole);
    std::vector<std::vector<std::size_t>> children(proof.nodes.size());
    long double least = INFINITY;
    for (std::size_t n = 0; n < proof.nodes.size(); ++n) {
        const IntegerProof::Node& node = proof.nodes[n];
        if ((n == 0) != (node.parent < 0) || node.parent >= static_cast<int>(n)) return NAN;
        if (n == 0) continue;
        children[node.parent].push_back(n);
        box[n] = box[node.parent];
        box[n].first[node.variable] = node.lower;
        box[n].second[node.variable] = node.upper;
    }
    for (std::size_t n = 0; n < proof.nodes.size(); ++n) {
        if (proof.nodes[n].multipliers >= 0) {
            const auto& multipliers = proof.multipliers[proof.nodes[n].multipliers];
            const long double bound = bound_of(problem, multipliers, box[n]);
            if (!children[n].empty() || (multipliers.is_ray && !(bound > 0))) return NAN;
            if (!multipliers.is_ray) least = std::min(least, bound);
            continue;
        }
        if (children[n].size() != 2) return NAN;
        auto [low, high] = std::pair(children[n][0], children[n][1]);
        const int j = proof.nodes[low].variable;
        if (box[low].first[j] > box[high].first[j]) std::swap(low, high);
        const bool parts = proof.nodes[high].variable == j && std::ranges::find(integer, j) != integer.end()
                           && box[low].first[j] == box[n].first[j] && box[high].second[j] == box[n].second[j]
                           && box[high].first[j] == box[low].second[j] + 1 && box[low].first[j] <= box[low].second[j]
                           && box[high].first[j] <= box[high].second[j];
        if (!parts) return NAN;
    }
    return least;
}

void expect_proven(const ConvexProblem& problem, const std::vector<int>& integer, const IntegerAnswer& answer) {
    ASSERT_TRUE(answer.proof.has_value());
    const auto found = static_cast<double>(proven(problem, integer, *answer.proof));
    if (answer.bound == no_bound)
        EXPECT_EQ(found, no_bound);
    else
        EXPECT_GE(found, answer.bound - 1e-10 * (1 + std::abs(answer.bound)));
}

// Weights 5, 4, 3 in 7 with values 10, 7, 6: at 2 per weight nothing is worth more than 14 by the row alone.
TEST(IntegerProof, OfAKnapsackIsWhatMultipliersSayOfItsBoxes) {
    const SmallConvex small{
        .linear = {-10, -7, -6}, .rows = {{5, 4, 3}}, .row_upper = {7}, .lower = {0, 0, 0}, .upper = {1, 1, 1}};
    const auto answer = branch_and_bound(small.problem(), first(3), {.proof_size_max = everything});
    expect_proven(small.problem(), first(3), answer);
    EXPECT_GT(answer.proof->nodes.size(), 1u) << "the relaxation is worth more than 13";
    EXPECT_EQ(answer.proof->nodes.size() % 2, 1u);
}

TEST(IntegerProof, OfALinearProgramIsOneBox) {
    const ConvexProblem problem = random_boxed(4, {.variables = 20, .rows = 20});
    const auto answer = branch_and_bound(problem, {}, {.proof_size_max = everything});
    expect_proven(problem, {}, answer);
    EXPECT_EQ(answer.proof->nodes.size(), 1u);
}

TEST(IntegerProof, MeetsTheOptimumOfEnumerationOnThousandsOfBinaryProblems) {
    std::size_t infeasible = 0, splits = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        SCOPED_TRACE(seed);
        test::RandomBoxedOptions options = test::random_boxed_options(seed, 8, 8);
        options.binary_share = 1;
        options.fixed_share = 0;
        options.equation_share /= 4;
        const ConvexProblem problem = random_boxed(seed, options);
        const std::vector<int> integer = first(1 + static_cast<int>(seed) % options.variables);
        const auto answer = branch_and_bound(problem, integer, {.proof_size_max = everything});
        expect_proven(problem, integer, answer);
        const double expected = by_enumeration(problem, integer);
        infeasible += expected == no_bound;
        splits += answer.proof->nodes.size() / 2;
        if (expected == no_bound) continue;
        EXPECT_NEAR(static_cast<double>(proven(problem, integer, *answer.proof)), expected,
                    1e-8 * (1 + std::abs(expected)));
    }
    EXPECT_GT(infeasible, 100u);
    EXPECT_GT(splits, 1000u);
}

TEST(IntegerProof, MeetsTheOptimumOfEnumerationOnWiderIntegers) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        test::RandomBoxedOptions options = test::random_boxed_options(seed, 6, 6);
        options.ties = true;
        const ConvexProblem problem = random_boxed(seed, options);
        const std::vector<int> integer = first((options.variables + 1) / 2);
        const auto answer = branch_and_bound(problem, integer, {.proof_size_max = everything});
        expect_proven(problem, integer, answer);
        const double expected = by_enumeration(problem, integer);
        if (expected == no_bound) continue;
        EXPECT_NEAR(static_cast<double>(proven(problem, integer, *answer.proof)), expected,
                    1e-8 * (1 + std::abs(expected)));
    }
}

/// Many near ties: probing, fixings at the root and below it, and branches that a later fixing of the root closes.
ConvexProblem hard_knapsacks(std::uint64_t seed) {
    return random_boxed(seed, {.variables = 40, .rows = 6, .density = 1, .binary_share = 1});
}

TEST(IntegerProof, HoldsOnLargerTreesAlsoWhereTheSearchIsCutShort) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const ConvexProblem problem = hard_knapsacks(seed);
        for (const std::int64_t nodes : {1, 3, 20, 1000000}) {
            const auto answer = branch_and_bound(problem, first(40), {.node_max = nodes, .proof_size_max = everything});
            expect_proven(problem, first(40), answer);
        }
        for (const double gap : {0.02, 1e-4}) {
            const auto rough =
                branch_and_bound(problem, first(40), {.gap_relative = gap, .proof_size_max = everything});
            expect_proven(problem, first(40), rough);
        }
    }
}

// A node that waited is solved in a larger box than its first bound was found in: reduced costs count from the bound of
// its own program. They once counted from the other, and closed cases that nothing proves, here in every tenth.
TEST(IntegerProof, HoldsWhereNodesHaveWaited) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SCOPED_TRACE(seed);
        const ConvexProblem problem =
            random_boxed(seed, {.variables = 40, .rows = 16, .density = 0.4, .packing = false, .binary_share = 1});
        const auto answer = branch_and_bound(problem, first(40), {.node_max = 3000, .proof_size_max = everything});
        expect_proven(problem, first(40), answer);
    }
}

TEST(IntegerProof, ChangesNothingOfTheSearch) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const ConvexProblem problem = hard_knapsacks(seed);
        const auto with = branch_and_bound(problem, first(40), {.proof_size_max = everything}),
                   without = branch_and_bound(problem, first(40));
        EXPECT_FALSE(without.proof.has_value());
        EXPECT_EQ(with.x, without.x);
        EXPECT_EQ(with.y, without.y);
        EXPECT_EQ(with.bound, without.bound);
        EXPECT_EQ(with.nodes, without.nodes);
        EXPECT_EQ(with.iterations, without.iterations);
    }
}

TEST(IntegerProof, IsLeftOutWhereItIsLargerThanWasAskedFor) {
    const ConvexProblem problem = hard_knapsacks(3);
    const auto whole = branch_and_bound(problem, first(40), {.proof_size_max = everything});
    ASSERT_TRUE(whole.proof.has_value());
    const auto size = static_cast<std::int64_t>(whole.proof->nodes.size());
    const auto small = branch_and_bound(problem, first(40), {.proof_size_max = size});
    EXPECT_FALSE(small.proof.has_value());
    EXPECT_EQ(small.bound, whole.bound);
    EXPECT_THROW(branch_and_bound(problem, first(40), {.proof_size_max = -1}), std::invalid_argument);
}

// What is changed in a proof: the judge of these tests, too, has to notice.
TEST(IntegerProof, ProvesLessWithASmallerTreeOrOtherMultipliers) {
    const ConvexProblem problem = hard_knapsacks(3);
    const auto answer = branch_and_bound(problem, first(40), {.proof_size_max = everything});
    IntegerProof lacking = *answer.proof;
    lacking.nodes.pop_back();
    EXPECT_TRUE(std::isnan(proven(problem, first(40), lacking)));
    IntegerProof narrow = *answer.proof;
    narrow.nodes.back().lower = narrow.nodes.back().upper = 1 - narrow.nodes.back().lower;
    EXPECT_TRUE(std::isnan(proven(problem, first(40), narrow)));
    IntegerProof other = *answer.proof;
    for (auto& multipliers : other.multipliers)
        for (double& y : multipliers.y) y *= 0.9;
    EXPECT_LT(proven(problem, first(40), other), answer.bound - 1e-4);
}

}  // namespace
}  // namespace headroom
