// The bundled day, from file to file.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "formulations/envelope/allocation.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/result/envelope_file.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

const std::string cases = HEADROOM_SOURCE_DIR "/cases/";

EnvelopeResult solve(const Region& region, const AllocationQuestion& question, int threads = 2) {
    return allocate(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                    {.threads = threads});
}

struct GoldenStep {
    std::size_t step;
    double exports, imports;           // kW, sum over the 22 active customers
    double first_export, last_export;  // kW, load1 and load53
};

// Computed apart in Python from the published OpenDSS text: path sums by hand, bisection for the level.
TEST(EuropeanLv, GivesTheLimitsComputedApartFromTheProgram) {
    const Region region = read_case(cases + "european_lv/european_lv.h5");
    const GoldenStep golden[] = {{0, 76.657728, 72.039542, 3.954604, 2.847405},
                                 {34, 81.936890, 75.655138, 4.344497, 3.265956},
                                 {73, 89.140359, 78.415132, 5.106279, 3.358946}};

    const EnvelopeResult result = solve(region, {});

    ASSERT_EQ(region.customer_count(), 55u);
    ASSERT_EQ(result.step_count, 96u);
    for (const ItemStatus status : result.status) ASSERT_EQ(status, ItemStatus::solved);
    for (const GoldenStep& expected : golden) {
        double exports = 0, imports = 0;
        for (std::size_t c = 0; c < 55; ++c) {
            if (region.customer.active[c] == 0) continue;
            exports += result.export_limit[expected.step * 55 + c] / 1e3;
            imports += result.import_limit[expected.step * 55 + c] / 1e3;
        }
        EXPECT_NEAR(exports, expected.exports, 1e-6) << "step " << expected.step;
        EXPECT_NEAR(imports, expected.imports, 1e-6);
        EXPECT_NEAR(result.export_limit[expected.step * 55 + 0] / 1e3, expected.first_export, 1e-6);
        EXPECT_NEAR(result.export_limit[expected.step * 55 + 52] / 1e3, expected.last_export, 1e-6);
    }
}

TEST(EuropeanLv, EveryLimitHasItsCertificate) {
    const Region region = read_case(cases + "european_lv/european_lv.h5");

    const EnvelopeResult result = solve(region, {});

    for (std::size_t item = 0; item < result.status.size(); ++item) {
        EXPECT_LE(result.certificate_row_violation[item], 1e-6);
        EXPECT_LE(result.certificate_bottleneck_gap[item], 1e-6);
        EXPECT_EQ(result.rounds[item] >= 1 && result.rounds[item] <= 4, true) << result.rounds[item];
    }
}

TEST(EuropeanLv, MinutesAverageToTheQuarterHours) {
    const Region region = read_case(cases + "european_lv/european_lv.h5", {.series = {}, .all_series = true});
    const SeriesSet &quarters = region.series.at(0), &minutes = region.series.at(1);

    ASSERT_EQ(minutes.step_count(), 1440u);
    for (std::size_t q = 0; q < 96; ++q)
        for (std::size_t c = 0; c < 55; ++c) {
            double sum = 0;
            for (std::size_t m = 0; m < 15; ++m) sum += minutes.p_forecast[(15 * q + m) * 55 + c];
            EXPECT_NEAR(sum / 15, quarters.p_forecast[q * 55 + c], 1e-9);
        }
}

TEST(EuropeanLv, AtThePublishedSourceVoltageHardlyAnyExportIsLeft) {
    const Region region = read_case(cases + "european_lv/european_lv_105.h5");

    const EnvelopeResult result = solve(region, {});

    double sum = 0;
    int published = 0, refused = 0;
    for (std::size_t k = 0; k < result.export_limit.size(); ++k)
        if (!std::isnan(result.export_limit[k])) sum += result.export_limit[k], ++published;
    for (const ItemStatus status : result.status) refused += status == ItemStatus::insecure_base;
    EXPECT_LT(sum / published, 1000.0);
    EXPECT_GT(refused, 0);
    EXPECT_FALSE(result.violations.empty()) << "each refusal names its rows";
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The minutes of the day `count` times over: enough work to wake every thread.
Region many_days(Region region, int count) {
    SeriesSet& series = region.series.front();
    const SeriesSet day = series;
    for (int k = 1; k < count; ++k) {
        for (std::size_t step = 0; step < day.step_count(); ++step) {
            series.start.push_back(day.start[step] + k * 86400);
            series.end.push_back(day.end[step] + k * 86400);
        }
        const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
            to.insert(to.end(), from.begin(), from.end());
        };
        append(series.p_forecast, day.p_forecast);
        append(series.q_forecast, day.q_forecast);
        append(series.slack_voltage, day.slack_voltage);
        append(series.slack_angle, day.slack_angle);
        append(series.price, day.price);
    }
    return region;
}

TEST(EuropeanLv, OneAndThreeThreadsWriteTheSameBytes) {
    const Region region = many_days(read_case(cases + "european_lv/european_lv.h5", {.series = "minute"}), 5);
    const TemporaryDirectory directory;
    const auto write = [&](int threads) {
        const auto path = directory.path() / ("threads" + std::to_string(threads) + ".h5");
        write_envelopes(solve(region, {}, threads), region, region.series.front(), RunInfo{}, path);
        return bytes_of(path);
    };

    const std::string one = write(1), three = write(3);

    EXPECT_GT(one.size(), 100'000u);
    EXPECT_TRUE(one == three);
}

class BundledCase : public testing::TestWithParam<std::string> {};

TEST_P(BundledCase, IsValidAndReadsBackWhatItWrites) {
    const CaseReadOptions all{.series = {}, .all_series = true};
    const Region region = read_case(cases + GetParam(), all);

    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));

    const TemporaryDirectory directory;
    write_case(region, directory.path() / "again.h5");
    EXPECT_EQ(test::difference(region, read_case(directory.path() / "again.h5", all)), "");
    EXPECT_TRUE(bytes_of(directory.path() / "again.h5") == bytes_of(cases + GetParam()))
        << "another libdeflate than Debian 12's may compress otherwise";
}

TEST_P(BundledCase, HasEnvelopesInEveryFlowModel) {
    const Region region = read_case(cases + GetParam());
    for (const FlowModel flow : {FlowModel::dc, FlowModel::lin_dist_flow, FlowModel::lin_dist3_flow}) {
        const EnvelopeResult result = solve(region, {.flow = flow});
        int published = 0;
        for (const double limit : result.export_limit) published += !std::isnan(limit);
        EXPECT_GT(published, 0) << static_cast<int>(flow);
        for (const ItemStatus status : result.status) EXPECT_NE(status, ItemStatus::uncertified);
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, BundledCase,
                         testing::Values("european_lv/european_lv.h5", "european_lv/european_lv_105.h5",
                                         "ieee13/ieee13.h5", "ieee34/ieee34.h5"),
                         [](const auto& name) {
                             return name.param.substr(name.param.find('/') + 1,
                                                      name.param.size() - name.param.find('/') - 4);
                         });

}  // namespace
}  // namespace headroom::test
