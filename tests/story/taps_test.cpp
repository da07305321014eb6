// Taps of the IEEE feeders: the controls of the file alone lead to the positions that OpenDSS found.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "formulations/flow/tap_solution.hpp"
#include "io/import/opendss/opendss_import.hpp"

namespace headroom {
namespace {

namespace fs = std::filesystem;

struct TapCase {
    std::string master, taps;
    double v_min;
};

/// Column "taps" of a file `Transformer.NAME,"[1, TAP, ]"`.
std::vector<double> published_taps(const fs::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    std::vector<double> taps;
    while (std::getline(stream, line)) taps.push_back(std::stod(line.substr(line.find(',', line.find(',') + 1) + 1)));
    return taps;
}

class IeeeTaps : public testing::TestWithParam<TapCase> {};

TEST_P(IeeeTaps, SettleWhereOpenDssFoundThem) {
    const fs::path data = HEADROOM_SHARED_DATA;
    if (!fs::exists(data / "opendss-ieee")) GTEST_SKIP() << "no data in " << data;
    OpenDssOptions options;
    options.active = "none";
    Region region = import_opendss(data / GetParam().master, options).region;
    TapSettings settings;
    settings.flow.window = LoadWindow{GetParam().v_min, 1.05, 0.5};

    const TapOutcome solution = settle_taps(region, 0, base_point(region, 0, region.series[0], 0), settings);

    ASSERT_EQ(solution.status, TapStatus::settled);
    const std::vector<double> expected = published_taps(data / "reference-opendss" / GetParam().taps);
    ASSERT_EQ(region.tap_control.id.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k)
        EXPECT_NEAR(region.transformer.to_tap[region.tap_control.transformer[k]][region.tap_control.coil[k]],
                    expected[k], 1e-9)
            << region.tap_control.id[k];
}

INSTANTIATE_TEST_SUITE_P(Published, IeeeTaps,
                         testing::Values(TapCase{"opendss-ieee/13Bus/IEEE13Nodeckt.dss", "ieee13.taps.csv", 0.95},
                                         TapCase{"opendss-ieee/34Bus/ieee34Mod2.dss", "ieee34_mod2.taps.csv", 0.85},
                                         TapCase{"opendss-ieee/37Bus/ieee37.dss", "ieee37.taps.csv", 0.95}),
                         [](const auto& test) { return test.param.taps.substr(0, 6); });

}  // namespace
}  // namespace headroom
