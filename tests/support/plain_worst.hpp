#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/flow/row_errors.hpp"
#include "formulations/network/region.hpp"

namespace headroom::test {

class PlainPowerFlow;

/// V of a voltage row: |V| at a bus, to ground of "a", across of "ab".
double plain_magnitude(const PlainPowerFlow& flow, std::int32_t bus, const std::string& phases);

/// Worst excess of every voltage limit over all corners of one step's envelopes, and of the box of forecast errors, in
/// the plain nonlinear power flow of this folder: per unit of the base voltage, above zero violated. Shares no power
/// flow with formulations/flow.
/// @return [#row of result.rows]; -inf for branches, +inf everywhere where a corner has no power flow
std::vector<double> plain_worst(const Region& region, const EnvelopeResult& result, std::size_t step,
                                const RowErrors& errors = {});

}  // namespace headroom::test
