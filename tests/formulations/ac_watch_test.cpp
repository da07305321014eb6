// Values of quantities in lanes against those taken one lane at a time.

#include "formulations/flow/ac_watch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "formulations/flow/ac_lane_point.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/ac_regions.hpp"

namespace headroom {
namespace {

using test::AcCase;

void expect_values(const Region& region, const std::string& what) {
    AcCase ac(region);
    const std::vector<AcQuantity> all = test::all_quantities(region, ac.flow);
    const AcWatch watch(ac.flow, all);
    LaneArray values = watch.values();
    for (std::size_t k = 0; k < ac.inputs.p.size(); ++k) ac.inputs.p[k] *= 0.1 * static_cast<double>(k % lane_count);
    ac.solve();

    watch.evaluate(ac.inputs, ac.lanes, values);

    ASSERT_EQ(values.size(), all.size() * lane_count);
    for (std::size_t k = 0; k < all.size(); ++k)
        for (int l = 0; l < lane_count; ++l) {
            const double exact = AcLanePoint(ac.flow, ac.inputs, ac.lanes, l).value(all[k]);
            EXPECT_NEAR(values[k * lane_count + static_cast<std::size_t>(l)], exact, 1e-8 + 1e-12 * std::abs(exact))
                << what << ", quantity " << k << ", lane " << l;
        }
}

TEST(AcWatch, IsEveryQuantityInEveryLane) {
    for (unsigned seed = 1; seed <= 6; ++seed) expect_values(test::mixed_feeder(seed, 1.0), std::to_string(seed));
    expect_values(test::four_wires(), "four wires");
}

TEST(AcWatch, LanesWithoutVoltagesHaveNoValues) {
    const Region region = test::four_wires();
    AcCase ac(region);
    const AcWatch watch(ac.flow, test::all_quantities(region, ac.flow));
    LaneArray values = watch.values();
    ac.inputs.count = 3;
    ac.set_power(0, 1, -1e9);
    ac.solve();
    ASSERT_EQ(ac.lanes.lane[1].status, AcStatus::diverged);

    watch.evaluate(ac.inputs, ac.lanes, values);

    for (std::size_t k = 0; k < values.size(); ++k) {
        const std::size_t lane = k % lane_count;
        EXPECT_EQ(std::isnan(values[k]), lane == 1 || lane >= 3) << k;
    }
}

}  // namespace
}  // namespace headroom
