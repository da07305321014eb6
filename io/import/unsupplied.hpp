#pragma once

#include "formulations/network/region.hpp"
#include "io/import/import_report.hpp"

namespace headroom {

/// Makes active customers that no closed branch connects with their slack bus passive: published feeders hold a few,
/// and one of them would make the whole feeder invalid. The report has a note of each.
void make_unsupplied_passive(Region& region, ImportReport& report);

}  // namespace headroom
