#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "io/import/opendss/bus_table.hpp"
#include "io/import/opendss/line_model.hpp"

namespace headroom::opendss {

using BusNode = std::pair<std::string, int>;

/// Nodes beside the phases (4 and up) that conductors of lines lead to nothing from: no load, coil, shunt or ground.
/// In OpenDSS nothing flows there. A region would take wye customers of their buses as connected to them.
/// @pre `buses` has counted what stands on every node
std::set<BusNode> dead_nodes(const std::vector<LineModel>& lines, const BusTable& buses);

/// The line without conductors between dead nodes: no current, so rows and columns of Z go; no charge, so they are
/// eliminated from B. The charging current along such a conductor is neglected. A line of nothing else stays as it is.
LineModel without_dead_conductors(const LineModel& line, const std::set<BusNode>& dead);

}  // namespace headroom::opendss
