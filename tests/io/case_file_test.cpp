#include "io/case/case_file.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <filesystem>

#include "formulations/network/validate.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/hdf5/reader.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::difference;
using test::small_region;
using test::TemporaryDirectory;

TEST(CaseFile, EveryColumnComesBackBitForBit) {
    const TemporaryDirectory directory;
    Region region = small_region(3);
    region.bus.x[1] = std::bit_cast<double>(0xfff8000000000123U);  // a NaN with a payload
    region.bus.y[2] = -0.0;
    region.bus.x[3] = 5e-324;
    region.customer.apparent_max[2] = 5e3;

    write_case(region, directory / "case.h5");

    EXPECT_EQ(difference(region, read_case(directory / "case.h5", {.all_series = true})), "");
}

TEST(CaseFile, TheSameRegionGivesTheSameBytes) {
    const TemporaryDirectory directory;

    write_case(small_region(), directory / "one.h5");
    write_case(small_region(), directory / "two.h5");

    EXPECT_EQ(file_digest(directory / "one.h5"), file_digest(directory / "two.h5"));
}

TEST(CaseFile, GroupsMayBeEmpty) {
    const TemporaryDirectory directory;
    Region region;
    region.feeder.id = {"lonely"};
    region.feeder.slack_bus = {0};
    region.feeder.bus_offset = {0, 1};
    region.feeder.branch_offset = region.feeder.shunt_offset = region.feeder.customer_offset = {0, 0};
    region.bus = {{"b"}, {phase::abc}, {230}, {200}, {250}, {not_given}, {not_given}};
    region.series = {{"day", {0}, {60}, {}, {}, {230, 230, 230}, {0, -120, 120}, {}, {}}};
    ASSERT_TRUE(validate(region).empty()) << summarise(validate(region));

    write_case(region, directory / "case.h5");

    EXPECT_EQ(difference(region, read_case(directory / "case.h5")), "");
}

TEST(CaseFile, TheFirstSeriesIsTheDefaultAndOthersAreFoundByName) {
    const TemporaryDirectory directory;
    write_case(small_region(), directory / "case.h5");

    EXPECT_EQ(list_series(directory / "case.h5"), (std::vector<std::string>{"day", "peak"}));
    EXPECT_EQ(read_case(directory / "case.h5").series.at(0).name, "day");
    const Region peak = read_case(directory / "case.h5", {.series = "peak"});
    ASSERT_EQ(peak.series.size(), 1U);
    EXPECT_EQ(peak.series[0].name, "peak");
    EXPECT_TRUE(peak.series[0].price.empty());
    EXPECT_THROW(read_case(directory / "case.h5", {.series = "night"}), InputError);
}

// Feeder 1 of three alone: the same numbers as in the whole, references counted from its own first rows.
TEST(CaseFile, ARangeOfFeedersIsARegionOfItsOwn) {
    const TemporaryDirectory directory;
    Region region = small_region(3);
    region.series[0].p_forecast[5 + 2] = 4711;  // step 0, feeder 1, customer c3
    region.branch.line_code[6 + 1] = 1;         // feeder 1, l1
    region.line_code.id = {"cable", "special"};
    region.line_code.r[1] = region.line_code.r[0];
    region.line_code.x[1] = region.line_code.x[0];
    write_case(region, directory / "case.h5");

    const Region part = read_case(directory / "case.h5", {.feeder_first = 1, .feeder_count = 1});

    EXPECT_EQ(count_feeders(directory / "case.h5"), 3U);
    EXPECT_EQ(part.feeder.id, std::vector{region.feeder.id[1]});
    EXPECT_EQ(part.feeder.bus_offset, (std::vector<std::int64_t>{0, 6}));
    EXPECT_EQ(part.feeder.slack_bus, std::vector{0});
    EXPECT_EQ(part.branch.to_bus, (std::vector{1, 2, 3, 4, 4, 5}));
    EXPECT_EQ(part.line_code.id, region.line_code.id);
    EXPECT_EQ(part.series[0].p_forecast[2], 4711);
    EXPECT_EQ(part.series[0].p_forecast[5], region.series[0].p_forecast[15 + 5]);
    EXPECT_EQ(part.series[0].price[1], region.series[0].price[3 + 1]);
    EXPECT_TRUE(validate(part).empty()) << summarise(validate(part));
    EXPECT_THROW(read_case(directory / "case.h5", {.feeder_first = 2, .feeder_count = 2}), InputError);
}

TEST(CaseFile, ARangeOfFeedersHasTheControlsOfItsTransformers) {
    const TemporaryDirectory directory;
    Region region = small_region(2);
    for (std::size_t k = 6; k < 12; ++k) region.branch.transformer[k] = region.branch.transformer[k] < 0 ? -1 : 2;
    write_case(region, directory / "case.h5");

    const Region part = read_case(directory / "case.h5", {.feeder_first = 1, .feeder_count = 1});

    EXPECT_EQ(part.transformer.id, std::vector{region.transformer.id[2]});
    EXPECT_EQ(part.tap_control.id, std::vector<std::string>{"control c"});
    EXPECT_EQ(part.tap_control.transformer, std::vector<std::int32_t>{0});
    EXPECT_EQ(part.tap_control.voltage, std::vector<double>{120});
}

TEST(CaseFile, TapsOfASeriesComeBackAndARangeOfFeedersHasItsOwn) {
    const TemporaryDirectory directory;
    Region region = small_region(2);
    for (std::size_t k = 6; k < 12; ++k) region.branch.transformer[k] = region.branch.transformer[k] < 0 ? -1 : 2;
    for (int k = 0; k < 4 * 3 * 3; ++k) region.series[0].to_tap.push_back(0.9 + 0.001 * k);
    write_case(region, directory / "case.h5");

    const Region whole = read_case(directory / "case.h5", {.all_series = true});
    EXPECT_EQ(difference(region, whole), "");
    EXPECT_TRUE(whole.series[1].to_tap.empty());

    const Region part = read_case(directory / "case.h5", {.feeder_first = 1, .feeder_count = 1});
    ASSERT_EQ(part.transformer.id.size(), 1U);
    ASSERT_EQ(part.series[0].to_tap.size(), 4U * 3U);
    EXPECT_EQ(part.series[0].taps(3)[1], region.series[0].taps(3)[3 * 2 + 1]);
}

TEST(CaseFile, AFileWithoutControlsHasNoGroupForThem) {
    const TemporaryDirectory directory;
    Region region = small_region(1);
    region.tap_control = {};
    write_case(region, directory / "case.h5");

    EXPECT_TRUE(read_case(directory / "case.h5").tap_control.id.empty());
    EXPECT_FALSE(Hdf5Reader(directory / "case.h5").has("/tap_control"));
}

TEST(CaseFile, SharedTablesOfARangeHoldOnlyTheRowsFromTheFirstToTheLastUsed) {
    const TemporaryDirectory directory;
    Region region = small_region(2);
    for (int copy = 0; copy < 3; ++copy) {
        region.line_code.id.push_back("code " + std::to_string(copy));
        for (auto* matrix : {&region.line_code.r, &region.line_code.x, &region.line_code.g, &region.line_code.b})
            matrix->push_back(matrix->front());
    }
    for (const std::size_t wire : {7, 8, 11}) region.branch.line_code[wire] = wire == 8 ? 4 : 3;
    write_case(region, directory / "case.h5");

    const Region part = read_case(directory / "case.h5", {.feeder_first = 1, .feeder_count = 1});

    EXPECT_EQ(part.line_code.id, (std::vector<std::string>{"code 1", "code 2"}));
    EXPECT_EQ(part.branch.line_code, (std::vector{-1, 0, 1, -1, -1, 0}));
}

TEST(CaseFile, ARegionThatCannotBeIndexedIsNotWritten) {
    const TemporaryDirectory directory;
    Region region = small_region();
    region.branch.to_bus[1] = 99;

    EXPECT_THROW(write_case(region, directory / "case.h5"), InputError);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(CaseFile, ALargeRegionComesBackFromSeveralChunks) {
    const TemporaryDirectory directory;
    const Region region = small_region(2000);  // 10 000 customers: 12 000 bus rows of several chunks, series of 320 KB

    write_case(region, directory / "case.h5");

    EXPECT_EQ(difference(region, read_case(directory / "case.h5", {.all_series = true})), "");
}

}  // namespace
}  // namespace headroom
