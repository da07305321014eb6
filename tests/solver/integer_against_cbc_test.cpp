#include <gtest/gtest.h>

#include <CbcModel.hpp>
#include <cmath>
#include <CoinPackedMatrix.hpp>
#include <OsiClpSolverInterface.hpp>
#include <vector>

#include "solver/integer/branch_and_bound.hpp"
#include "tests/support/random_boxed.hpp"

namespace headroom {
namespace {

using test::RandomNumbers;

struct Blocks {
    ConvexProblem problem;
    std::vector<int> integer;
};

/// Rows of `periods` knapsacks: blocks are all or nothing over neighbouring periods, some exclude each other; units are
/// divisible and belong to one period.
class BlockFamily {
public:
    explicit BlockFamily(std::uint64_t seed) : random_(seed) {}

    Blocks draw(int periods, int places, int blocks, int units) {
        const int rows = periods * places, groups = blocks / 4;
        std::vector<std::vector<double>> row(static_cast<std::size_t>(rows + groups));
        for (auto& entries : row) entries.assign(static_cast<std::size_t>(blocks + units), 0.0);
        Blocks drawn;
        auto& values = drawn.problem.values;
        for (int j = 0; j < blocks + units; ++j) {
            const bool block = j < blocks;
            const int length = block ? 1 + random_.below(periods) : 1, first = random_.below(periods - length + 1);
            const double quantity = 1 + random_.below(9), share = random_.uniform(0.2, 1);
            for (int t = first; t < first + length; ++t)
                for (int place = 0; place < places; ++place)
                    row[t * places + place][j] = (block ? quantity : 1) * (random_.chance(0.7) ? share : 1);
            if (block && groups > 0 && random_.chance(0.5)) row[rows + random_.below(groups)][j] = 1;
            values.linear.push_back(-(1 + random_.below(30)) * (block ? quantity * length : 1));
            values.lower.push_back(0);
            values.upper.push_back(block ? 1 : quantity);
            if (block) drawn.integer.push_back(j);
        }
        fill_rows(drawn.problem, row, rows);
        return drawn;
    }

private:
    void fill_rows(ConvexProblem& problem, const std::vector<std::vector<double>>& row, int knapsacks) {
        auto& [structure, values] = problem;
        structure.variable_count = static_cast<int>(values.linear.size());
        for (int i = 0; i < static_cast<int>(row.size()); ++i) {
            double sum = 0;
            for (int j = 0; j < structure.variable_count; ++j) {
                if (row[i][j] == 0) continue;
                structure.rows.column.push_back(j);
                values.row_value.push_back(row[i][j]);
                sum += row[i][j] * values.upper[j];
            }
            structure.rows.start.push_back(structure.rows.entry_count());
            values.row_lower.push_back(-no_bound);
            values.row_upper.push_back(i < knapsacks ? sum * random_.uniform(0.2, 0.5) : 1);
        }
        problem.find_sides();
    }

    RandomNumbers random_;
};

double cbc_objective(const Blocks& blocks) {
    const auto& [structure, values] = blocks.problem;
    std::vector<int> row;
    for (int i = 0; i < structure.row_count(); ++i)
        row.insert(row.end(), static_cast<std::size_t>(structure.rows.start[i + 1] - structure.rows.start[i]), i);
    CoinPackedMatrix matrix(true, row.data(), structure.rows.column.data(), values.row_value.data(),
                            static_cast<CoinBigIndex>(values.row_value.size()));
    matrix.setDimensions(structure.row_count(), structure.variable_count);
    OsiClpSolverInterface solver;
    solver.messageHandler()->setLogLevel(0);
    solver.loadProblem(matrix, values.lower.data(), values.upper.data(), values.linear.data(), values.row_lower.data(),
                       values.row_upper.data());
    for (const int j : blocks.integer) solver.setInteger(j);
    CbcModel model(solver);
    model.setLogLevel(0);
    model.setAllowableGap(1e-9);
    model.setAllowableFractionGap(0);
    model.branchAndBound();
    EXPECT_TRUE(model.isProvenOptimal());
    return model.getObjValue();
}

void expect_cbc_agrees(const Blocks& blocks) {
    const auto answer = branch_and_bound(blocks.problem, blocks.integer);
    EXPECT_EQ(answer.status, IntegerStatus::optimal);
    const double theirs = cbc_objective(blocks);
    EXPECT_NEAR(answer.objective, theirs, 1e-7 * std::abs(theirs));
}

TEST(IntegerAgainstCbc, AgreesOnKnapsacksWithBlocks) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        SCOPED_TRACE(seed);
        expect_cbc_agrees(BlockFamily(seed).draw(6, 2, 16, 24));
    }
}

TEST(IntegerAgainstCbc, AgreesOnBlocksAlone) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        expect_cbc_agrees(BlockFamily(seed).draw(4, 2, 24, 0));
    }
}

}  // namespace
}  // namespace headroom
