// What a dry run tries to know how long a plan takes, seen by work that only notes what it is given.

#include "io/run/time_estimate.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "io/case/case_file.hpp"
#include "io/case/case_outline.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

struct Given {
    std::size_t shard;
    std::int64_t first_feeder, feeders;
};

class NotedWork final : public ShardWork {
public:
    NotedWork(std::int64_t items, bool gets_done) : items_(items), gets_done_(gets_done) {}
    void solve(const ShardWatch& watch) override {
        if (gets_done_) watch.solved(items_);
    }
    PartFile write(const std::filesystem::path&) override { return {}; }

private:
    std::int64_t items_;
    bool gets_done_;
};

/// A case of so many feeders in shards of three, and what an estimate is given of it.
struct TimeEstimateTest : testing::Test {
    test::TemporaryDirectory folder;
    CaseOutline outline;
    RunPlan plan;
    std::vector<Given> given;

    std::optional<TimeEstimate> estimate(int feeders, bool gets_done = true) {
        const std::filesystem::path path = folder / "case.h5";
        write_case(test::small_region(feeders), path);
        outline = read_outline(path, "");
        plan.case_path = path.string();
        plan.notes = {{"series", outline.series}};
        plan.feeder_count = feeders;
        plan.step_count = static_cast<std::int64_t>(outline.step_count());
        for (std::int64_t first = 0; first < plan.feeder_count; first += 3)
            plan.shards.push_back(
                {.first_feeder = first, .feeder_count = std::min<std::int64_t>(3, plan.feeder_count - first)});
        ShardTask task;
        task.begin = [this, gets_done](ShardInput input) {
            const auto count = static_cast<std::int64_t>(input.region.feeder_count());
            given.push_back({input.shard, input.first_feeder, count});
            return std::make_unique<NotedWork>(count * plan.step_count, gets_done);
        };
        return estimate_time(plan, outline, task, 1);
    }
    void expect_within_shards() const {
        for (const Given& range : given) {
            const Shard& shard = plan.shards[range.shard];
            EXPECT_GE(range.first_feeder, shard.first_feeder);
            EXPECT_LE(range.first_feeder + range.feeders, shard.first_feeder + shard.feeder_count);
        }
    }
};

TEST_F(TimeEstimateTest, FeedersComeFromThreePlacesAndNeverFromTwoShardsAtOnce) {
    const auto time = estimate(40);

    ASSERT_TRUE(time);
    EXPECT_EQ(time->feeders, 18) << "three places of six feeders for the one thread";
    EXPECT_LE(time->lowest, time->seconds);
    EXPECT_GE(time->highest, time->seconds);
    expect_within_shards();
    EXPECT_EQ(given.front().first_feeder, 0);
    EXPECT_EQ(given.back().first_feeder + given.back().feeders, 40);
}

TEST_F(TimeEstimateTest, FewFeedersAreAllTried) {
    const auto time = estimate(7);

    ASSERT_TRUE(time);
    EXPECT_EQ(time->feeders, 7);
    EXPECT_EQ(time->lowest, time->highest) << "one place";
    expect_within_shards();
    EXPECT_EQ(given.size(), 3U);
}

TEST_F(TimeEstimateTest, WhereNothingComesToAnEndThereIsNoEstimate) { EXPECT_FALSE(estimate(7, false)); }

}  // namespace
}  // namespace headroom
