#include <gtest/gtest.h>

#include <cstring>
#include <Eigen/Dense>
#include <random>

#include "solver/ldl/complex_ldl.hpp"
#include "solver/ldl/lane_ldl.hpp"
#include "solver/lu/sparse_lu.hpp"

namespace headroom {
namespace {

using Complex = std::complex<double>;

/// A random symmetric matrix like a network's: rows nearly sum to zero, conductances and inductive susceptances.
struct RandomNetwork {
    RandomNetwork(unsigned seed, int count) : size(count), random(seed), dense(Eigen::MatrixXcd::Zero(count, count)) {
        for (int i = 1; i < size; ++i) join(i, static_cast<int>(random() % static_cast<unsigned>(i)));
        for (int k = 0; k < size / 4; ++k) {
            const int i = static_cast<int>(random() % static_cast<unsigned>(size)),
                      j = static_cast<int>(random() % static_cast<unsigned>(size));
            if (i != j) join(i, j);
        }
        put(0, 0, admittance());
        for (int i = 0; i < size; ++i) early.push_back(static_cast<char>(random() % 2));
    }
    double uniform(double low, double high) { return std::uniform_real_distribution<>(low, high)(random); }
    Complex admittance() { return 1.0 / Complex(uniform(0.1, 1.0), uniform(0.0, 1.0)); }
    void put(int i, int j, Complex value) {
        entries.push_back({i, j, value});
        dense(i, j) += value;
        if (i != j) dense(j, i) += value;
    }
    void join(int i, int j) {
        const Complex y = admittance();
        put(i, j, -y);
        put(i, i, y);
        put(j, j, y);
    }

    int size;
    std::mt19937 random;
    std::vector<ComplexEntry> entries;
    Eigen::MatrixXcd dense;
    std::vector<char> early;
};

Eigen::MatrixXcd dense_lower(const ComplexLdl& ldl) {
    Eigen::MatrixXcd l = Eigen::MatrixXcd::Identity(ldl.size(), ldl.size());
    for (int k = 0; k < ldl.size(); ++k)
        for (int e = ldl.column_start()[k]; e < ldl.column_start()[k + 1]; ++e) l(ldl.row()[e], k) = ldl.value()[e];
    return l;
}

TEST(ComplexLdl, FactorsMultiplyToThePermutedMatrix) {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        const RandomNetwork network(seed, 1 + static_cast<int>(seed));
        const ComplexLdl ldl(network.size, network.entries, network.early);

        ASSERT_TRUE(ldl.regular());
        const Eigen::MatrixXcd l = dense_lower(ldl);
        Eigen::VectorXcd d(network.size);
        for (int k = 0; k < network.size; ++k) d[k] = 1.0 / ldl.inverse_pivot()[k];
        const Eigen::MatrixXcd product = l * d.asDiagonal() * l.transpose();
        for (int i = 0; i < network.size; ++i)
            for (int j = 0; j < network.size; ++j)
                EXPECT_NEAR(std::abs(product(i, j) - network.dense(ldl.index()[i], ldl.index()[j])), 0.0, 1e-12);
    }
}

TEST(ComplexLdl, SolvesForOneRightSide) {
    const RandomNetwork network(5, 25);
    const ComplexLdl ldl(network.size, network.entries, network.early);
    Eigen::VectorXcd expected = Eigen::VectorXcd::LinSpaced(25, 1.0, 25.0), x = network.dense * expected;

    ldl.solve({x.data(), 25});

    EXPECT_LT((x - expected).cwiseAbs().maxCoeff(), 1e-10);
}

TEST(ComplexLdl, EarlyIndicesComeFirst) {
    const RandomNetwork network(7, 40);
    const ComplexLdl ldl(network.size, network.entries, network.early);

    for (int i = 0; i < network.size; ++i) EXPECT_EQ(ldl.position()[i] < ldl.early_count(), network.early[i] != 0) << i;
}

TEST(ComplexLdl, TellsASingularMatrix) {
    const std::vector<ComplexEntry> ring{{0, 0, 1.0}, {1, 1, 1.0}, {1, 0, -1.0}};

    EXPECT_FALSE(ComplexLdl(2, ring, std::vector<char>(2, 0)).regular());
}

TEST(ComplexLdl, AcceptsMatricesWithoutEntriesOffTheDiagonal) {
    const std::vector<ComplexEntry> diagonal{{0, 0, 2.0}, {1, 1, Complex(0.0, 4.0)}};
    const ComplexLdl ldl(2, diagonal, std::vector<char>{0, 1});

    EXPECT_EQ(ldl.position()[1], 0);
    EXPECT_EQ(ldl.inverse_pivot()[0], Complex(0.0, -0.25));
}

/// Solves with right sides that are zero at early positions, one per lane.
struct LaneSolution {
    LaneSolution(const ComplexLdl& ldl, const LaneLdl& lanes, unsigned seed)
        : size(ldl.size()),
          first(lanes.first()),
          right(static_cast<std::size_t>(size - first) * 2 * lane_count),
          solution(static_cast<std::size_t>(size) * 2 * lane_count, 1.0) {
        std::mt19937 random(seed);
        for (double& r : right) r = std::uniform_real_distribution<>(-1.0, 1.0)(random);
        start = right;
    }
    LdlView view(const LaneLdl& lanes) { return lanes.view(right.data(), solution.data(), frozen, change); }
    Complex at(const LaneArray& array, int row, int lane) const {
        return {array[(2 * row) * lane_count + lane], array[(2 * row + 1) * lane_count + lane]};
    }

    int size, first;
    LaneArray right, solution, start;
    alignas(64) double frozen[lane_count]{};
    alignas(64) double change[lane_count]{};
};

TEST(LaneLdl, SolvesForEightRightSides) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        const RandomNetwork network(seed, 30);
        const ComplexLdl ldl(network.size, network.entries, network.early);
        const LaneLdl lanes(ldl, std::vector<double>(30, 1.0));
        LaneSolution s(ldl, lanes, seed);

        LaneLdl::solve(s.view(lanes));
        LaneLdl::expand(s.view(lanes));

        for (int l = 0; l < lane_count; ++l) {
            Eigen::VectorXcd right = Eigen::VectorXcd::Zero(30);
            for (int k = s.first; k < 30; ++k) right[ldl.index()[k]] = s.at(s.start, k - s.first, l);
            const Eigen::VectorXcd expected = network.dense.partialPivLu().solve(right);
            for (int k = 0; k < 30; ++k)
                EXPECT_NEAR(std::abs(s.at(s.solution, k, l) - expected[ldl.index()[k]]), 0.0, 1e-10 * expected.norm());
        }
    }
}

TEST(LaneLdl, LeavesFrozenLanesAloneAndMeasuresTheOthers) {
    const RandomNetwork network(3, 20);
    const ComplexLdl ldl(network.size, network.entries, std::vector<char>(20, 0));
    const LaneLdl lanes(ldl, std::vector<double>(20, 2.0));
    LaneSolution s(ldl, lanes, 3);
    s.frozen[5] = 1.0;

    LaneLdl::solve(s.view(lanes));

    double largest = 0.0;
    for (int k = 0; k < 20; ++k) {
        EXPECT_EQ(s.at(s.solution, k, 5), Complex(1.0, 1.0));
        largest = std::max(largest, std::abs(s.at(s.solution, k, 4) - Complex(1.0, 1.0)) / 2.0);
    }
    EXPECT_EQ(s.change[5], 0.0);
    EXPECT_NEAR(s.change[4], largest, 1e-15 * largest + 1e-15);
}

TEST(LaneLdl, ALaneThatIsNoNumberSaysSoAndStaysAlone) {
    const RandomNetwork network(4, 20);
    const ComplexLdl ldl(network.size, network.entries, network.early);
    const LaneLdl lanes(ldl, std::vector<double>(20, 1.0));
    LaneSolution good(ldl, lanes, 4), bad(ldl, lanes, 4);
    bad.right[2] = std::nan("");

    LaneLdl::solve(good.view(lanes));
    LaneLdl::solve(bad.view(lanes));

    EXPECT_FALSE(bad.change[2] <= 1e300);
    for (int k = good.first; k < good.size; ++k)
        for (const int l : {0, 1, 3, 4, 5, 6, 7}) EXPECT_EQ(good.at(good.solution, k, l), bad.at(bad.solution, k, l));
}

TEST(LaneLdl, WideRegistersGiveTheSameBits) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx512f")) GTEST_SKIP() << "no AVX-512 here";
    const RandomNetwork network(9, 60);
    const ComplexLdl ldl(network.size, network.entries, network.early);
    const LaneLdl lanes(ldl, std::vector<double>(60, 1.0));
    LaneSolution a(ldl, lanes, 9), b(ldl, lanes, 9);

    avx2::ldl_solve_kernel(a.view(lanes));
    avx2::ldl_expand_kernel(a.view(lanes));
    avx512::ldl_solve_kernel(b.view(lanes));
    avx512::ldl_expand_kernel(b.view(lanes));

    EXPECT_EQ(std::memcmp(a.solution.data(), b.solution.data(), a.solution.size() * sizeof(double)), 0);
    EXPECT_EQ(std::memcmp(a.change, b.change, sizeof a.change), 0);
}

TEST(SparseLu, SolvesAndFactorisesAgain) {
    const std::vector<MatrixEntry> first{{0, 1, 2.0}, {1, 0, 4.0}, {0, 1, 1.0}, {1, 1, 1.0}};
    SparseLu lu(2, first);

    ASSERT_TRUE(lu.factorise(first));  // [0 3; 4 1]
    std::vector<double> x{6.0, 6.0};
    lu.solve(x);
    EXPECT_NEAR(x[0], 1.0, 1e-15);
    EXPECT_NEAR(x[1], 2.0, 1e-15);

    x = {6.0, 6.0, 4.0, 4.0};
    lu.solve_transposed(x, 2);  // [0 4; 3 1]
    const std::vector<double> expected{1.5, 1.5, 1.0, 1.0};
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(x[k], expected[k], 1e-15);

    std::vector<MatrixEntry> second = first;
    second[1].value = 2.0;
    ASSERT_TRUE(lu.factorise(second));  // [0 3; 2 1]
    x = {6.0, 6.0};
    lu.solve(x);
    EXPECT_NEAR(x[0], 2.0, 1e-15);
    EXPECT_NEAR(x[1], 2.0, 1e-15);
}

TEST(SparseLu, AnEmptySystemIsSolved) {
    SparseLu lu(0, {});

    ASSERT_TRUE(lu.factorise({}));
    lu.solve({});
    lu.solve_transposed({}, 4);
}

TEST(SparseLu, RefusesSingularMatricesAndWhatIsNoNumber) {
    std::vector<MatrixEntry> entries{{0, 0, 1.0}, {0, 1, 2.0}, {1, 0, 2.0}, {1, 1, 4.0}};
    SparseLu lu(2, entries);

    EXPECT_FALSE(lu.factorise(entries));
    entries[3].value = std::nan("");
    EXPECT_FALSE(lu.factorise(entries));
    entries[3].value = 5.0;
    EXPECT_TRUE(lu.factorise(entries));
}

}  // namespace
}  // namespace headroom
