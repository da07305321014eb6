// The corners of a box at which a linear phasor is largest, against all of them.

#include "formulations/secure/largest_corners.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <random>
#include <string>

namespace headroom {
namespace {

double size_at(const PhasorMoves& moves, const std::vector<double>& from, const std::vector<double>& to) {
    std::complex<double> z = moves.size;
    for (std::size_t k = 0; k < to.size(); ++k)
        z += std::complex<double>(moves.along[k], moves.across[k]) * (to[k] - from[k]);
    return std::abs(z);
}

struct RandomBox {
    PhasorMoves moves;
    std::vector<double> share;

    RandomBox(unsigned seed, std::size_t count) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<double> uniform(-1.0, 1.0);
        moves.size = 1.0 + uniform(random);
        for (std::size_t k = 0; k < count; ++k) {
            moves.along.push_back(uniform(random));
            moves.across.push_back(uniform(random));
            share.push_back(uniform(random) < 0 ? 0.0 : uniform(random) < 0 ? 1.0 : 0.3);
        }
    }

    double largest() const {
        double size = 0;
        for (std::uint32_t corner = 0; corner < 1u << share.size(); ++corner) {
            std::vector<double> to;
            for (std::size_t k = 0; k < share.size(); ++k) to.push_back(corner >> k & 1u);
            size = std::max(size, size_at(moves, share, to));
        }
        return size;
    }
};

TEST(LargestCorners, TheFirstIsTheLargestOfAllCorners) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        const RandomBox box(seed, 1 + seed % 10);
        const auto corners = largest_corners(box.moves, box.share, -10.0, 4);
        ASSERT_FALSE(corners.empty()) << seed;
        EXPECT_NEAR(size_at(box.moves, box.share, corners.front()), box.largest(), 1e-12) << "seed " << seed;
        for (std::size_t c = 1; c < corners.size(); ++c)
            EXPECT_GE(size_at(box.moves, box.share, corners[c - 1]), size_at(box.moves, box.share, corners[c]));
    }
}

// Moves along the axes: a coordinate that turns its end exactly where the walk begins, and two at the same direction.
TEST(LargestCorners, CoordinatesAlongTheAxesAreWalkedToo) {
    const PhasorMoves moves{1.0, {0.0, 0.0, 0.5, -0.5, 0.5}, {-0.8, 0.3, 0.0, 0.0, 0.0}};
    const std::vector<double> share{0.0, 0.0, 0.0, 1.0, 0.0};
    const auto corners = largest_corners(moves, share, 0.0, 1);
    ASSERT_EQ(corners.size(), 1u);
    EXPECT_EQ(corners.front(), (std::vector<double>{1.0, 0.0, 1.0, 0.0, 1.0}));
}

TEST(LargestCorners, NoneWherePointIsLargestAndWhatDoesNotMoveItStays) {
    const PhasorMoves moves{1.0, {0.5, 0.0}, {0.1, 0.0}};
    EXPECT_TRUE(largest_corners(moves, std::vector<double>{1.0, 0.4}, 1e-9, 3).empty());
    const auto corners = largest_corners(moves, std::vector<double>{0.0, 0.4}, 1e-9, 3);
    ASSERT_EQ(corners.size(), 1u);
    EXPECT_EQ(corners.front(), (std::vector<double>{1.0, 0.4}));
    EXPECT_TRUE(largest_corners({1.0, {}, {}}, {}, 1e-9, 3).empty());
}

// Two ways to lean, far apart: both are named, whatever is between them.
TEST(LargestCorners, PeaksInOtherDirectionsAreNamedToo) {
    const PhasorMoves moves{1.0, {0.0, 0.0}, {0.6, -0.5}};
    const auto corners = largest_corners(moves, std::vector<double>{0.0, 0.0}, 1e-9, 3);
    ASSERT_EQ(corners.size(), 2u);
    EXPECT_EQ(corners[0], (std::vector<double>{1.0, 0.0}));
    EXPECT_EQ(corners[1], (std::vector<double>{0.0, 1.0}));
}

}  // namespace
}  // namespace headroom
