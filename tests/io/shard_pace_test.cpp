#include "io/run/shard_pace.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace headroom {
namespace {

RunPlan plan_of(const std::vector<std::pair<double, std::uint64_t>>& cost_and_bytes) {
    RunPlan plan;
    for (const auto& [cost, bytes] : cost_and_bytes) plan.shards.push_back({.raw_bytes = bytes, .cost = cost});
    return plan;
}

std::map<std::size_t, ShardRecord> solved_in(const std::map<std::size_t, double>& seconds) {
    std::map<std::size_t, ShardRecord> done;
    for (const auto& [shard, solve_s] : seconds) {
        done[shard].shard = shard;
        done[shard].solve_s = solve_s;
    }
    return done;
}

TEST(ShardPace, WhereNothingIsDoneNothingIsKnown) {
    const RunPlan plan = plan_of({{10, 1}, {20, 1}});

    EXPECT_TRUE(shard_seconds(plan, {}).empty());
    EXPECT_TRUE(shard_seconds(plan, solved_in({{0, 0.0}})).empty()) << "a part that was found without its times";
}

TEST(ShardPace, OneShardTellsTheSecondsPerCost) {
    const std::vector<double> seconds = shard_seconds(plan_of({{10, 7}, {20, 7}, {5, 7}}), solved_in({{0, 3.0}}));

    EXPECT_EQ(seconds, (std::vector<double>{3, 6, 1.5}));
}

TEST(ShardPace, TwoShapesTellWhatCostAndBytesTakeEach) {
    // 0.2 s per cost and 0.01 s per byte: 10 -> 2 + 1, 20 -> 4 + 0.5, 30 -> 6 + 2
    const std::vector<double> seconds =
        shard_seconds(plan_of({{10, 100}, {20, 50}, {30, 200}}), solved_in({{0, 3.0}, {1, 4.5}}));

    EXPECT_EQ(seconds[0], 3.0) << "as measured";
    EXPECT_NEAR(seconds[2], 8.0, 1e-9);
}

TEST(ShardPace, NothingTakesLessThanNoTime) {
    // The dearer shard took less: bytes alone explain it, 0.03 s each; and the other way round.
    EXPECT_NEAR(shard_seconds(plan_of({{10, 100}, {20, 50}, {40, 10}}), solved_in({{0, 3.0}, {1, 1.5}}))[2], 0.3, 1e-9);
    EXPECT_NEAR(shard_seconds(plan_of({{10, 100}, {20, 50}, {40, 10}}), solved_in({{0, 1.0}, {1, 2.0}}))[2], 4.0, 1e-9);
    for (const double later : {0.01, 100.0})
        for (const double second : shard_seconds(plan_of({{1, 5}, {2, 3}, {3, 1}}), solved_in({{0, 1}, {1, later}})))
            EXPECT_GT(second, 0);
}

TEST(ShardPace, ReadingAndWritingCountWhereTheyTakeLonger) {
    auto done = solved_in({{0, 1.0}});
    done[0].read_s = 2;
    done[0].write_s = 0.5;

    EXPECT_EQ(shard_seconds(plan_of({{10, 1}, {20, 1}}), done)[1], 5.0);
}

}  // namespace
}  // namespace headroom
