#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"

namespace headroom {

/// How many limits one row stopped, over all steps and customers.
struct BindingCount {
    std::int32_t row;                                         ///< row of EnvelopeResult::rows
    std::array<std::int64_t, limit_members.size()> limits{};  ///< by LimitKind

    std::int64_t total() const { return std::accumulate(limits.begin(), limits.end(), std::int64_t{0}); }
};

/// Rows that stopped a limit, the busiest first; of equals the smaller row.
std::vector<BindingCount> count_bindings(const EnvelopeResult& result);

}  // namespace headroom
