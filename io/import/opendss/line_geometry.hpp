#pragma once

#include "io/import/opendss/circuit.hpp"
#include "io/import/opendss/line_constants.hpp"

namespace headroom::opendss {

struct GeometryModel {
    LineConstants constants;
    double norm_amps = 0.0;  ///< A; NaN: none was given
};

/// Impedances of a LineGeometry made of bare wires (WireData) at the circuit's frequency. Throws InputError, also for
/// cables.
GeometryModel geometry_model(const Circuit& circuit, const std::string& name, const Location& where, double rho,
                             ImportReport& report);

}  // namespace headroom::opendss
