// Solving allocates nothing; in an executable of its own because it replaces operator new.

#include <cmath>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/flow/ac_gradient.hpp"
#include "formulations/flow/ac_sensitivity.hpp"
#include "formulations/flow/ac_watch.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/random_feeder.hpp"

namespace {

int allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
    ++allocations;
    void* pointer = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (pointer == nullptr) throw std::bad_alloc();
    return pointer;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size, 16); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::align_val_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t, std::align_val_t) noexcept { std::free(pointer); }

namespace headroom {
namespace {

TEST(AcPowerFlow, SolvingAllocatesNothing) {
    const Region region = test::random_feeder(3, {.transformer = true, .delta_customers = true});
    allocations = 0;
    test::AcCase ac(region);
    const AcBranchFlow branches(region, ac.flow);
    AcFlowLanes flows = branches.lanes();
    ASSERT_GT(allocations, 0) << "the counter counts nothing";

    allocations = 0;
    ac.solve();
    branches.evaluate(ac.inputs, ac.lanes, flows);

    EXPECT_EQ(allocations, 0);
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

    allocations = 0;
    sensitivity.gradient(losses, by_p, by_q);

    EXPECT_EQ(allocations, 0);
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

    allocations = 0;
    gradients.evaluate(ac.inputs, ac.lanes, asked, lanes);
    watch.evaluate(ac.inputs, ac.lanes, values);

    EXPECT_EQ(allocations, 0);
    EXPECT_EQ(lanes.status[0], AcGradientStatus::ready);
    EXPECT_NEAR(lanes.value[0], values[0], 1e-9 * std::abs(values[0]));
}

}  // namespace
}  // namespace headroom
