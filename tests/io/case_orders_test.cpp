#include <gtest/gtest.h>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/hdf5/reader.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::difference;
using test::TemporaryDirectory;

Region region_with_orders(int feeders = 2) {
    Region region = test::small_region(feeders);
    test::add_small_orders(region);
    return region;
}

TEST(CaseOrders, ComeBackBitForBit) {
    const TemporaryDirectory directory;
    const Region region = region_with_orders(3);

    write_case(region, directory / "case.h5");

    EXPECT_EQ(difference(region, read_case(directory / "case.h5", {.all_series = true})), "");
}

// Feeder 1 of three: customers 5 to 9 become 0 to 4, orders 6 to 11 become 0 to 5.
TEST(CaseOrders, OfARangeOfFeedersCountFromItsFirstRows) {
    const TemporaryDirectory directory;
    write_case(region_with_orders(3), directory / "case.h5");

    const Region part = read_case(directory / "case.h5", {.feeder_first = 1, .feeder_count = 1});

    EXPECT_EQ(part.feeder.order_offset, (std::vector<std::int64_t>{0, 6}));
    EXPECT_EQ(part.order.customer, (std::vector<std::int32_t>{0, 2, 2, 1, 2, 3}));
    EXPECT_EQ(part.order.parent, (std::vector<std::int32_t>{-1, -1, 0, -1, -1, 2}));
    EXPECT_EQ(part.order.block, (std::vector<std::int32_t>{-1, -1, -1, 7, 7, -1}));
    EXPECT_EQ(part.order.arrival[0], 1'699'963'200'000'001);
    EXPECT_TRUE(validate(part).empty()) << summarise(validate(part));
}

TEST(CaseOrders, AFeederMayHaveNone) {
    const TemporaryDirectory directory;
    Region region = test::small_region(2);
    region.order = region_with_orders(1).order;
    region.feeder.order_offset = {0, 6, 6};
    write_case(region, directory / "case.h5");

    EXPECT_EQ(difference(region, read_case(directory / "case.h5", {.all_series = true})), "");
    const Region part = read_case(directory / "case.h5", {.feeder_first = 1});
    EXPECT_EQ(part.order_count(), 0U);
    EXPECT_EQ(part.feeder.order_offset, std::vector<std::int64_t>{0});
}

// So digests of cases without orders stay what they were.
TEST(CaseOrders, AFileWithoutThemSaysNothingOfThem) {
    const TemporaryDirectory directory;
    Region region = test::small_region();
    write_case(region, directory / "short.h5");
    region.feeder.order_offset = {0, 0, 0};
    write_case(region, directory / "long.h5");

    EXPECT_FALSE(Hdf5Reader(directory / "short.h5").has("/order"));
    EXPECT_FALSE(Hdf5Reader(directory / "short.h5").has("/feeder/order_offset"));
    EXPECT_EQ(file_digest(directory / "short.h5"), file_digest(directory / "long.h5"));
    EXPECT_EQ(read_case(directory / "long.h5").feeder.order_offset, std::vector<std::int64_t>{0});
}

TEST(CaseOrders, AreLeftAloneWhereNobodyAsksForThem) {
    const TemporaryDirectory directory;
    write_case(region_with_orders(), directory / "with.h5");

    const Region region = read_case(directory / "with.h5", {.all_series = true, .orders = false});

    EXPECT_EQ(difference(region, test::small_region()), "");
}

TEST(CaseOrders, ARegionWhoseOrdersCannotBeIndexedIsNotWritten) {
    const TemporaryDirectory directory;
    Region region = region_with_orders();
    region.order.customer[6] = 4;

    EXPECT_THROW(write_case(region, directory / "case.h5"), InputError);
}

TEST(CaseOrders, ComeBackFromSeveralChunks) {
    const TemporaryDirectory directory;
    const Region region = region_with_orders(3000);  // 18 000 orders: 144 KB of prices

    write_case(region, directory / "case.h5");

    EXPECT_EQ(difference(region, read_case(directory / "case.h5", {.all_series = true})), "");
}

}  // namespace
}  // namespace headroom
