// The tree of a feeder, and where its loops are torn open.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "formulations/network/feeder_tree.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/random_feeder.hpp"
#include "tests/support/small_region.hpp"

namespace headroom::test {
namespace {

/// Branch ids of the edges that end in a loop, one word each: "tie", "l1b+l1c".
std::vector<std::string> closing_edges(const Region& region, std::int64_t feeder) {
    const FeederTree tree = feeder_tree(region, feeder);
    std::vector<std::string> found;
    for (std::size_t i = 0; i < tree.bus.size(); ++i) {
        if (tree.closes[i] < 0) continue;
        std::string edge;
        for (std::int32_t e = tree.branch_start[i]; e < tree.branch_start[i + 1]; ++e)
            edge += (edge.empty() ? "" : "+")
                    + region.branch.id[static_cast<std::size_t>(tree.branches[static_cast<std::size_t>(e)])];
        found.push_back(edge);
    }
    return found;
}

// slack - a - b - c - slack, and a - c: bus b is two edges away either way, and found from a, first in the file.
Region ring() {
    FeederBuilder builder(230.0);
    for (const char* bus : {"a", "b", "c"}) builder.bus(bus, "abc", 230.0);
    const PhaseImpedance z = PhaseImpedance::uncoupled(1e-3, 1e-3);
    builder.line("slack", "a", "abc", z);
    builder.line("a", "b", "abc", z);
    builder.line("c", "b", "abc", z);
    builder.line("c", "slack", "abc", z);
    builder.line("c", "a", "abc", z);
    return builder.build();
}

TEST(FeederTree, HasTheFewestEdgesAndEndsOthersWhereTheyCloseALoop) {
    const FeederTree tree = feeder_tree(ring(), 0);

    // Preorder: slack, its first branch with what is below, then c with the ends of its two ways to known buses.
    EXPECT_EQ(tree.bus, (std::vector<std::int32_t>{0, 1, 2, 3, 2, 1}));
    EXPECT_EQ(tree.parent, (std::vector<std::int32_t>{-1, 0, 1, 0, 3, 3}));
    EXPECT_EQ(tree.closes, (std::vector<std::int32_t>{-1, -1, -1, -1, 2, 1}));
    EXPECT_EQ(tree.branches, (std::vector<std::int64_t>{0, 1, 3, 2, 4}));
    EXPECT_EQ(tree.node_of_bus, (std::vector<std::int32_t>{0, 1, 2, 3}));
}

TEST(FeederTree, TakesBranchesSideBySideForLoops) {
    Region region = small_region();
    EXPECT_TRUE(closing_edges(region, 1).empty()) << "two regulators on a phase each are one edge";
    append_branch(region, 7, "l1b", 7, 8);
    append_branch(region, 7, "l1c", 8, 7);
    append_branch(region, 6, "t2", 6, 7);

    EXPECT_EQ(closing_edges(region, 1), (std::vector<std::string>{"t2", "l1b", "l1c"}));
    EXPECT_TRUE(closing_edges(region, 0).empty());
}

TEST(FeederTree, AnOpenBranchClosesNoLoop) {
    Region region = small_region();
    append_branch(region, 11, "tie", 7, 9);
    EXPECT_TRUE(closing_edges(region, 1).empty());

    region.branch.closed.back() = 1;
    EXPECT_EQ(closing_edges(region, 1), std::vector<std::string>{"l2"}) << "both ends of it are one edge away";
}

/// Lets the regulators of feeder 1 join main and boosted, now a three-phase bus, by coils ab and cb: an open delta.
Region with_open_delta() {
    Region region = small_region();
    region.bus.phases[10] = phase::abc;
    region.branch.phases[9] = phase::a | phase::b;
    region.branch.phases[10] = phase::b | phase::c;
    const std::size_t ab = own_transformer(region, 9), cb = own_transformer(region, 10);
    region.transformer.from_coil[ab][0] = region.transformer.to_coil[ab][0] = {1, 2};
    region.transformer.from_coil[cb][0] = region.transformer.to_coil[cb][0] = {3, 2};
    return region;
}

// As in the IEEE 37-bus feeder: phase b passes the open delta by a jumper. A jumper on phase a as well is a loop.
TEST(FeederTree, AnOpenDeltaMayHaveAJumperOnItsCommonPhase) {
    Region region = with_open_delta();
    EXPECT_TRUE(closing_edges(region, 1).empty());
    append_branch(region, 7, "jumper", 7, 10);
    region.branch.phases.back() = phase::b;
    EXPECT_TRUE(closing_edges(region, 1).empty());

    region.branch.phases.back() = phase::a | phase::b;
    EXPECT_EQ(closing_edges(region, 1), std::vector<std::string>{"jumper"});
}

TEST(FeederTree, ThreeSinglePhaseUnitsMayCloseADeltaButNotTwiceOnOnePair) {
    Region region = with_open_delta();
    append_branch(region, 9, "third", 7, 10);
    region.branch.phases.back() = phase::a | phase::c;
    const std::size_t ca = own_transformer(region, 12);
    region.transformer.from_coil[ca][0] = region.transformer.to_coil[ca][0] = {3, 1};
    EXPECT_TRUE(closing_edges(region, 1).empty());

    region.transformer.from_coil[ca][0] = region.transformer.to_coil[ca][0] = {2, 1};
    region.branch.phases.back() = phase::a | phase::b;
    EXPECT_EQ(closing_edges(region, 1), std::vector<std::string>{"third"});
}

TEST(FeederTree, IsTheFeederInPreorder) {
    for (unsigned seed = 0; seed < 10; ++seed) {
        Region region = random_feeder(seed, {.buses = 22});
        const int ties = add_ties(region);
        const FeederTree tree = feeder_tree(region, 0);
        EXPECT_EQ(std::count_if(tree.closes.begin(), tree.closes.end(), [](std::int32_t node) { return node >= 0; }),
                  ties);
        std::vector<std::int64_t> branches = tree.branches;
        std::sort(branches.begin(), branches.end());
        ASSERT_EQ(branches.size(), region.branch_count()) << "each branch once";
        for (std::size_t k = 0; k < branches.size(); ++k) EXPECT_EQ(branches[k], static_cast<std::int64_t>(k));
        for (std::size_t i = 1; i < tree.bus.size(); ++i) {
            EXPECT_LT(tree.parent[i], static_cast<std::int32_t>(i));
            if (tree.closes[i] < 0) continue;
            EXPECT_EQ(tree.bus[static_cast<std::size_t>(tree.closes[i])], tree.bus[i]);
        }
    }
}

}  // namespace
}  // namespace headroom::test
