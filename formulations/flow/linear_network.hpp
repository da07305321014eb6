#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/flow/row_kind.hpp"
#include "formulations/network/edge_model.hpp"
#include "formulations/network/feeder_tree.hpp"

namespace headroom {

/// How the physics is written (page: lin_dist3_flow.md, lin_dist_flow.md, dc.md, secure/linearised_ac.md). The last one
/// has the circuit and the limits of lin_dist3_flow, and rows of its own in every step.
enum class FlowModel { dc, lin_dist_flow, lin_dist3_flow, linearised_ac };

/// Whether one phase stands for all.
inline bool is_balanced(FlowModel model) { return model == FlowModel::dc || model == FlowModel::lin_dist_flow; }

/// Where voltage limits hold.
enum class Monitoring { customers, all };

/// A feeder as a linear circuit on a tree: the common ground of the three linear flow models. Loops are torn open
/// (feeder_tree.hpp) and closed by currents that follow from the injections (loop_currents.hpp).
///
/// Injections are currents at the flat voltages, I = conj(S / V_flat), so that voltages and flows are linear in P and
/// Q. For lossless flows and equal flat magnitudes this is LinDist3Flow written with complex numbers
/// (lin_dist3_flow.md, equation 3). The balanced models use phase a alone, with line-to-line voltages and powers of all
/// phases together.
struct LinearNetwork {
    struct Node {
        std::int32_t bus;         ///< row of /bus
        std::int32_t parent;      ///< node; -1 at the slack bus
        EdgeModel edge;           ///< to the parent
        TurnsMatrix from_slack;   ///< T: V = T V_slack without currents
        PhaseVector flat;         ///< V, T times the balanced nominal slack voltage; 0 on phases without supply
        PhaseVector shunt_power;  ///< W + j V A, injected by shunts and line charging at nominal voltage
    };
    struct Customer {
        std::int64_t customer;  ///< row of /customer
        std::int32_t node;
        PhaseVector share;  ///< phase powers are share times the customer's power; sums to 1
    };
    /// |m' V|: a phase to neutral or phase to phase voltage.
    struct Monitor {
        std::int32_t node;
        PhaseVector pick;               ///< m
        double base, minimum, maximum;  ///< V; base squared is the per-unit base of squared magnitudes
        std::string phases;             ///< "a", "ab"
    };
    /// S = k' conj(I_node): power through a conductor, a coil or a whole branch, away from the slack bus.
    struct Thermal {
        std::int32_t node;       ///< the node below the branch
        PhaseVector functional;  ///< k, V
        Complex shunt_flow;      ///< of S what shunts and charging alone cause, W + j V A, own charging at `bus` too
        double limit;            ///< V A
        std::int64_t branch;     ///< row of /branch
        std::int32_t bus;        ///< sending end, row of /bus
        RowKind kind;            ///< branch_phase, branch_total or winding
        std::string phases;
    };

    /// Two nodes of one bus: where a loop is torn open.
    struct Closure {
        std::int32_t end;     ///< node at the end of the branch that closes the loop; nothing else is there
        std::int32_t node;    ///< the bus's own node
        std::int64_t branch;  ///< row of /branch
    };
    /// A phase that no edge of the tree brings to a node, nor to those that it passes on to: it comes from the ends of
    /// loops there. At the node its voltage is free, and no current goes up from it.
    struct Entry {
        std::int32_t node;
        int phase;
    };

    /// Current that the customer injects per watt at its node, conj(share / V_flat); its power S injects conj(S) times
    /// it.
    PhaseVector unit_current(const Customer& customer) const;

    FlowModel model = FlowModel::lin_dist3_flow;
    TapPositions taps;
    std::vector<Node> nodes;          ///< preorder
    std::vector<Customer> customers;  ///< energised ones, in the order of the file
    std::vector<Monitor> monitors;
    std::vector<Thermal> thermals;
    std::vector<Closure> closures;
    std::vector<Entry> entries;
    std::vector<PhaseVector> shunt_voltage_rise;  ///< [#node] V, what shunts and charging add to the flat voltage
};

/// Voltage of a feeder's slack bus, V, as the model sees it: phasors; in balanced models phase a stands for all and has
/// the root mean square of the phases that the bus has.
PhaseVector slack_voltage(const Region& region, const SeriesSet& series, std::size_t feeder, std::size_t step,
                          FlowModel model);

/// @throws InvalidFeeder  where an active customer has no supply, or nothing settles how power divides in a loop
/// @param taps  must outlive it
LinearNetwork linear_network(const Region& region, std::int64_t feeder, FlowModel model, Monitoring monitoring,
                             TapPositions taps = {});

}  // namespace headroom
