// Prints every voltage of eight scenarios as the bits it is made of, for comparisons between instruction sets.

#include <fmt/format.h>
#include <bit>

#include "formulations/flow/ac_branch_flow.hpp"
#include "solver/lanes/simd_level.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/random_feeder.hpp"

int main() {
    using namespace headroom;
    Region region = test::random_feeder(
        12, {.buses = 25, .passive = 8, .transformer = true, .delta_customers = true, .ratings = false});
    for (std::size_t k = 1; k < region.customer_count(); k += 2)
        region.customer.zip_p[k] = region.customer.zip_q[k] = {0.3, 0.3, 0.4};
    AcSettings settings;
    settings.window = LoadWindow{0.98, 1.01, 0.5};
    for (int pass = 0; pass < 2; ++pass) {
        test::AcCase ac(region, pass == 0 ? AcSettings{} : settings);
        const AcBranchFlow branches(region, ac.flow);
        AcFlowLanes flows = branches.lanes();
        for (int c = 0; c < static_cast<int>(region.customer_count()); ++c)
            for (int l = 0; l < lane_count; ++l)
                ac.set_power(c, l, ac.inputs.p[static_cast<std::size_t>(c * lane_count + l)] * (0.2 + 0.5 * l),
                             100.0 * l);
        ac.solve();
        branches.evaluate(ac.inputs, ac.lanes, flows);
        for (const LaneArray* values : {&ac.lanes.voltage, &flows.current, &flows.totals})
            for (const double value : *values) fmt::print("{:016x}\n", std::bit_cast<std::uint64_t>(value));
    }
}
