#pragma once

#include <cstdint>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"

namespace headroom {

/// How many limits one row stopped, over all steps and customers.
struct BindingCount {
    std::int32_t row;  ///< row of EnvelopeResult::rows
    std::int64_t exports, imports;

    std::int64_t total() const { return exports + imports; }
};

/// Rows that stopped a limit, the busiest first; of equals the smaller row.
std::vector<BindingCount> count_bindings(const EnvelopeResult& result);

}  // namespace headroom
