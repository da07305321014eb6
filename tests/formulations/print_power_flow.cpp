// Prints voltages, currents, quantities and gradients of eight scenarios as the bits they are made of, for comparisons
// between instruction sets.

#include <fmt/format.h>
#include <bit>

#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/flow/ac_gradient.hpp"
#include "formulations/flow/ac_watch.hpp"
#include "solver/lanes/simd_level.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/random_feeder.hpp"

int main() {
    using namespace headroom;
    Region region = test::random_feeder(
        12, {.buses = 25, .passive = 8, .transformer = true, .delta_customers = true, .ratings = false});
    for (std::size_t k = 1; k < region.customer_count(); k += 2)
        region.customer.zip_p[k] = region.customer.zip_q[k] = {0.3, 0.3, 0.4};
    AcSettings settings;
    settings.window = LoadWindow{0.98, 1.01, 0.5};
    for (int pass = 0; pass < 4; ++pass) {
        if (pass == 2) test::add_curves(region, true);
        if (pass == 3) settings.curves_together = 0;
        const std::vector<std::int32_t> kept = test::all_buses(region);
        test::AcCase ac(region, pass == 0 ? AcSettings{} : settings, kept);
        const AcBranchFlow branches(region, ac.flow);
        AcFlowLanes flows = branches.lanes();
        for (int c = 0; c < static_cast<int>(region.customer_count()); ++c)
            for (int l = 0; l < lane_count; ++l)
                ac.set_power(c, l, ac.inputs.p[static_cast<std::size_t>(c * lane_count + l)] * (0.2 + 0.5 * l),
                             100.0 * l);
        ac.solve();
        branches.evaluate(ac.inputs, ac.lanes, flows);
        const AcWatch watch(ac.flow, test::all_quantities(region, ac.flow));
        LaneArray watched = watch.values();
        watch.evaluate(ac.inputs, ac.lanes, watched);
        std::array<const AcQuantity*, lane_count> asked{};
        for (std::size_t l = 0; l < lane_count; ++l) asked[l] = &watch.quantities()[l * 13 + 2];
        const AcGradients gradients(ac.flow);
        AcGradients::Lanes lanes = gradients.lanes();
        gradients.evaluate(ac.inputs, ac.lanes, asked, lanes);
        for (const LaneArray* values :
             {&ac.lanes.voltage, &flows.current, &flows.totals, &watched, &lanes.by_p, &lanes.by_q})
            for (const double value : *values) fmt::print("{:016x}\n", std::bit_cast<std::uint64_t>(value));
    }
}
