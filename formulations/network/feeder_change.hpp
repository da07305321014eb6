#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "formulations/network/region.hpp"

namespace headroom {

/// What one day or one study has otherwise in a feeder than the case; what is not given stays.
struct FeederChange {
    std::optional<double> export_cap, import_cap;          ///< W, >= 0, of every active customer
    std::optional<std::uint8_t> active;                    ///< 1: every customer gets an envelope, 0: none
    std::optional<double> voltage_min_pu, voltage_max_pu;  ///< > 0, of every bus's base voltage
    std::optional<double> rating_factor;                   ///< > 0, on ratings of branches
    std::optional<double> source_factor;                   ///< > 0, on slack voltages
    std::optional<double> forecast_factor;                 ///< >= 0, on forecasts of P and Q
};

/// Changes a feeder in all series that the region has. Whether the case still makes sense, validate() says.
void apply(const FeederChange& change, std::size_t feeder, Region& region);

}  // namespace headroom
