#pragma once

#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "io/import/opendss/circuit.hpp"

namespace headroom::opendss {

/// A line as a region needs it: conductors between two buses, total impedance from per-metre matrices times length.
struct LineModel {
    std::string name, code;  ///< code: name of the line code, or of the line where it brings its own values
    Location where;
    BusRef from, to;              ///< as many nodes as rows of z
    Eigen::MatrixXcd z;           ///< ohm per m at the circuit's frequency
    Eigen::MatrixXd b;            ///< S per m, whole line
    double length = 0.0;          ///< m
    double rating_current = 0.0;  ///< A; NaN: none was given
    bool is_switch = false, closed = true;
};

/// Interprets all Line elements (with their LineCode, LineGeometry and WireData), in order. Throws InputError.
std::vector<LineModel> line_models(const Circuit& circuit, ImportReport& report);

}  // namespace headroom::opendss
