#include "io/import/csv/csv_changes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "formulations/network/validate.hpp"
#include "io/errors.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::TemporaryDirectory;

ChangeLines changes(const std::string& text, Region& region) {
    const TemporaryDirectory folder;
    std::ofstream(folder / "changes.csv") << text;
    return change_feeders(folder / "changes.csv", region);
}

std::size_t change(const std::string& text, Region& region) { return changes(text, region).changed_feeders(); }

/// What it says when it refuses, and that the region then is as it was.
std::string refusal(const std::string& text) {
    Region region = test::small_region(3);
    try {
        change(text, region);
        return "";
    } catch (const InputError& error) {
        EXPECT_EQ(test::difference(region, test::small_region(3)), "");
        return error.what();
    }
}

std::size_t first_customer(const Region& region, std::size_t feeder) {
    return static_cast<std::size_t>(region.feeder.customer_offset[feeder]);
}

TEST(CsvChanges, AFeederGetsWhatItsRowSaysAndTheOthersKeepTheirs) {
    const Region before = test::small_region(3);
    Region region = before;
    const std::string second = region.feeder.id[1];

    EXPECT_EQ(change("feeder,export_cap_kw,voltage_max_pu,rating_factor,source_factor,forecast_factor\n" + second
                         + ",2.5,1.05,0.8,1.01,2\n",
                     region),
              1U);

    int rated = 0;
    for (std::size_t f = 0; f < 3; ++f) {
        const double scale = f == 1 ? 2.0 : 1.0;
        for (auto k = first_customer(region, f); k < first_customer(region, f + 1); ++k) {
            const bool has_new_cap = f == 1 && before.customer.active[k] != 0;
            EXPECT_EQ(region.customer.export_cap[k], has_new_cap ? 2500.0 : before.customer.export_cap[k]) << k;
            EXPECT_EQ(region.customer.import_cap[k], before.customer.import_cap[k]) << k;
            for (std::size_t step = 0; step < region.series[0].step_count(); ++step) {
                const std::size_t place = step * region.customer_count() + k;
                EXPECT_EQ(region.series[0].p_forecast[place], scale * before.series[0].p_forecast[place]);
                EXPECT_EQ(region.series[0].q_forecast[place], scale * before.series[0].q_forecast[place]);
            }
        }
        for (auto b = static_cast<std::size_t>(region.feeder.bus_offset[f]);
             b < static_cast<std::size_t>(region.feeder.bus_offset[f + 1]); ++b) {
            EXPECT_EQ(region.bus.voltage_max[b],
                      f == 1 ? 1.05 * before.bus.base_voltage[b] : before.bus.voltage_max[b]);
            EXPECT_EQ(region.bus.voltage_min[b], before.bus.voltage_min[b]);
        }
        for (auto b = static_cast<std::size_t>(region.feeder.branch_offset[f]);
             b < static_cast<std::size_t>(region.feeder.branch_offset[f + 1]); ++b) {
            const double factor = f == 1 ? 0.8 : 1.0;
            if (!std::isnan(before.branch.rating_current[b])) {
                EXPECT_EQ(region.branch.rating_current[b], factor * before.branch.rating_current[b]);
                ++rated;
            }
            if (!std::isnan(before.branch.rating_power[b])) {
                EXPECT_EQ(region.branch.rating_power[b], factor * before.branch.rating_power[b]);
                ++rated;
            }
        }
        for (std::size_t step = 0; step < region.series[0].step_count(); ++step)
            for (std::size_t p = 0; p < 3; ++p) {
                const std::size_t place = (step * 3 + f) * 3 + p;
                EXPECT_EQ(region.series[0].slack_voltage[place],
                          before.series[0].slack_voltage[place] * (f == 1 ? 1.01 : 1.0));
            }
    }
    EXPECT_GT(rated, 0);
}

TEST(CsvChanges, PatternsMeanManyAndLaterRowsCountForMore) {
    Region region = test::small_region(3);
    const std::string last = region.feeder.id[2];

    EXPECT_EQ(change("feeder,import_cap_kw,active\n*,3,yes\n" + last + ",4,\n" + last + ",,no\n", region), 3U);

    for (std::size_t k = 0; k < region.customer_count(); ++k) {
        const bool is_last = k >= first_customer(region, 2);
        EXPECT_EQ(region.customer.import_cap[k], is_last ? 4000.0 : 3000.0) << k;
        EXPECT_EQ(region.customer.active[k], is_last ? 0 : 1) << k;
    }
}

TEST(CsvChanges, WhatCannotBeMeantIsRefusedWithItsPlace) {
    EXPECT_NE(refusal("feeder,export_cap_kw\nnobody*,3\n").find("changes.csv:2, column 'feeder'"), std::string::npos);
    EXPECT_NE(refusal("feeder,export_cap_kw\n*,-1\n").find("column 'export_cap_kw': a number of 0 or more"),
              std::string::npos);
    EXPECT_NE(refusal("feeder,rating_factor\n*,0\n").find("a number above 0 is needed"), std::string::npos);
    EXPECT_NE(refusal("feeder,rating_factor\n*,nan\n").find("a number above 0 is needed"), std::string::npos);
    EXPECT_NE(refusal("feeder,export_cap_kw\n*,1e9\n*,1e300\n")
                  .find("changes.csv:3, column 'export_cap_kw': a number from 0 to 1e+09"),
              std::string::npos);
    EXPECT_NE(refusal("feeder,import_cap_kw\n*,1000000001\n")
                  .find("changes.csv:2, column 'import_cap_kw': a number from 0 to 1e+09"),
              std::string::npos);
    EXPECT_NE(refusal("feeder,forecast_factor\n*,-inf\n").find("changes.csv:2, column 'forecast_factor'"),
              std::string::npos);
    EXPECT_NE(refusal("feeder,export_cap_kw\n*,3\n*,x\n").find("changes.csv:3"), std::string::npos);
    EXPECT_NE(refusal("feeder,active\n*,maybe\n").find("'yes' or 'no'"), std::string::npos);
    EXPECT_NE(refusal("feeder,export_kw\n*,3\n").find("there is no column 'export_kw'"), std::string::npos);
    Region traded = test::small_region(1);
    test::add_small_orders(traded);
    EXPECT_THROW(change("feeder,active\n*,no\n", traded), InputError) << "its customers have orders";
    EXPECT_NE(refusal("export_cap_kw\n3\n").find("column 'feeder' is needed"), std::string::npos);
}

/// What is at fault after changes, and what the faults of the second feeder say.
std::pair<std::string, std::vector<std::string>> told(const std::string& text, Region region) {
    const ChangeLines lines = changes("feeder," + text, region);
    std::vector<Fault> faults = validate(region);
    std::string source = lines.place(faults, "case.h5");
    std::vector<std::string> said;
    for (const Fault& fault : faults) {
        if (fault.feeder == 1) said.push_back(fault.message());
    }
    return {source, said};
}

TEST(CsvChanges, AFeederThatCannotHaveItsChangeNamesTheLinesThatMadeIt) {
    const Region region = test::small_region(3);
    const std::string second = region.feeder.id[1];
    const auto begins = [&](const std::string& text, const std::string& with) {
        const auto [source, said] = told(text, region);
        EXPECT_EQ(source, "changes.csv") << text;
        ASSERT_FALSE(said.empty()) << text;
        EXPECT_TRUE(said.front().starts_with(with)) << said.front();
    };
    begins("source_factor\n*,1\n" + second + ",3\n",
           "changes.csv:2, column 'source_factor' and changes.csv:3, column 'source_factor': /series/");
    begins("voltage_max_pu,voltage_min_pu\n*,1.1,0.9\n" + second + ",,1.2\n",
           "changes.csv:3, column 'voltage_min_pu' and changes.csv:2, column 'voltage_max_pu': /bus/voltage_max row");
    begins("rating_factor\n" + second + ",1e300\n", "changes.csv:2, column 'rating_factor': /branch/rating_");
    begins("forecast_factor\n" + second + ",1e300\n", "changes.csv:2, column 'forecast_factor': /series/");
    begins("voltage_max_pu\n" + second + ",1e300\n", "changes.csv:2, column 'voltage_max_pu': /bus/voltage_max row");
}

TEST(CsvChanges, AFaultThatTheCaseHadBeforeIsNotBlamedOnTheTable) {
    Region region = test::small_region(3);
    region.customer.weight[first_customer(region, 1)] = -1;

    const auto [source, said] = told("export_cap_kw\n*,3\n", region);
    EXPECT_EQ(source, "case.h5");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_TRUE(said.front().starts_with("/customer/weight row")) << said.front();
    EXPECT_EQ(told("export_cap_kw,rating_factor\n*,3,1e300\n", region).first, "case.h5, changes.csv");
}

}  // namespace
}  // namespace headroom
