#pragma once

#include "formulations/envelope/envelope_result.hpp"
#include "io/result/result_page.hpp"

namespace headroom {

/// Group /solve: what the limits of each feeder and step are worth.
void write_solve(const ResultPage& page, const EnvelopeResult& result);

/// Group /price: what more room in a row would be worth.    @pre the axis result_axis::prices exists
void write_prices(const ResultPage& page, const EnvelopeResult& result);

}  // namespace headroom
