// The highest point of a box under two tangents, against all corners and all edges where both meet.

#include "formulations/secure/tangents.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace headroom {
namespace {

using Share = std::vector<double>;

double height_at(const Tangent& tangent, const Share& share) {
    double height = tangent.value;
    for (std::size_t k = 0; k < share.size(); ++k) height += tangent.slope[k] * (share[k] - tangent.at[k]);
    return height;
}

double under(const Tangent& first, const Tangent& second, const Share& share) {
    return std::min(height_at(first, share), height_at(second, share));
}

/// The smaller of two linear functions is largest at a corner, or on an edge where they are the same.
double highest_by_hand(const Tangent& first, const Tangent& second) {
    const std::size_t count = first.slope.size();
    double highest = -1e300;
    for (std::uint32_t corner = 0; corner < 1u << count; ++corner) {
        Share share;
        for (std::size_t k = 0; k < count; ++k) share.push_back(corner >> k & 1u);
        highest = std::max(highest, under(first, second, share));
        for (std::size_t k = 0; k < count; ++k) {
            Share on_edge = share;
            on_edge[k] = 0;
            const double lead = height_at(first, on_edge) - height_at(second, on_edge);
            on_edge[k] = lead / (second.slope[k] - first.slope[k]);
            if (on_edge[k] >= 0 && on_edge[k] <= 1) highest = std::max(highest, under(first, second, on_edge));
        }
    }
    return highest;
}

TEST(Tangents, NoCornerAndNoEdgeIsHigherUnderBoth) {
    int inside = 0;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<double> uniform(-1.0, 1.0);
        const std::size_t count = 1 + seed % 7;
        Share here, there;
        Tangent first{uniform(random), {}, {}}, second{uniform(random), {}, {}};
        for (std::size_t k = 0; k < count; ++k) {
            here.push_back(0.5 + 0.5 * uniform(random));
            there.push_back(0.5 + 0.5 * uniform(random));
            first.slope.push_back(uniform(random));
            second.slope.push_back(uniform(random));
        }
        first.at = here;
        second.at = there;
        const HighestPoint highest = highest_under(first, second);
        EXPECT_NEAR(highest.height, highest_by_hand(first, second), 1e-12) << "seed " << seed;
        EXPECT_NEAR(highest.height, under(first, second, highest.share), 1e-15) << "seed " << seed;
        for (const double s : highest.share) {
            EXPECT_TRUE(s >= 0 && s <= 1) << "seed " << seed;
            inside += s > 0 && s < 1 ? 1 : 0;
        }
    }
    EXPECT_GT(inside, 50) << "ridges were to be met";
}

// On the way between the points the tangents meet at 0.25 and 0.75; the ridge rises with the second coordinate.
TEST(Tangents, ARidgeIsFollowedToItsTop) {
    const Share left{0.0, 1.0}, right{1.0, 1.0};
    const HighestPoint top = highest_under({0.0, left, {1.0, -0.5}}, {-0.5, right, {-1.0, -0.1}});
    EXPECT_EQ(top.share[1], 0.0);
    EXPECT_NEAR(top.share[0], 0.05, 1e-15);
    EXPECT_NEAR(top.height, 0.55, 1e-15);
}

// Slopes of nothing follow the other tangent; equal tangents are as high as one.
TEST(Tangents, FlatAndEqualOnesHaveTheirTopAtACorner) {
    const Share at{0.5, 0.5};
    const HighestPoint flat = highest_under({1.0, at, {0.0, 2.0}}, {5.0, at, {-1.0, 0.0}});
    EXPECT_EQ(flat.share, (Share{0.0, 1.0}));
    EXPECT_EQ(flat.height, 2.0);
    const HighestPoint equal = highest_under({1.0, at, {1.0, -2.0}}, {1.0, at, {1.0, -2.0}});
    EXPECT_EQ(equal.share, (Share{1.0, 0.0}));
    EXPECT_EQ(equal.height, 2.5);
}

}  // namespace
}  // namespace headroom
