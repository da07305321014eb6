#pragma once

#include <vector>

#include "formulations/market/clearing_result.hpp"
#include "formulations/network/region.hpp"
#include "io/result/clearing_file.hpp"

namespace headroom::test {

/// A made-up auction for a region with small_orders() and its first series: every column is used, no two numbers agree
/// by chance, the last feeder is invalid_input.
ClearingResult small_clearing(const Region& region);

/// [step x feeder] of its envelopes.
std::vector<ItemStatus> small_envelope_status(const Region& region);

ClearingRunInfo small_clearing_run();

}  // namespace headroom::test
