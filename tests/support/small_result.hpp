#pragma once

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/network/region.hpp"
#include "io/result/run_info.hpp"

namespace headroom::test {

/// Made-up envelopes for a region and its first series: every status, flag and kind of row appears.
EnvelopeResult small_result(const Region& region);

RunInfo small_run();

}  // namespace headroom::test
