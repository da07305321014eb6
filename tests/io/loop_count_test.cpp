// The loops of a region, as `info` tells them.

#include "io/report/loop_count.hpp"

#include <gtest/gtest.h>

#include "tests/support/small_region.hpp"

namespace headroom::test {
namespace {

TEST(LoopCount, NamesTheFirst) {
    Region region = small_region(3);
    EXPECT_EQ(count_loops(region, validate(region)).first_branch, -1);
    const auto last = static_cast<std::size_t>(region.feeder.branch_offset[2]);
    append_branch(region, last + 1, "tie", region.branch.from_bus[last + 1], region.branch.to_bus[last + 2]);
    append_branch(region, last + 1, "l1b", region.branch.from_bus[last + 1], region.branch.to_bus[last + 1]);

    const LoopCount count = count_loops(region, validate(region));

    EXPECT_EQ(count.loops, 2);
    EXPECT_EQ(count.feeders, 1);
    EXPECT_EQ(count.first_feeder, 2);
    EXPECT_EQ(region.branch.id[static_cast<std::size_t>(count.first_branch)], "l1b");
}

TEST(LoopCount, LooksAtSoundFeedersAlone) {
    Region region = small_region(1);
    append_branch(region, 1, "l1b", region.branch.from_bus[1], region.branch.to_bus[1]);
    EXPECT_EQ(count_loops(region, validate(region)).loops, 1);

    region.branch.length[1] = -3;
    EXPECT_EQ(count_loops(region, validate(region)).loops, 0);
    region.branch.from_bus[1] = 99;
    EXPECT_EQ(count_loops(region, validate(region)).loops, 0);
}

}  // namespace
}  // namespace headroom::test
