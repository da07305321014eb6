#include "tests/support/ac_case.hpp"

#include "formulations/flow/ac_step.hpp"

namespace headroom::test {

AcCase::AcCase(const Region& solved, const AcSettings& settings, std::span<const std::int32_t> kept_buses)
    : region(solved), flow(solved, 0, settings, kept_buses), inputs(flow.inputs()), lanes(flow.lanes()) {
    set_all_lanes(0);
}

void AcCase::set_all_lanes(std::size_t step) {
    for (int l = 0; l < lane_count; ++l) set_lane(region, flow.network(), region.series.front(), step, l, inputs);
}

std::complex<double> AcCase::voltage(std::int64_t bus, int conductor, int lane) const {
    const std::int32_t slot = flow.slot(bus, conductor);
    const double* at = lanes.voltage.data() + static_cast<std::ptrdiff_t>(slot) * 2 * lane_count;
    return {at[lane], at[lane_count + lane]};
}

void AcCase::set_power(int customer, int lane, double p, double q) {
    inputs.p[customer * lane_count + lane] = p;
    inputs.q[customer * lane_count + lane] = q;
}

}  // namespace headroom::test
