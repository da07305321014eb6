#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "solver/packing/filling.hpp"

namespace headroom {

/// Problems of one random A: rows of different density and size, some switched off, some limits settled.
struct PackingFamily {
    PackingFamily(std::uint64_t seed, std::size_t limits, std::size_t row_count, std::size_t count);

    std::optional<FillingPlan> plan;
    std::vector<std::vector<double>> lower, upper, room;  ///< [#problem]
};

}  // namespace headroom
