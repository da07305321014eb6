#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "io/mps/read_mps.hpp"
#include "solver/simplex/dual_simplex.hpp"

namespace headroom {
namespace {

/// The problem with a box of that size where it has none.
ConvexProblem boxed(ConvexProblem problem, double size) {
    auto& [structure, values] = problem;
    for (int j = 0; j < structure.variable_count; ++j) {
        if (!has_lower(structure.sides[j])) values.lower[j] = -size;
        if (!has_upper(structure.sides[j])) values.upper[j] = size;
    }
    for (int i = 0; i < structure.row_count(); ++i) {
        if (!has_lower(structure.row_sides[i])) values.row_lower[i] = -no_bound;
        if (!has_upper(structure.row_sides[i])) values.row_upper[i] = no_bound;
    }
    problem.find_sides();
    return problem;
}

struct Published {
    const char* name;
    double objective;
};

/// Of those whose optimum is inside the box, as netlib's README has it.
class DualSimplexNetlib : public ::testing::TestWithParam<Published> {};

TEST_P(DualSimplexNetlib, FindsThePublishedOptimum) {
    const auto folder = std::filesystem::path(HEADROOM_SHARED_DATA) / "solver-lp-netlib";
    const auto file = folder / (std::string(GetParam().name) + ".mps.gz");
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
    DualSimplex simplex(boxed(read_mps(file).problem, 1e6));
    EXPECT_EQ(simplex.solve(), ConvexStatus::solved);
    EXPECT_NEAR(simplex.objective(), GetParam().objective, 1e-8 * std::abs(GetParam().objective));
    EXPECT_TRUE(simplex.answer().certificate.holds(1e-7));
}

INSTANTIATE_TEST_SUITE_P(Boxed, DualSimplexNetlib,
                         ::testing::Values(Published{"adlittle", 225494.96316}, Published{"afiro", -464.75314286},
                                           Published{"bandm", -158.62801845}, Published{"beaconfd", 33592.485807},
                                           Published{"blend", -30.812149846}, Published{"brandy", 1518.5098965},
                                           Published{"capri", 2690.0129138}, Published{"degen2", -1435.178},
                                           Published{"israel", -896644.82186}, Published{"kb2", -1749.9001299},
                                           Published{"lotfi", -25.264706062}, Published{"recipe", -266.616},
                                           Published{"sc50a", -64.575077059}, Published{"sc50b", -70.0},
                                           Published{"share2b", -415.73224074}, Published{"stocfor1", -41131.976219},
                                           Published{"vtpbase", 129831.46246}),
                         [](const auto& which) { return std::string(which.param.name); });

}  // namespace
}  // namespace headroom
