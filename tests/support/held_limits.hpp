#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/network/region.hpp"

namespace headroom::test {

inline constexpr double violated = 1.1e-6;  ///< p.u.: 1e-6 and what two power flows may differ by

/// Voltages that stop a limit are at their own; how many such there are.
/// @param worst  [#row] excess at the worst corner, p.u.
inline int expect_held(const Region& region, const EnvelopeResult& result, std::size_t step,
                       const std::vector<double>& worst, const std::string& what) {
    int held = 0;
    for (std::size_t c = 0; c < region.customer_count(); ++c)
        for (const auto* rows : {&result.export_binding_row, &result.import_binding_row}) {
            const std::int32_t row = (*rows)[step * region.customer_count() + c];
            if (row < 0 || result.rows.branch[static_cast<std::size_t>(row)] >= 0) continue;
            ++held;
            EXPECT_GE(worst[static_cast<std::size_t>(row)], -1e-4) << what << " customer " << c;
        }
    return held;
}

}  // namespace headroom::test
