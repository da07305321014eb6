// Solving allocates nothing; in an executable of its own because it replaces operator new.

#include <cmath>

#include <gtest/gtest.h>

#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/flow/ac_gradient.hpp"
#include "formulations/flow/ac_sensitivity.hpp"
#include "formulations/flow/ac_watch.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/counted_heap.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom {
namespace {

TEST(AcPowerFlow, SolvingAllocatesNothing) {
    const Region region = test::random_feeder(3, {.transformer = true, .delta_customers = true});
    test::heap_allocations = 0;
    test::AcCase ac(region);
    const AcBranchFlow branches(region, ac.flow);
    AcFlowLanes flows = branches.lanes();
    ASSERT_GT(test::heap_allocations, 0) << "the counter counts nothing";

    test::heap_allocations = 0;
    ac.solve();
    branches.evaluate(ac.inputs, ac.lanes, flows);

    EXPECT_EQ(test::heap_allocations, 0);
    EXPECT_EQ(ac.lanes.lane[0].status, AcStatus::converged);
}

TEST(AcSensitivity, GradientsAllocateNothing) {
    const Region region = test::random_feeder(3, {.transformer = true, .delta_customers = true});
    test::AcCase ac(region);
    ac.solve();
    const AcQuantities quantities(region, ac.flow);
    const AcQuantity losses = quantities.losses();
    std::vector<double> by_p(region.customer_count()), by_q(region.customer_count());
    AcSensitivity sensitivity(ac.flow);
    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);

    test::heap_allocations = 0;
    sensitivity.gradient(losses, by_p, by_q);

    EXPECT_EQ(test::heap_allocations, 0);
}

TEST(AcGradients, LanesThatSettleAllocateNothing) {
    const Region region = test::random_feeder(3, {.transformer = true, .delta_customers = true});
    test::AcCase ac(region);
    ac.solve();
    const AcWatch watch(ac.flow, {AcQuantities(region, ac.flow).head_power()});
    LaneArray values = watch.values();
    const AcGradients gradients(ac.flow);
    AcGradients::Lanes lanes = gradients.lanes();
    std::array<const AcQuantity*, lane_count> asked{};
    asked.fill(&watch.quantities().front());

    test::heap_allocations = 0;
    gradients.evaluate(ac.inputs, ac.lanes, asked, lanes);
    watch.evaluate(ac.inputs, ac.lanes, values);

    EXPECT_EQ(test::heap_allocations, 0);
    EXPECT_EQ(lanes.status[0], AcGradientStatus::ready);
    EXPECT_NEAR(lanes.value[0], values[0], 1e-9 * std::abs(values[0]));
}

}  // namespace
}  // namespace headroom
