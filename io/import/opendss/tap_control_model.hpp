#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "io/import/opendss/circuit.hpp"

namespace headroom::opendss {

/// What a RegControl says about the tap of one coil, or of all coils of its transformer. Units as in a region.
struct TapControlModel {
    std::string name;
    int coil = 0;
    bool ganged = false;
    double voltage = 120.0, band = 3.0, pt_ratio = 60.0, ct_primary = 300.0, r = 0.0, x = 0.0, delay = 15.0;
    double tap_min = 0.9, tap_max = 1.1, tap_step = 0.00625;
    int max_steps = 16;  ///< at once; 0 holds the tap
};

/// By transformer; nothing where a control does what a region cannot say: then the tap stays as given.
using TapControls = std::unordered_map<std::string, std::optional<TapControlModel>>;

/// Interprets all RegControl elements. Throws InputError.
TapControls tap_controls(const Circuit& circuit, ImportReport& report);

}  // namespace headroom::opendss
