// A day of an Australian feeder whose rooftop inverters follow Volt-VAr curves (University of Melbourne, LV28): curves
// bend voltages, so worst points lie inside boxes, and envelopes must hold there too.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "formulations/envelope/allocation.hpp"
#include "formulations/secure/replay.hpp"
#include "io/import/opendss/opendss_import.hpp"

namespace headroom {
namespace {

namespace fs = std::filesystem;

/// Three lines of numbers, one per phase.
std::vector<std::vector<double>> rows_of(const fs::path& file) {
    std::ifstream stream(file);
    std::vector<std::vector<double>> rows;
    for (std::string line; std::getline(stream, line);) {
        std::istringstream fields(line);
        rows.emplace_back();
        for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(std::stod(field));
    }
    return rows;
}

/// The feeder at the voltages that were measured at its transformer.
Region lv28(const fs::path& folder, bool curves) {
    OpenDssOptions options;
    options.series = OpenDssSeries::daily;
    options.active = "ids:" + (folder / "active_cust_30-15.csv").string();
    options.import_cap = 14e3;
    options.customer_voltage = {216, 253};
    options.inverter_curves = curves;
    Region region = import_opendss(folder / "Master.txt", options).region;
    const auto voltage = rows_of(folder / "tx_pri_voltages_day_30-15.csv");
    const auto angle = rows_of(folder / "tx_pri_angles_day_30-15.csv");
    for (std::size_t step = 0; step < region.series[0].step_count(); ++step)
        for (std::size_t phase = 0; phase < 3; ++phase) {
            region.series[0].slack_voltage[3 * step + phase] = voltage[phase][step];
            region.series[0].slack_angle[3 * step + phase] = angle[phase][step];
        }
    return region;
}

double sum(const std::vector<double>& limits) {
    double sum = 0;
    for (const double limit : limits)
        if (limit == limit) sum += limit;
    return sum;
}

TEST(InverterCurves, EnvelopesOfTheAustralianDayHoldInsideTheirBoxesToo) {
    const fs::path folder = fs::path(HEADROOM_SHARED_DATA) / "nando-oe";
    if (!fs::exists(folder)) GTEST_SKIP() << "no data in " << folder;
    double exports[2];
    for (const bool curves : {false, true}) {
        const Region region = lv28(folder, curves);
        const AllocationQuestion question{.secure = Secure::ac};
        ASSERT_EQ(std::count(region.customer.active.begin(), region.customer.active.end(), 1), 16);
        ASSERT_EQ(std::count(region.customer.reactive_mode.begin(), region.customer.reactive_mode.end(),
                             ReactiveMode::volt_var),
                  curves ? 35 : 0);

        const EnvelopeResult result = allocate(region, region.series[0], question, {""}, {.threads = 2});
        const ReplayResult replay =
            headroom::replay(region, region.series[0], {}, {result.export_limit, result.import_limit, {}, {}}, {""},
                             {.random_corners = 20, .random_points = 20}, {.threads = 2});

        for (std::size_t step = 0; step < result.step_count; ++step) {
            EXPECT_EQ(result.status[step], ItemStatus::solved) << step;
            EXPECT_EQ(replay.violated[step], 0) << step;
        }
        exports[curves] = sum(result.export_limit);
    }
    EXPECT_GT(exports[1], 1.1 * exports[0]) << "curves make room for exports";
}

}  // namespace
}  // namespace headroom
