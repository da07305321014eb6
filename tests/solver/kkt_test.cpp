#include <gtest/gtest.h>

#include <cmath>
#include <Eigen/Dense>
#include <set>

#include "solver/kkt/kkt_pattern.hpp"
#include "solver/kkt/kkt_solve.hpp"
#include "solver/lanes/lane_count.hpp"

namespace headroom {
namespace {

/// A random quasi-definite matrix: `variables` positive diagonals, then `rows` negative ones.
struct RandomMatrix {
    RandomMatrix(unsigned seed, int variables, int rows, double density) : size(variables + rows), state(seed) {
        for (int i = variables; i < size; ++i)
            for (int j = 0; j < variables; ++j)
                if (uniform() < density) add(i, j);
        for (int i = 0; i < variables; ++i)
            for (int j = 0; j < i; ++j)
                if (uniform() < 0.1 * density) add(i, j);
        later.assign(static_cast<std::size_t>(variables), 0);
        later.resize(static_cast<std::size_t>(size), 1);
    }
    double uniform() {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return static_cast<double>(state >> 11) / 9007199254740992.0;
    }
    void add(int i, int j) { entries.push_back({i, j, static_cast<std::int32_t>(entries.size())}); }

    int size;
    std::uint64_t state;
    std::vector<SymmetricEntry> entries;
    std::vector<char> later;
};

TEST(KktPattern, NamesEveryPositionOnceAndPutsNoRowBeforeAllOfItsNeighbours) {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        RandomMatrix matrix(seed, 20, 12, 0.15);
        const KktPattern pattern(matrix.size, matrix.entries, matrix.later);
        const std::set<int> positions(pattern.position.begin(), pattern.position.end());
        EXPECT_EQ(static_cast<int>(positions.size()), matrix.size);
        std::vector<int> first(static_cast<std::size_t>(matrix.size), matrix.size);
        for (const auto& entry : matrix.entries) {
            first[entry.i] = std::min(first[entry.i], pattern.position[entry.j]);
            first[entry.j] = std::min(first[entry.j], pattern.position[entry.i]);
        }
        for (int k = 20; k < matrix.size; ++k)
            if (first[k] < matrix.size) {
                EXPECT_GT(pattern.position[k], first[k]) << "seed " << seed;
            }
    }
}

TEST(KktPattern, AcceptsMatricesWithoutEntries) {
    const KktPattern none(0, {}, {}), diagonal(3, {}, std::vector<char>(3, 0));

    EXPECT_EQ(none.size, 0);
    EXPECT_EQ(diagonal.factor_count(), 0u);
}

/// Factors eight different matrices of one pattern and compares solutions with dense ones.
TEST(KktFactor, SolvesWhatADenseFactorisationSolves) {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        RandomMatrix matrix(seed, 18, 9, 0.3);
        const KktPattern p(matrix.size, matrix.entries, matrix.later);
        const auto size = static_cast<std::size_t>(p.size);
        const auto lanes = [](std::size_t slots) { return LaneArray(slots * lane_count, 0.0); };
        LaneArray values = lanes(matrix.entries.size()), diagonal = lanes(size), least = lanes(size),
                  factor = lanes(p.factor_count()), pivot = lanes(size), inverse = lanes(size), column = lanes(size),
                  right = lanes(size), solution = lanes(size);
        std::vector<Eigen::MatrixXd> dense(lane_count, Eigen::MatrixXd::Zero(p.size, p.size));
        std::vector<Eigen::VectorXd> b(lane_count, Eigen::VectorXd::Zero(p.size));
        for (int lane = 0; lane < lane_count; ++lane) {
            for (const auto& entry : matrix.entries) {
                const double value = (entry.i < 18 ? 0.02 : 1.0) * (2 * matrix.uniform() - 1);
                values[static_cast<std::size_t>(entry.slot) * lane_count + lane] = value;
                dense[lane](entry.i, entry.j) = dense[lane](entry.j, entry.i) = value;
            }
            for (int k = 0; k < p.size; ++k) {
                const double d = (k < 18 ? 1 : -1) * (0.5 + matrix.uniform());
                dense[lane](k, k) = d;
                b[lane][k] = 2 * matrix.uniform() - 1;
                const std::size_t at = static_cast<std::size_t>(p.position[k]) * lane_count + lane;
                diagonal[at] = d;
                least[at] = k < 18 ? 1e-9 : -1e-9;
                right[at] = b[lane][k];
            }
        }
        KktView view{.width = lane_count,
                     .size = p.size,
                     .column_start = p.column_start.data(),
                     .row = p.row.data(),
                     .source_start = p.source_start.data(),
                     .source = p.source.data(),
                     .source_entry = p.source_entry.data(),
                     .source_run = p.source_run.data(),
                     .entry_start = p.entry_start.data(),
                     .entry_row = p.entry_row.data(),
                     .entry_slot = p.entry_slot.data(),
                     .shared_count = 0,
                     .shared = nullptr,
                     .own = values.data(),
                     .diagonal = diagonal.data(),
                     .least = least.data(),
                     .factor = factor.data(),
                     .pivot = pivot.data(),
                     .inverse_pivot = inverse.data(),
                     .column = column.data(),
                     .right = right.data(),
                     .solution = solution.data()};
        kkt_factor(view);
        kkt_backward(view, solution.data());

        for (int lane = 0; lane < lane_count; ++lane) {
            const Eigen::VectorXd x = dense[lane].partialPivLu().solve(b[lane]);
            for (int k = 0; k < p.size; ++k)
                ASSERT_NEAR(solution[static_cast<std::size_t>(p.position[k]) * lane_count + lane], x[k], 1e-10)
                    << "seed " << seed << " lane " << lane;
        }
    }
}

}  // namespace
}  // namespace headroom
