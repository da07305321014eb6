#pragma once

#include "formulations/flow/linear_network.hpp"

namespace headroom {

/// The part of a feeder that the question can see, and the way back.
///
/// A bus stays if it holds a customer or a monitored voltage, if a loop is torn open there, or if branches to such
/// buses part there. Series branches between two kept buses merge
/// exactly:
///
///     N = N_2 N_1        Z = Z_2 + N_2 Z_1 N_2'                                                   (1)
///
/// and of equal flows along them the smallest rating survives. Dead ends drop out. Shunts and line charging are
/// constant injections in the linear models, their effect is superposed (LinearNetwork::shunt_*) and does not hinder
/// merging.
struct ReducedNetwork {
    /// Voltage of an original node from reduced ones, I the current towards `child`:
    ///
    ///     V = along V[parent] - drop I[child]                                                         (2)
    struct Expansion {
        std::int32_t parent, child;  ///< reduced nodes; child -1: no current reaches the node
        TurnsMatrix along;
        PhaseMatrix drop;
    };
    LinearNetwork net;                       ///< nodes, customers, monitors, thermals and closures of the reduced tree
    std::vector<Expansion> expansion;        ///< [#original node]
    std::vector<std::int32_t> reduced_node;  ///< [#original node] where kept, else -1
};

ReducedNetwork reduce(const LinearNetwork& full);

}  // namespace headroom
