#include "solver/packing/packing_columns.hpp"

#include <gtest/gtest.h>

namespace headroom {
namespace {

// Rows 2 w0 + w1 <= 8 and w1 + 4 w2 <= 6.
const PackingRows two_rows{.limit_count = 3, .start = {0, 2, 4}, .column = {0, 1, 1, 2}, .value = {2, 1, 1, 4}};

TEST(PackingColumns, ListsTheRowsOfEveryLimit) {
    const PackingColumns columns(two_rows);

    ASSERT_EQ(columns.rows(1).size(), 2u);
    EXPECT_EQ(columns.rows(1)[0], 0);
    EXPECT_EQ(columns.rows(1)[1], 1);
    EXPECT_EQ(columns.values(1)[1], 1);
    ASSERT_EQ(columns.rows(2).size(), 1u);
    EXPECT_EQ(columns.values(2)[0], 4);
}

// w0 meets its bound, w1 the rest of the first row (8 - 6), and w2 what the second leaves then ((6 - 2) / 4).
TEST(PackingColumns, RaisesEachLimitToItsBoundOrItsFirstFullRow) {
    const std::vector<double> room{8, 6}, upper{3, 5, 9};
    std::vector<double> w{2.5, 0, 0.5}, rest = rest_of_rows(two_rows, room, w);

    raise_limits(PackingColumns(two_rows), upper, rest, w);

    EXPECT_EQ(w, (std::vector<double>{3, 2, 1}));
    EXPECT_EQ(rest, (std::vector<double>{0, 0}));
}

TEST(PackingColumns, LeavesLimitsOfAnOverfullRowWhereTheyAre) {
    const std::vector<double> room{8, 6}, upper{9, 9, 9};
    std::vector<double> w{4.5, 0, 1}, rest = rest_of_rows(two_rows, room, w);

    raise_limits(PackingColumns(two_rows), upper, rest, w);

    EXPECT_EQ(w, (std::vector<double>{4.5, 0, 1.5}));
}

}  // namespace
}  // namespace headroom
