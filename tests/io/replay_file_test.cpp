#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "io/case/case_file.hpp"
#include "io/errors.hpp"
#include "io/result/replay_file.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/small_result.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::small_region;
using test::TemporaryDirectory;

ReplayResult small_replay(const Region& region) {
    ReplayResult result;
    result.rows = test::small_result(region).rows;
    result.step_count = region.series.at(0).step_count();
    result.feeder_count = region.feeder_count();
    const std::size_t items = result.step_count * result.feeder_count;
    for (std::size_t k = 0; k < items; ++k) {
        result.status.push_back(static_cast<ReplayStatus>(k % 4));
        result.worst_row.push_back(static_cast<std::int32_t>(k % 5) - 1);
        result.violated.push_back(static_cast<std::int32_t>(k % 3));
        result.points.push_back(static_cast<std::int32_t>(200 + k));
        for (std::size_t kind = 0; kind < replay_point_kinds; ++kind)
            result.worst_excess[kind].push_back(kind == 3 ? not_given : -1e-3 * static_cast<double>(k + kind));
    }
    for (std::size_t k = 0; k < result.step_count * result.rows.size(); ++k)
        result.worst_value.push_back(
            k % 7 == 0 ? not_given : result.rows.limit[k % result.rows.size()] * (1 + 0.01 * static_cast<double>(k)));
    result.feeder_fault.assign(result.feeder_count, "");
    return result;
}

const ReplayInfo info{test::small_run(), "limit-exchange by auction", "fedcba9876543210", "0.1.0", "avx2", "--seed 7"};

TEST(ReplayFile, EveryNumberComesBack) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    const ReplayResult result = small_replay(region);

    write_replay(result, region, region.series[0], info, directory / "replay.h5");
    const ReplayFile back = read_replay(directory / "replay.h5");

    EXPECT_EQ(back.info.envelopes.case_digest, info.envelopes.case_digest);
    EXPECT_EQ(back.info.envelopes.options, info.envelopes.options);
    EXPECT_EQ(back.info.market, info.market);
    EXPECT_EQ(back.info.result_digest, info.result_digest);
    EXPECT_EQ(back.info.options, info.options);
    EXPECT_EQ(back.start, region.series[0].start);
    EXPECT_EQ(back.result.status, result.status);
    EXPECT_EQ(back.result.worst_row, result.worst_row);
    EXPECT_EQ(back.result.violated, result.violated);
    EXPECT_EQ(back.result.points, result.points);
    for (std::size_t kind = 0; kind < replay_point_kinds; ++kind)
        EXPECT_EQ(std::memcmp(back.result.worst_excess[kind].data(), result.worst_excess[kind].data(),
                              8 * result.status.size()),
                  0);
    for (std::size_t k = 0; k < result.worst_value.size(); ++k) {
        if (k % 7 == 0) {
            EXPECT_TRUE(std::isnan(back.result.worst_value[k]));
        } else {
            EXPECT_NEAR(back.result.worst_value[k], result.worst_value[k], 1e-9 * result.worst_value[k]);
        }
    }
}

TEST(ReplayFile, IsNoResultOfAnotherKind) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    write_replay(small_replay(region), region, region.series[0], info, directory / "replay.h5");
    EXPECT_THROW(read_case((directory / "replay.h5").string(), {}), InputError);
    write_case(region, (directory / "case.h5").string());
    EXPECT_THROW(read_replay(directory / "case.h5"), InputError);
}

}  // namespace
}  // namespace headroom
