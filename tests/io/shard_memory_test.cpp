// What a dry run says of memory. How it compares with what is used, tests/story/region_test.py measures.

#include "io/run/shard_memory.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/case/case_file.hpp"
#include "io/case/case_outline.hpp"
#include "io/case/limit_count.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

struct ShardMemory : testing::Test {
    test::TemporaryDirectory folder;
    Region region = test::small_region(3);
    std::filesystem::path path = folder / "case.h5";
    CaseOutline outline;

    ShardMemory() {
        write_case(region, path);
        outline = read_outline(path, "");
    }

    std::vector<std::int64_t> limits(Monitoring monitoring = Monitoring::customers) const {
        return count_limits(path, outline, monitoring);
    }
    MemoryNeed need(const ShardContents& contents, int threads = 1, std::uint64_t shard_bytes = 1 << 30) const {
        RunPlan plan;
        plan.shards = plan_shards(outline, contents.size, shard_bytes);
        return memory_need(outline, plan, threads, contents, limits());
    }
};

int phase_count(std::uint8_t phases) { return (phases & 1) + (phases >> 1 & 1) + (phases >> 2 & 1); }

TEST_F(ShardMemory, LimitsAreTwoForAPhaseThatIsWatchedAndOneForAPhaseWithARating) {
    std::int64_t ratings = 0, at_customers = 0, at_buses = 0;
    for (std::size_t k = 0; k < region.branch_count() / 3; ++k) {
        if (!std::isnan(region.branch.rating_current[k])) ratings += phase_count(region.branch.phases[k]);
        if (!std::isnan(region.branch.rating_power[k])) ratings += phase_count(region.branch.phases[k]) + 1;
    }
    for (std::size_t k = 0; k < region.customer_count() / 3; ++k)
        at_customers += 2 * phase_count(region.customer.phases[k]);
    for (std::size_t k = 0; k < region.bus_count() / 3; ++k) at_buses += 2 * phase_count(region.bus.phases[k]);
    ASSERT_GT(ratings, 0);

    EXPECT_EQ(limits(), std::vector<std::int64_t>(3, ratings + at_customers));
    EXPECT_EQ(limits(Monitoring::all), std::vector<std::int64_t>(3, ratings + at_buses));
}

TEST_F(ShardMemory, ShardsThatOverlapNeedMoreThanOneAlone) {
    const ShardContents contents{.work = FeederWork::filling, .size = {.per_customer = 24, .per_item = 80}};
    const MemoryNeed whole = need(contents), cut = need(contents, 1, 1);  // one feeder each

    EXPECT_EQ(whole.alone, whole.overlapped);
    EXPECT_LT(cut.alone, whole.alone);
    EXPECT_GT(cut.overlapped, cut.alone);
}

TEST_F(ShardMemory, WhatIsAskedOnTopNeedsMore) {
    const ShardContents filling{.work = FeederWork::filling, .size = {.per_customer = 24, .per_item = 80}};
    const auto more = [&](auto change) {
        ShardContents contents = filling;
        change(contents);
        return need(contents).alone - need(filling).alone;
    };
    const double steps = static_cast<double>(outline.step_count());
    double limit_count = 0;
    for (const std::int64_t count : limits()) limit_count += static_cast<double>(count);

    EXPECT_GT(need(filling, 2).alone, need(filling, 1).alone);
    EXPECT_GT(more([](ShardContents& c) { c.work = FeederWork::correction; }), 0);
    EXPECT_GT(more([](ShardContents& c) { c.work = FeederWork::replay; }), 0);
    EXPECT_GT(more([](ShardContents& c) { c.is_concave = true; }), 0);
    EXPECT_GT(more([](ShardContents& c) { c.is_joint = true; }), 0);
    // Numbers of limits are kept by feeder and then side by side: 24 bytes of results a limit and step twice.
    const double plain = more([](ShardContents&c) { c.per_limit = 16; }),
                 larger = more([](ShardContents&c) { c.per_limit = 40; });
    EXPECT_NEAR(larger - plain, 2 * 24 * steps * limit_count, 1e-3);
}

}  // namespace
}  // namespace headroom
