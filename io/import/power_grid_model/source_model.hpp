#pragma once

#include <string>
#include <vector>

#include "io/import/power_grid_model/dataset.hpp"
#include "io/import/power_grid_model/sequences.hpp"

namespace headroom::pgm {

/// A voltage behind an impedance at one bus: all sources there together.
struct SourceModel {
    std::string id;  ///< of the first
    int bus;
    Complex voltage;  ///< V, phase a to neutral
    Complex z, zero;  ///< ohm, positive and zero sequence
};

/// One source. @param base_voltage  V, phase to neutral, of its bus
SourceModel source_model(const Component& component, int bus, double base_voltage);

/// Sources at one bus are one: what they let through shorted, together, and the voltage that they have together open.
void join(SourceModel& first, const SourceModel& other);

}  // namespace headroom::pgm
