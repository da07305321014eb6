#pragma once

#include <cstdint>
#include <vector>

#include "io/import/import_report.hpp"

namespace headroom::opendss {

/// A branch as voltage levels see it: a line keeps the level, a winding sets it.
struct LevelEdge {
    int from = 0, to = 0;     ///< bus rows
    double from_level = 0.0;  ///< V phase to neutral by the winding's rating; 0: a line, both ends alike
    double to_level = 0.0;
    bool closed = true;
};

/// Base voltage of every bus, V phase to neutral: from the source outwards through lines and rated windings; then, for
/// what is not connected, from windings and `seeds`. A level is replaced by the nearest of `bases` (V phase to neutral)
/// unless that is more than 20 % away or the bus is fictitious.
std::vector<double> base_voltages(int bus_count, int source_bus, double source_level,
                                  const std::vector<LevelEdge>& edges, const std::vector<std::pair<int, double>>& seeds,
                                  const std::vector<double>& bases, const std::vector<bool>& fictitious,
                                  ImportReport& report);

}  // namespace headroom::opendss
