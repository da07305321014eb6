#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "formulations/network/validate.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_case.hpp"
#include "io/import/csv/csv_table.hpp"
#include "io/import/csv/csv_value.hpp"
#include "io/import/opendss/opendss_import.hpp"
#include "tests/support/imports.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

/// What import_csv says when it refuses; "" when it does not.
std::string refusal(const fs::path& folder) {
    return test::refusal_of([&] { import_csv(folder); });
}

/// source ==cable== end (customer), essential columns only.
void write_smallest(const TemporaryDirectory& folder) {
    write(folder / "feeder.csv", "id,slack_bus\nf,source\n");
    write(folder / "bus.csv", "id,phases,base_voltage_v\nsource,abc,230\nend,abc,230\n");
    write(folder / "line_code.csv",
          "id,r_aa_ohm_per_km,r_bb_ohm_per_km,r_cc_ohm_per_km,x_ab_ohm_per_km\ncable,0.3,0.3,0.3,0.1\n");
    write(folder / "branch.csv", "id,from_bus,to_bus,phases,line_code,length_m\nl,source,end,abc,cable,50\n");
    write(folder / "customer.csv", "id,bus,phases,export_cap_kw,import_cap_kw\nc,end,b,5,7.5\n");
    write(folder / "series/day/time.csv", "start\n2025-03-01T00:00:00Z\n2025-03-01T00:30:00Z\n");
    write(folder / "series/day/p_forecast_kw.csv", "start,c\n2025-03-01T00:00:00Z,-1.5\n2025-03-01T00:30:00Z,0.25\n");
}

TEST(CsvTable, ReadsQuotesLineEndsAndAByteOrderMark) {
    const TemporaryDirectory folder;
    write(folder / "t.csv",
          "\xEF\xBB\xBF"
          "a,b\r\n\"x, \"\"y\"\"\",2\r\n\n\"two\nlines\",\r\n");

    const csv::Table table(folder / "t.csv");

    ASSERT_EQ(table.row_count(), 2u);
    EXPECT_EQ(table.cell(0, 0), "x, \"y\"");
    EXPECT_EQ(table.cell(1, 0), "two\nlines");
    EXPECT_EQ(table.cell(1, 1), "");
}

TEST(CsvTable, NamesFileAndLineOfWhatIsWrong) {
    const TemporaryDirectory folder;
    const auto message = [&](const std::string& text) -> std::string {
        write(folder / "t.csv", text);
        try {
            csv::Table table(folder / "t.csv");
            return "";
        } catch (const InputError& error) {
            return error.what();
        }
    };

    EXPECT_EQ(message("a,b\n1,2\n3\n"), "t.csv:3: 1 field, the header has 2");
    EXPECT_EQ(message("a,a\n1,2\n"), "t.csv: column 'a' stands twice");
    EXPECT_EQ(message("a\n\"x\n"), "t.csv:2: a quote is not closed");
    EXPECT_EQ(message("a\n\"x\"y\n"), "t.csv:2: text follows a closing quote");
    EXPECT_EQ(message(std::string("a\n\0", 3)).find("is not a text file") != std::string::npos, true);
}

TEST(CsvNumber, MovesTheDecimalPointWithoutLosingABit) {
    std::mt19937_64 random(1);
    for (int k = 0; k < 20'000; ++k) {
        const std::uint64_t bits = random();
        double value = 0.0;
        std::memcpy(&value, &bits, sizeof value);
        if (!std::isfinite(value) || std::abs(value) > 1e300 || std::abs(value) < 1e-290) continue;
        for (const int shift : {-9, -3, 0, 3})
            ASSERT_EQ(csv::parse_number(csv::number_text(value, -shift), shift), value);
    }
    EXPECT_EQ(csv::number_text(1234.5, -3), "1.2345");
    EXPECT_EQ(csv::number_text(-0.1, 0), "-0.1");
    EXPECT_EQ(csv::number_text(5e-6, 6), "5");
    EXPECT_EQ(csv::parse_number("1e3", 3), 1e6);
}

TEST(CsvNumber, RefusesWhatIsNoFiniteNumber) {
    for (const char* text : {"", "1,5", "nan", "inf", "1e999", "0x10", "1 ", "1e", "--1", "1e5e5", "1e99999999999"})
        EXPECT_FALSE(csv::parse_number(text, 0)) << text;
}

TEST(CsvTime, KeepsZonesApart) {
    EXPECT_EQ(csv::parse_time("1970-01-02T00:00:00Z"), 86'400);
    EXPECT_EQ(csv::parse_time("1970-01-02T10:00:00+10:00"), 86'400);
    EXPECT_EQ(csv::parse_time("86400"), 86'400);
    EXPECT_FALSE(csv::parse_time("1970-01-02T00:00:00"));
    EXPECT_FALSE(csv::parse_time("2025-02-30T00:00:00Z"));
    EXPECT_EQ(csv::time_text(86'400 + 3661), "1970-01-02T01:01:01Z");
}

TEST(CsvImport, NeedsOnlyTheEssentialColumns) {
    const TemporaryDirectory folder;
    write_smallest(folder);

    const Region region = import_csv(folder.path()).region;

    EXPECT_EQ(region.customer_count(), 1u);
    EXPECT_EQ(region.customer.phases[0], phase::b);
    EXPECT_EQ(region.customer.import_cap[0], 7500.0);
    EXPECT_EQ(region.customer.zip_p[0], (std::array<double, 3>{0, 0, 1}));
    EXPECT_EQ(region.line_code.r[0][0][0], 0.3e-3);
    EXPECT_EQ(region.line_code.x[0][1][0], 0.1e-3);
    EXPECT_EQ(region.bus.voltage_max[1], 1.1 * 230);
    EXPECT_EQ(region.branch.closed[0], 1);
    ASSERT_EQ(region.series.size(), 1u);
    EXPECT_EQ(region.series[0].p_forecast, (std::vector<double>{-1500.0, 250.0}));
    EXPECT_EQ(region.series[0].end[1] - region.series[0].start[1], 1800);
    EXPECT_EQ(region.series[0].slack_angle[1], -120.0);
}

TEST(CsvImport, TakesASwitchWithoutALineCodeForABareLimit) {
    const TemporaryDirectory folder;
    write_smallest(folder);
    write(folder / "bus.csv", "id,phases,base_voltage_v\nsource,abc,230\nend,abc,230\nfar,abc,230\n");
    write(folder / "branch.csv",
          "id,kind,from_bus,to_bus,phases,line_code,length_m,rating_power_kva\n"
          "l,line,source,end,abc,cable,50,\n"
          "s,switch,end,far,abc,,,20\n");

    const Region region = import_csv(folder.path()).region;

    ASSERT_EQ(region.line_code.id, (std::vector<std::string>{"cable", "switch"}));
    EXPECT_EQ(region.branch.line_code, (std::vector<std::int32_t>{0, 1}));
    EXPECT_EQ(region.line_code.r[1], ConductorMatrix{});
    EXPECT_EQ(region.branch.rating_power[1], 20e3);
    EXPECT_TRUE(validate(region).empty());
}

TEST(CsvImport, SaysWhereAFaultIs) {
    const TemporaryDirectory folder;
    const auto broken = [&](const std::string& file, const std::string& text) {
        write_smallest(folder);
        write(folder / file, text);
        return refusal(folder.path());
    };

    EXPECT_EQ(broken("bus.csv", "id,phases,base_voltage_v,colour\nsource,abc,230,red\nend,abc,230,blue\n"),
              "bus.csv: column 'colour' is not known");
    EXPECT_EQ(broken("customer.csv", "id,bus,phases,export_cap_kw,import_cap_kw\nc,nowhere,b,5,5\n"),
              "customer.csv:2, column 'bus': 'nowhere': there is no such bus in this feeder");
    EXPECT_EQ(broken("customer.csv", "id,bus,phases,export_cap_kw,import_cap_kw\nc,end,b,five,5\n"),
              "customer.csv:2, column 'export_cap_kw': 'five': a number is needed");
    EXPECT_EQ(broken("branch.csv", "id,from_bus,to_bus,phases,line_code\nl,source,end,aab,cable\n"),
              "branch.csv:2, column 'phases': letters of abcn are needed, each once");
    EXPECT_EQ(broken("series/day/time.csv", "start\n2025-03-01T00:00:00\n"),
              "time.csv:2, column 'start': a time like 2025-03-01T00:30:00Z is needed, with its zone");
    EXPECT_EQ(broken("customer.csv", "id,bus,phases,export_cap_kw,import_cap_kw\nc,end,b,5,5\nd,end,a,1,1\n"),
              "p_forecast_kw.csv: column 'f/d' is missing");
}

TEST(CsvImport, RefusesRowsWithoutAFeeder) {
    const TemporaryDirectory folder;
    write_smallest(folder);
    write(folder / "feeder.csv", "id,slack_bus\n");

    EXPECT_EQ(refusal(folder.path()), "bus.csv: its rows belong to no feeder: feeder.csv names none");
}

TEST(CsvImport, NamesAMissingColumnOfASeries) {
    const TemporaryDirectory folder;
    write_smallest(folder);
    write(folder / "series/day/p_forecast_kw.csv", "start,x\n2025-03-01T00:00:00Z,1\n2025-03-01T00:30:00Z,1\n");

    EXPECT_EQ(refusal(folder.path()), "p_forecast_kw.csv: column 'f/c' is missing");
}

TEST(CsvExport, ComesBackWithTheSameBits) {
    const TemporaryDirectory folder;
    Region region = test::small_region(3);
    region.customer.apparent_max[2] = 5e3;

    export_csv(region, folder / "case");

    EXPECT_EQ(test::difference(region, import_csv(folder / "case").region), "");
}

TEST(CsvExport, TapsOfASeriesComeBackAndTransformersThatStandStillHaveNoColumn) {
    const TemporaryDirectory folder;
    Region region = test::small_region(2);
    for (int step = 0; step < 4; ++step)
        for (const auto& taps : region.transformer.to_tap)
            region.series[0].to_tap.insert(region.series[0].to_tap.end(), taps.begin(), taps.end());
    region.series[0].to_tap[9 + 3] = 1.0625;  // the second step, "regulator a"
    export_csv(region, folder / "case");

    EXPECT_EQ(test::difference(region, import_csv(folder / "case").region), "");
    std::ifstream stream(folder / "case/series/day/to_tap.csv");
    std::string header;
    std::getline(stream, header);
    EXPECT_EQ(header, "start,regulator a/1");
    EXPECT_FALSE(fs::exists(folder / "case/series/peak/to_tap.csv"));

    write(folder / "case/series/day/to_tap.csv", "start,regulator b/1\n");
    EXPECT_EQ(refusal(folder / "case"),
              "to_tap.csv: column 'regulator b/1' is no coil of a transformer: ID/1, ID/2 or ID/3");

    region.series[0].to_tap.clear();
    export_csv(region, folder / "case");
    EXPECT_EQ(test::difference(region, import_csv(folder / "case").region), "") << "no taps of before";
}

TEST(CsvExport, CarriesEveryCustomerOfTheEuropeanFeeder) {
    const fs::path master = fs::path(HEADROOM_SHARED_DATA) / "opendss-ieee/LVTestCase/Master.dss";
    if (!fs::exists(master)) GTEST_SKIP() << "no data in " << HEADROOM_SHARED_DATA;
    const TemporaryDirectory folder;
    OpenDssOptions options;
    options.series = OpenDssSeries::yearly;
    options.steps = {900, 60};
    const Region region = import_opendss(master, options).region;

    export_csv(region, folder / "case");

    EXPECT_EQ(test::difference(region, import_csv(folder / "case").region), "");
}

TEST(CsvImport, NeverCrashesOnMutatedFiles) {
    const TemporaryDirectory folder;
    export_csv(test::small_region(1), folder / "case");
    std::mt19937 random(7);
    const std::string alphabet = "0123456789abcgns,,\"\n\r-+.eE/ \xff";
    for (const char* name : {"bus.csv", "branch.csv", "customer.csv", "transformer.csv", "series/day/time.csv"}) {
        std::ifstream stream(folder / "case" / name, std::ios::binary);
        const std::string original{std::istreambuf_iterator<char>(stream), {}};
        for (int k = 0; k < 300; ++k) {
            std::string text = original;
            for (auto n = 1 + random() % 4; n > 0; --n) {
                const std::size_t at = random() % text.size();
                if (random() % 3 == 0)
                    text.erase(at, 1 + random() % 8);
                else
                    text[at] = alphabet[random() % alphabet.size()];
                if (text.empty()) text = ",";
            }
            write(folder / "case" / name, text);
            refusal(folder / "case");  // any other exception fails the test
        }
        write(folder / "case" / name, original);
    }
}

}  // namespace
}  // namespace headroom
