#pragma once

#include "io/import/opendss/build_region.hpp"
#include "io/import/opendss/load_shape.hpp"

namespace headroom::opendss {

/// Adds the series that the options ask for: forecasts of all customers and the source's voltage. Throws InputError,
/// UsageError.
void build_series(Region& region, const Models& models, const OpenDssOptions& options, LoadShapes& shapes,
                  ImportReport& report);

}  // namespace headroom::opendss
