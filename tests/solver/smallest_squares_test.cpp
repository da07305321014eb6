#include "solver/packing/smallest_squares.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace headroom {
namespace {

using Point = std::vector<double>;

// On the edge from (2, 0) to (0, 2), with s the share of the second: 2 (1 - s)^2 + 2 s^2 + s is smallest at 3 / 8.
TEST(SmallestSquares, WeighWhatAVertexCostsAgainstThem) {
    const Point quadratic{1, 1};
    SmallestSquares squares(quadratic, Point{2, 0});
    EXPECT_DOUBLE_EQ(squares.gain(Point{0, 2}, 1), 4 - 1);

    EXPECT_TRUE(squares.add(Point{0, 2}, 1));

    EXPECT_DOUBLE_EQ(squares.point()[0], 2 * 5.0 / 8);
    EXPECT_DOUBLE_EQ(squares.point()[1], 2 * 3.0 / 8);
    EXPECT_DOUBLE_EQ(squares.loss(), 3.0 / 8);
    EXPECT_NEAR(squares.gain(Point{2, 0}, 0), 0, 1e-15);
    EXPECT_NEAR(squares.gain(Point{0, 2}, 1), 0, 1e-15);
}

// In the triangle of (4, 0), (0, 4), (1, 1) the last is nearest to nothing, and the others leave.
TEST(SmallestSquares, LetVerticesLeaveThatAreNeededNoMore) {
    const Point quadratic{1, 1};
    SmallestSquares squares(quadratic, Point{4, 0});
    EXPECT_TRUE(squares.add(Point{0, 4}, 0));
    EXPECT_DOUBLE_EQ(squares.squares(), 4);
    EXPECT_TRUE(squares.add(Point{1, 1}, 0));
    EXPECT_DOUBLE_EQ(squares.point()[0], 1);
    EXPECT_DOUBLE_EQ(squares.point()[1], 1);
    EXPECT_LE(squares.gain(Point{4, 0}, 0), 0);
}

// On w_1 + w_2 = 5 the smallest w_1^2 / 2 + 4 w_2^2 / 2 has w_1 = 4 w_2.
TEST(SmallestSquares, CountEveryLimitInItsOwnUnit) {
    const Point quadratic{1, 4};
    SmallestSquares squares(quadratic, Point{5, 0});
    EXPECT_TRUE(squares.add(Point{0, 5}, 0));
    EXPECT_NEAR(squares.point()[0], 4, 1e-14);
    EXPECT_NEAR(squares.point()[1], 1, 1e-14);
}

TEST(SmallestSquares, RefuseAVertexThatBringsNothing) {
    const Point quadratic{1, 1};
    SmallestSquares squares(quadratic, Point{1, 1});
    EXPECT_FALSE(squares.add(Point{2, 2}, 0));
    EXPECT_DOUBLE_EQ(squares.squares(), 1);
}

}  // namespace
}  // namespace headroom
