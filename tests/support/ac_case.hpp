#pragma once

#include <complex>
#include <span>

#include "formulations/flow/ac_power_flow.hpp"

namespace headroom::test {

/// A power flow of a region of one feeder with its inputs and results: step `step + lane` of the first series in each
/// lane, or one step in all of them.
struct AcCase {
    explicit AcCase(const Region& solved, const AcSettings& settings = {},
                    std::span<const std::int32_t> kept_buses = {});

    void set_all_lanes(std::size_t step);
    void solve() { flow.solve(inputs, lanes); }
    std::complex<double> voltage(std::int64_t bus, int conductor, int lane = 0) const;
    void set_power(int customer, int lane, double p, double q = 0.0);

    const Region& region;
    AcPowerFlow flow;
    AcInputs inputs;
    AcLanes lanes;
};

}  // namespace headroom::test
