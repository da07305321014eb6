#pragma once

#include <string>

#include <Eigen/Core>

#include "io/import/opendss/circuit.hpp"

namespace headroom::opendss {

/// A capacitor or reactor: coupled admittances between pairs of nodes of one bus (node 0: ground), or in series between
/// two buses.
struct ShuntModel {
    std::string name;
    Location where;
    BusRef from, to;     ///< to: same bus for a shunt; pair k joins from.nodes[k] and to.nodes[k]
    Eigen::MatrixXcd y;  ///< S, [pair, pair], symmetric: currents through the pairs per volt across them
    bool series = false;
};

/// Interprets all enabled Capacitor and Reactor elements. Throws InputError.
std::vector<ShuntModel> shunt_models(const Circuit& circuit, ImportReport& report);

}  // namespace headroom::opendss
