#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "formulations/flow/security_rows.hpp"

namespace headroom::test {

/// Room of every row in the first lane, at what `work` has there of customers and the source's voltages of the first
/// step.
inline std::vector<double> base_rooms(const SecurityRows& rows, const Region& region, SecurityRows::Workspace& work) {
    for (std::size_t p = 0; p < 3; ++p) {
        const double angle = region.series[0].slack_angle[p] * std::numbers::pi / 180;
        work.slack[2 * p * lane_count] = region.series[0].slack_voltage[p] * std::cos(angle);
        work.slack[(2 * p + 1) * lane_count] = region.series[0].slack_voltage[p] * std::sin(angle);
    }
    rows.room(work);
    std::vector<double> room;
    for (int r = 0; r < rows.row_count(); ++r) room.push_back(work.room[static_cast<std::size_t>(r) * lane_count]);
    return room;
}

}  // namespace headroom::test
