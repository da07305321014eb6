#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "io/result/result_page.hpp"

namespace headroom {

/// Group /solve: what the limits of each feeder and step are worth.
void write_solve(const ResultPage& page, const EnvelopeResult& result);
void write_secure(const ResultPage& page, const EnvelopeResult& result);

/// Group /fairness: how evenly the limits of each feeder and step are shared.
void write_fairness(const ResultPage& page, const EnvelopeResult& result,
                    std::span<const std::int32_t> customer_feeder);

/// Group /price: what more room in a row would be worth.    @pre the axis result_axis::prices exists
void write_prices(const ResultPage& page, const EnvelopeResult& result);

}  // namespace headroom
