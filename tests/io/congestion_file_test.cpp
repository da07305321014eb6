#include "io/result/congestion_file.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/result/envelope_file.hpp"
#include "tests/support/same_bits.hpp"
#include "tests/support/small_congestion.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/small_result.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::same_bits;
using test::small_congestion;
using test::small_region;
using test::TemporaryDirectory;

void write(const CongestionResult& result, const Region& region, const std::filesystem::path& path) {
    write_congestion(result, region, region.series[0], test::small_congestion_run(), path);
}

TEST(CongestionFile, EveryNumberComesBackBitForBit) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    const CongestionResult result = small_congestion(region);

    write(result, region, directory / "forecast.h5");
    const CongestionFile file = read_congestion(directory / "forecast.h5");

    const CongestionResult& back = file.result;
    EXPECT_EQ(back.step_count, result.step_count);
    EXPECT_EQ(back.feeder_count, result.feeder_count);
    EXPECT_EQ(back.sample_count, 200);
    EXPECT_EQ(back.probability, result.probability);
    EXPECT_EQ(back.row_violated, result.row_violated);
    EXPECT_TRUE(same_bits(back.row_mean, result.row_mean));
    EXPECT_TRUE(same_bits(back.row_deviation, result.row_deviation));
    EXPECT_TRUE(same_bits(back.row_excess, result.row_excess));
    EXPECT_TRUE(same_bits(back.row_quantile, result.row_quantile));
    EXPECT_EQ(back.status, result.status);
    EXPECT_EQ(back.diverged, result.diverged);
    EXPECT_EQ(back.violated, result.violated);
    EXPECT_TRUE(same_bits(back.violated_limits, result.violated_limits));
    EXPECT_TRUE(same_bits(back.head_power_quantile, result.head_power_quantile));
    EXPECT_EQ(back.feeder_fault, result.feeder_fault);
    EXPECT_EQ(back.rows.feeder, result.rows.feeder);
    EXPECT_EQ(back.rows.kind, result.rows.kind);
    EXPECT_EQ(back.rows.bus, result.rows.bus);
    EXPECT_EQ(back.rows.branch, result.rows.branch);
    EXPECT_EQ(back.rows.phases, result.rows.phases);
    EXPECT_EQ(back.rows.limit, result.rows.limit);
}

TEST(CongestionFile, ReadsWithoutItsCase) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    write(small_congestion(region), region, directory / "forecast.h5");

    const CongestionFile file = read_congestion(directory / "forecast.h5");

    EXPECT_EQ(file.feeder_id, region.feeder.id);
    EXPECT_EQ(file.row_names.bus, (std::vector<std::string>{"end", "main", "mid"}));
    EXPECT_EQ(file.row_names.branch, (std::vector<std::string>{"", region.branch.id[1], ""}));
    EXPECT_EQ(file.start, region.series[0].start);
    EXPECT_EQ(file.end, region.series[0].end);
    EXPECT_EQ(file.run.options, "--samples 200 --seed 1");
    EXPECT_EQ(file.run.case_digest, "0123456789abcdef");
}

TEST(CongestionFile, TheSameContentGivesTheSameBytes) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    write(small_congestion(region), region, directory / "one.h5");
    write(small_congestion(region), region, directory / "other.h5");
    EXPECT_EQ(file_digest(directory / "one.h5"), file_digest(directory / "other.h5"));
}

TEST(CongestionFile, PartsThatDoNotFitAreRefused) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    const auto expect_refused = [&](const std::function<void(CongestionResult&)>& spoil) {
        CongestionResult result = small_congestion(region);
        spoil(result);
        EXPECT_THROW(write(result, region, directory / "forecast.h5"), std::invalid_argument);
    };
    expect_refused([](CongestionResult& r) { r.row_mean.pop_back(); });
    expect_refused([](CongestionResult& r) { r.row_quantile.pop_back(); });
    expect_refused([](CongestionResult& r) { r.head_power_quantile.pop_back(); });
    expect_refused([](CongestionResult& r) { r.violated.pop_back(); });
    expect_refused([](CongestionResult& r) { r.feeder_fault.pop_back(); });
    expect_refused([](CongestionResult& r) { r.sample_count = 0; });
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

std::string answer_to(const std::filesystem::path& path) {
    try {
        read_congestion(path);
    } catch (const InputError& error) {
        return error.what();
    }
    return "(was read without complaint)";
}

TEST(CongestionFile, CountsThatNoSamplesGiveAndForeignFilesAreRefused) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    CongestionResult result = small_congestion(region);
    result.row_violated[4] = 201;
    write(result, region, directory / "forecast.h5");
    EXPECT_NE(
        answer_to(directory / "forecast.h5").find("/limit/violated_samples: value 4: must lie in [0, 200], is 201"),
        std::string::npos)
        << answer_to(directory / "forecast.h5");

    write_envelopes(test::small_result(region), region, region.series[0], test::small_run(), directory / "other.h5");
    EXPECT_NE(answer_to(directory / "other.h5").find("is no congestion forecast"), std::string::npos)
        << answer_to(directory / "other.h5");
}

}  // namespace
}  // namespace headroom
