#pragma once

#include <array>
#include <string>

#include <Eigen/Core>

#include "io/import/opendss/circuit.hpp"

namespace headroom::opendss {

/// The Vsource objects of a circuit as one ideal source behind an impedance.
struct SourceModel {
    std::string name, bus;
    Location where;
    std::array<bool, 3> present{};             ///< phases a, b, c
    std::array<double, 3> voltage{}, angle{};  ///< V phase to neutral, degree; phases not present follow the first
    Eigen::MatrixXcd z;                        ///< ohm, in the order of `phases`
    std::vector<int> phases;                   ///< 1..3
    double base_voltage = 0.0;                 ///< V, phase to neutral
};

/// All enabled sources must stand at one bus, on different phases. Throws InputError.
SourceModel source_model(const Circuit& circuit, ImportReport& report);

}  // namespace headroom::opendss
