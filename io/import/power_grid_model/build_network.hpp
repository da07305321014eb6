#pragma once

#include "formulations/network/region.hpp"
#include "io/import/power_grid_model/dataset.hpp"
#include "io/import/power_grid_model/power_grid_model_import.hpp"

namespace headroom::pgm {

/// The region that an input dataset describes. Throws InputError naming the component that cannot be meant or held.
/// @param name  of the region
Region build_network(const Dataset& dataset, const std::string& name, const PowerGridModelOptions& options,
                     ImportReport& report);

}  // namespace headroom::pgm
