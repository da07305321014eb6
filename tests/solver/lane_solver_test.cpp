#include "solver/convex/lane_solver.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "solver/certificate/check_kkt.hpp"
#include "tests/support/counted_heap.hpp"
#include "tests/support/random_convex.hpp"

namespace headroom {
namespace {

/// Many problems of one pattern: costs and right sides of a random one, moved a little, some so far that nothing fits.
class Family {
public:
    Family(std::uint64_t seed, int count, bool with_failures) {
        test::RandomConvexOptions options;
        options.variables = 15;
        options.rows = 10;
        options.equations = 2;
        options.cones = 2;
        options.term_share = 0.3;
        options.quadratic_rank = 4;
        options.fixed_share = 0;
        ConvexProblem first = test::random_convex(seed, options).problem;
        for (int k = 0; k < count; ++k) {
            ConvexProblem next = first;
            for (std::size_t j = 0; j < next.values.linear.size(); ++j)
                next.values.linear[j] += 0.02 * std::sin(static_cast<double>(7 * k) + static_cast<double>(j));
            if (with_failures && k % 5 == 3)
                for (std::size_t i = 0; i < next.values.row_lower.size(); ++i) {
                    next.values.row_lower[i] += 1e4;
                    next.values.row_upper[i] += 1e4;
                }
            problems.push_back(std::move(next));
        }
    }
    std::vector<ConvexProblem> problems;
};

/// Answers of problems solved in one list.
struct Answers {
    Answers(const ConvexPlan& plan, std::span<const ConvexProblem> problems, int width, std::span<const int> order)
        : outcome(problems.size()) {
        const auto n = static_cast<std::size_t>(plan.structure.variable_count);
        const auto m = static_cast<std::size_t>(plan.structure.row_count());
        const std::size_t q = 3 * plan.structure.cones.size();
        numbers.assign(problems.size(), std::vector<double>(2 * n + m + q));
        std::vector<ConvexItem> items;
        std::vector<LaneOutcome> found(problems.size());
        for (const int k : order) {
            const ConvexValues& v = problems[static_cast<std::size_t>(k)].values;
            double* out = numbers[static_cast<std::size_t>(k)].data();
            items.push_back({.linear = v.linear.data(),
                             .row_lower = v.row_lower.data(),
                             .row_upper = v.row_upper.data(),
                             .lower = v.lower.data(),
                             .upper = v.upper.data(),
                             .weight = v.weight.data(),
                             .row_value = v.row_value.data(),
                             .quadratic = v.quadratic.data(),
                             .x = out,
                             .y = out + n,
                             .z = out + n + m,
                             .cone_z = out + 2 * n + m});
        }
        LaneSolver solver(plan, {}, width);
        const long before = test::heap_allocations;
        solver.solve(items, found);
        allocated = test::heap_allocations - before;
        for (std::size_t k = 0; k < order.size(); ++k) outcome[static_cast<std::size_t>(order[k])] = found[k];
    }

    bool same(const Answers& other, std::size_t k) const {
        return outcome[k].status == other.outcome[k].status && outcome[k].iterations == other.outcome[k].iterations
               && std::memcmp(numbers[k].data(), other.numbers[k].data(), numbers[k].size() * sizeof(double)) == 0;
    }

    std::vector<std::vector<double>> numbers;
    std::vector<LaneOutcome> outcome;
    long allocated = 0;
};

std::vector<int> in_order(std::size_t count) {
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    return order;
}

ConvexPlan plan_of(const ConvexProblem& problem) {
    return {problem.structure, problem.values.row_value.data(), problem.values.quadratic.data()};
}

class Lanes : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Lanes, GiveTheSameBitsForEveryWidthWithFailingNeighbours) {
    const Family family(GetParam(), 37, true);
    const ConvexPlan plan = plan_of(family.problems.front());
    const std::vector<int> order = in_order(family.problems.size());

    const Answers eight(plan, family.problems, 8, order);

    int failed = 0;
    for (const LaneOutcome& outcome : eight.outcome) failed += outcome.status != ConvexStatus::solved ? 1 : 0;
    EXPECT_GE(failed, 7) << "the family must mix solved and failing lanes";
    EXPECT_LT(failed, 37);
    for (const int width : {1, 2, 4}) {
        const Answers other(plan, family.problems, width, order);
        for (std::size_t k = 0; k < order.size(); ++k)
            EXPECT_TRUE(eight.same(other, k)) << "width " << width << ", " << k;
    }
}

TEST_P(Lanes, GiveTheSameBitsInAnyOrderAndAlone) {
    const Family family(GetParam(), 23, true);
    const ConvexPlan plan = plan_of(family.problems.front());
    std::vector<int> order = in_order(family.problems.size());
    const Answers straight(plan, family.problems, 8, order);

    std::vector<int> shuffled;
    for (std::size_t k = 0; k < order.size(); ++k) shuffled.push_back(static_cast<int>((7 * k + 5) % order.size()));
    const Answers other(plan, family.problems, 8, shuffled);

    for (std::size_t k = 0; k < order.size(); ++k) {
        EXPECT_TRUE(straight.same(other, k)) << k;
        const Answers alone(plan, std::span(family.problems).subspan(k, 1), 8, std::vector<int>{0});
        EXPECT_EQ(
            std::memcmp(alone.numbers[0].data(), straight.numbers[k].data(), alone.numbers[0].size() * sizeof(double)),
            0)
            << k;
    }
}

TEST_P(Lanes, GiveTheSameBitsWhetherValuesAreSharedOrTheirOwn) {
    const Family family(GetParam(), 11, false);
    const ConvexPlan shared = plan_of(family.problems.front()), own(family.problems.front().structure);
    const std::vector<int> order = in_order(family.problems.size());

    const Answers first(shared, family.problems, 8, order), second(own, family.problems, 8, order);

    for (std::size_t k = 0; k < order.size(); ++k) EXPECT_TRUE(first.same(second, k)) << k;
}

TEST_P(Lanes, AllocateNothingAfterSetup) {
    const Family family(GetParam(), 40, true);
    const ConvexPlan plan = plan_of(family.problems.front());

    const Answers answers(plan, family.problems, 8, in_order(family.problems.size()));

    EXPECT_EQ(answers.allocated, 0);
}

TEST_P(Lanes, EndWhereTheCertificateHolds) {
    const Family family(GetParam(), 16, false);
    const ConvexPlan plan = plan_of(family.problems.front());
    const Answers answers(plan, family.problems, 8, in_order(family.problems.size()));
    const auto n = static_cast<std::size_t>(plan.structure.variable_count);
    const auto m = static_cast<std::size_t>(plan.structure.row_count());

    for (std::size_t k = 0; k < family.problems.size(); ++k) {
        ASSERT_EQ(answers.outcome[k].status, ConvexStatus::solved) << k;
        const std::span<const double> all(answers.numbers[k]);
        const KktCertificate certificate = check_kkt(family.problems[k], all.first(n), all.subspan(n, m),
                                                     all.subspan(n + m, n), all.subspan(2 * n + m));
        EXPECT_TRUE(certificate.holds(2e-8)) << k << ": " << certificate.primal_relative() << ' '
                                             << certificate.dual_relative() << ' ' << certificate.gap_relative();
    }
}

INSTANTIATE_TEST_SUITE_P(RandomFamilies, Lanes, testing::Values(1, 2, 3, 4, 5));

}  // namespace
}  // namespace headroom
