#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "formulations/network/validate.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_case.hpp"
#include "io/import/csv/csv_labels.hpp"
#include "io/import/csv/csv_moment.hpp"
#include "io/import/csv/csv_orders.hpp"
#include "io/import/csv/csv_value.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::difference;
using test::TemporaryDirectory;

void write(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

Region region_with_orders(int feeders) {
    Region region = test::small_region(feeders);
    test::add_small_orders(region);
    return region;
}

/// The orders of this text in a small region of so many feeders.
Region read_orders(const std::string& text, int feeders = 1) {
    const TemporaryDirectory folder;
    write(folder / "order.csv", text);
    Region region = test::small_region(feeders);
    read_orders_csv(folder / "order.csv", region);
    return region;
}

/// What read_orders_csv says when it refuses; "" when it does not.
std::string refusal(const std::string& text, int feeders = 1) {
    try {
        read_orders(text, feeders);
        return "";
    } catch (const InputError& error) {
        return error.what();
    }
}

const std::string essential = "id,customer,side,limit,first_step,quantity_kw,price_per_mwh";

TEST(CsvMoment, IsATimeWithZoneOrSeconds) {
    EXPECT_EQ(csv::parse_moment("1970-01-01T00:00:01Z"), 1'000'000);
    EXPECT_EQ(csv::parse_moment("1970-01-01T00:00:01.25Z"), 1'250'000);
    EXPECT_EQ(csv::parse_moment("1970-01-01T10:00:00.000001+10:00"), 1);
    EXPECT_EQ(csv::parse_moment("1969-12-31T23:59:59.999999Z"), -1);
    EXPECT_EQ(csv::parse_moment("12"), 12'000'000);
    EXPECT_EQ(csv::parse_moment("0.5"), 500'000);
    EXPECT_EQ(csv::parse_moment("-0.000001"), -1);
    EXPECT_EQ(csv::parse_moment("9223372036854.775807"), OrderColumns::never);
    for (const char* text : {"1970-01-01T00:00:01", "1970-01-01T00:00:01.Z", "1970-01-01T00:00:01.1234567Z",
                             "1970-01-01T00:00:01.25", "1970-02-30T00:00:01.25Z", "", "-", ".5", "1.", "1.2345678",
                             "1e3", "--1", "+1", "9223372036854.775808", "99999999999999999999", "soon", "1 "})
        EXPECT_FALSE(csv::parse_moment(text)) << text;
}

TEST(CsvMoment, ComesBackFromItsText) {
    EXPECT_EQ(csv::moment_text(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(csv::moment_text(1'250'000), "1970-01-01T00:00:01.25Z");
    EXPECT_EQ(csv::moment_text(-1), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(csv::moment_text(OrderColumns::never), "9223372036854.775807");
    std::mt19937_64 random(3);
    std::vector<std::int64_t> moments{std::numeric_limits<std::int64_t>::min(),
                                      OrderColumns::never,
                                      -62'167'219'200'000'000,
                                      -62'167'219'200'000'001,
                                      253'402'300'799'999'999,
                                      253'402'300'800'000'000};
    for (int k = 0; k < 20'000; ++k) moments.push_back(static_cast<std::int64_t>(random()) >> (k % 64));
    for (const std::int64_t moment : moments)
        ASSERT_EQ(csv::parse_moment(csv::moment_text(moment)), moment) << csv::moment_text(moment);
}

TEST(CsvLabels, NumbersStayAndNamesTakeWhatIsLeft) {
    using Numbers = std::vector<std::int32_t>;
    EXPECT_EQ(csv::label_numbers({"", "b", "a", "b", ""}), (Numbers{-1, 0, 1, 0, -1}));
    EXPECT_EQ(csv::label_numbers({"x", "0", "7", "y", "1"}), (Numbers{2, 0, 7, 3, 1}));
    EXPECT_EQ(csv::label_numbers({"07", "-1", "2147483647", "2147483648", "1 "}), (Numbers{0, 1, 2147483647, 2, 3}));
    EXPECT_EQ(csv::label_numbers({}), Numbers{});
}

TEST(CsvStep, IsANumberOrAStart) {
    const std::vector<std::int64_t> starts{1'700'000'000, 1'700'001'800};
    EXPECT_EQ(csv::parse_step("0", starts), 0);
    EXPECT_EQ(csv::parse_step("2147483647", starts), 2147483647);
    EXPECT_EQ(csv::parse_step("2023-11-14T22:43:20Z", starts), 1);
    for (const char* text : {"-1", "2147483648", "1.0", "2023-11-14T22:43:21Z", "2023-11-14T22:43:20", "first", "-5"})
        EXPECT_FALSE(csv::parse_step(text, starts)) << text;
}

TEST(CsvOrders, ThereAndBackGivesTheSameBits) {
    const TemporaryDirectory folder;
    const Region region = region_with_orders(3);

    export_csv(region, folder / "case");
    const Imported imported = import_csv(folder / "case");

    EXPECT_EQ(difference(region, imported.region), "");
    EXPECT_NE(imported.report.text().find("18 x order"), std::string::npos) << imported.report.text();
}

TEST(CsvOrders, AFolderThatHadSomeLosesThemWithItsNextExport) {
    const TemporaryDirectory folder;
    export_csv(region_with_orders(2), folder / "case");
    export_csv(test::small_region(2), folder / "case");

    EXPECT_FALSE(fs::exists(folder / "case" / "order.csv"));
    EXPECT_EQ(difference(test::small_region(2), import_csv(folder / "case").region), "");
}

TEST(CsvOrders, NeedOnlyTheEssentialColumns) {
    const Region region = read_orders(essential + "\nbid,c1,buy,export,2,1.5,-40\n");

    ASSERT_EQ(region.order_count(), 1U);
    const OrderColumns& order = region.order;
    EXPECT_EQ(order.id[0], "bid");
    EXPECT_EQ(order.customer[0], 0);
    EXPECT_EQ(order.side[0], OrderSide::buy);
    EXPECT_EQ(order.limit[0], TradedLimit::export_power);
    EXPECT_EQ(order.first_step[0], 2);
    EXPECT_EQ(order.last_step[0], 2);
    EXPECT_EQ(order.quantity[0], 1500.0);
    EXPECT_EQ(order.price[0], -40.0);
    EXPECT_EQ(order.arrival[0], 0);
    EXPECT_EQ(order.expiry[0], OrderColumns::never);
    EXPECT_EQ(order.min_fill[0], 0.0);
    EXPECT_EQ(order.all_or_none[0], 0);
    EXPECT_EQ(order.time_in_force[0], TimeInForce::good_till_expiry);
    EXPECT_EQ(order.block[0], OrderColumns::none);
    EXPECT_EQ(order.exclusive_group[0], OrderColumns::none);
    EXPECT_EQ(order.parent[0], OrderColumns::none);
    EXPECT_EQ(order.conditional[0], 0);
    EXPECT_EQ(region.feeder.order_offset, (std::vector<std::int64_t>{0, 1}));
    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
}

TEST(CsvOrders, StandFeederByFeederInTheOrderOfTheirRows) {
    const std::string one = "feeder-1-é,", zero = "feeder-0-é,";
    const Region region =
        read_orders("feeder," + essential + ",block,parent\n"  //
                        + one + "a,c1,buy,up,0,1,1,morning,b\n" + zero + "a,c2,sell,down,0,1,1,night,\n" + one
                        + "b,c2,sell,up,0,1,1,morning,\n" + zero + "b,c1,buy,q_inject,0,1,1,,a\n",
                    2);

    EXPECT_EQ(region.feeder.order_offset, (std::vector<std::int64_t>{0, 2, 4}));
    EXPECT_EQ(region.order.id, (std::vector<std::string>{"a", "b", "a", "b"}));
    EXPECT_EQ(region.order.customer, (std::vector<std::int32_t>{1, 0, 5, 6}));
    EXPECT_EQ(region.order.block, (std::vector<std::int32_t>{0, -1, 0, 0}));
    EXPECT_EQ(region.order.parent, (std::vector<std::int32_t>{-1, 0, 3, -1}));
}

TEST(CsvOrders, StepsMayBeToldByTheirStartInTheDefaultSeries) {
    const Region region = read_orders("last_step," + essential + "\n2023-11-14T23:43:20Z,a,c1,buy,up,"
                                      "2023-11-14T22:43:20Z,1,1\n,b,c1,buy,up,2023-11-15T08:43:20+10:00,1,1\n");

    EXPECT_EQ(region.order.first_step, (std::vector<std::int32_t>{1, 1}));
    EXPECT_EQ(region.order.last_step, (std::vector<std::int32_t>{3, 1}));
}

TEST(CsvOrders, SayWhereAFaultIs) {
    const auto broken = [](const std::string& row) { return refusal(essential + "\n" + row + "\n"); };

    EXPECT_EQ(broken("a,c9,buy,up,0,1,1"),
              "order.csv:2, column 'customer': 'c9': there is no such customer in this feeder");
    EXPECT_EQ(broken("a,,buy,up,0,1,1"),
              "order.csv:2, column 'customer': '': there is no such customer in this feeder");
    EXPECT_EQ(broken("a,c1,bye,up,0,1,1"), "order.csv:2, column 'side': 'bye': one of buy, sell is needed");
    EXPECT_EQ(broken("a,c1,,up,0,1,1"), "order.csv:2, column 'side': '': one of buy, sell is needed");
    EXPECT_EQ(broken("a,c1,buy,upper,0,1,1"),
              "order.csv:2, column 'limit': 'upper': one of export, import, q_inject, q_absorb, up, down is needed");
    EXPECT_EQ(broken("a,c1,buy,up,-1,1,1"),
              "order.csv:2, column 'first_step': '-1': a step is needed: its number, counted from 0, or its start like "
              "2025-03-01T00:30:00Z");
    EXPECT_EQ(broken("a,c1,buy,up,0,,1"), "order.csv:2, column 'quantity_kw': '': a number is needed");
    EXPECT_EQ(broken("a,c1,buy,up,0,1,nan"), "order.csv:2, column 'price_per_mwh': 'nan': a number is needed");
    EXPECT_EQ(broken(",c1,buy,up,0,1,1"), "order.csv:2, column 'id': '': text is needed");
    EXPECT_EQ(refusal("id,customer,side,limit,first_step,quantity_kw\na,c1,buy,up,0,1\n"),
              "order.csv: column 'price_per_mwh' is missing");
    EXPECT_EQ(refusal(essential + ",colour\na,c1,buy,up,0,1,1,red\n"), "order.csv: column 'colour' is not known");
    EXPECT_EQ(refusal(essential + ",parent\na,c1,buy,up,0,1,1,b\n"),
              "order.csv:2, column 'parent': 'b': there is no such parent in this feeder");
    EXPECT_EQ(
        refusal(essential + ",expiry\na,c1,buy,up,0,1,1,soon\n"),
        "order.csv:2, column 'expiry': 'soon': a time like 2025-03-01T00:30:00.25Z with its zone, or UTC seconds, "
        "is needed");
    EXPECT_EQ(refusal(essential + "\na,c1,buy,up,0,1,1\n", 2),
              "order.csv: column 'feeder' is needed where there are several feeders");
    EXPECT_EQ(refusal("feeder," + essential + "\nf,a,c1,buy,up,0,1,1\n", 2),
              "order.csv:2, column 'feeder': there is no such feeder");
}

TEST(CsvOrders, AFileOfThemAloneTakesThePlaceOfOthers) {
    const TemporaryDirectory folder;
    write(folder / "mine.csv", essential + "\nbid,c1,buy,export,2,1.5,-40\n");
    write(folder / "none.csv", essential + "\n");
    Region region = region_with_orders(1);

    read_orders_csv(folder / "mine.csv", region);
    EXPECT_EQ(region.order.id, std::vector<std::string>{"bid"});
    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));

    read_orders_csv(folder / "none.csv", region);
    EXPECT_EQ(difference(region, test::small_region(1)), "");
}

TEST(CsvOrders, AFileThatIsRefusedChangesNothing) {
    const TemporaryDirectory folder;
    write(folder / "mine.csv", essential + "\nbid,c1,buy,export,2,1.5,-40\nask,c9,sell,export,2,1.5,-40\n");
    Region region = region_with_orders(1);

    EXPECT_THROW(read_orders_csv(folder / "mine.csv", region), InputError);
    EXPECT_THROW(read_orders_csv(folder / "absent.csv", region), InputError);
    EXPECT_EQ(difference(region, region_with_orders(1)), "");
}

TEST(CsvOrders, AnIdThatStandsTwiceIsToldWithBothLines) {
    EXPECT_EQ(refusal(essential + "\na,c1,buy,up,0,1,1\nb,c1,buy,up,0,1,1\na,c2,buy,up,0,1,1\n"),
              "order.csv:4, column 'id': 'a' must be unique, line 2 has it too");
    const std::string both = "feeder-0-é,a,c1,buy,up,0,1,1\nfeeder-1-é,a,c1,buy,up,0,1,1\n";
    EXPECT_EQ(refusal("feeder," + essential + "\n" + both, 2), "") << "ids are of their feeder";
}

TEST(CsvOrders, FaultsFoundLaterNameLinesAndColumns) {
    const TemporaryDirectory folder;
    write(folder / "t.csv", "feeder," + essential + ",min_fill_kw\n"
                                "feeder-1-é,a,c1,buy,up,0,-1,1,\n"
                                "\n"
                                "feeder-0-é,b,c1,buy,up,9,1,2e9,0.5\n"
                                "feeder-1-é,c,c1,buy,up,0,1,1,2\n");
    Region region = test::small_region(2);

    const OrderLines lines = read_orders_csv(folder / "t.csv", region);
    std::vector<Fault> faults = validate_orders(region);

    EXPECT_EQ(lines.place(faults, "case.h5"), "t.csv");
    EXPECT_EQ(messages(faults),
              (std::vector<std::string>{
                  "t.csv:4, column 'first_step' (order 'b' of feeder 'feeder-0-é'): must be a step of series 'day', 0 "
                  "to 3, is 9",
                  "t.csv:4, column 'price_per_mwh' (order 'b' of feeder 'feeder-0-é'): must lie in [-1000000000, "
                  "1000000000] per MWh, is 2000000000",
                  "t.csv:2, column 'quantity_kw' (order 'a' of feeder 'feeder-1-é'): must be positive and at most "
                  "1000000000000 W, is -1000 W",
                  "t.csv:5, column 'min_fill_kw' (order 'c' of feeder 'feeder-1-é'): must lie in [0, quantity], [0, "
                  "1000] W, is 2000 W"}));
}

TEST(CsvOrders, AFaultOfTheCaseBesideThemIsToldOfTheCase) {
    const TemporaryDirectory folder;
    write(folder / "t.csv", essential + "\na,c1,buy,up,0,-1,1\n");
    Region region = test::small_region(1);
    const OrderLines lines = read_orders_csv(folder / "t.csv", region);
    region.branch.length[0] = -3;

    std::vector<Fault> faults = validate(region);

    EXPECT_EQ(lines.place(faults, "case.h5"), "case.h5, t.csv");
    std::vector<Fault> none;
    EXPECT_EQ(lines.place(none, "case.h5"), "case.h5");
}

TEST(CsvOrders, NeverCrashOnMutatedFiles) {
    const TemporaryDirectory folder;
    Region region = region_with_orders(2);
    export_csv(region, folder / "case");
    std::ifstream stream(folder / "case" / "order.csv", std::ios::binary);
    const std::string original{std::istreambuf_iterator<char>(stream), {}};
    const std::string alphabet = "0123456789abcgns,,\"\n\r-+.eE/TZ: \xff";
    std::mt19937 random(11);
    for (int k = 0; k < 2000; ++k) {
        std::string text = original;
        for (auto n = 1 + random() % 4; n > 0; --n) text[random() % text.size()] = alphabet[random() % alphabet.size()];
        try {
            write(folder / "order.csv", text);
            read_orders_csv(folder / "order.csv", region);
            validate(region);
        } catch (const InputError&) {  // any other exception fails the test
        }
    }
}

}  // namespace
}  // namespace headroom
