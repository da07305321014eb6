#pragma once

#include <cstdint>
#include <Eigen/QR>
#include <span>
#include <vector>

#include "formulations/flow/linear_network.hpp"

namespace headroom {

/// Currents that close the loops of a linear network (loop_currents.md).
///
/// Where a loop is torn open (LinearNetwork::Closure), a current J on every phase that end and node both have, injected
/// at the node and drawn at the end, gives the two one voltage; where a phase enters the tree from such ends alone
/// (LinearNetwork::Entry), its voltage there is E, and no current is left to go up. Both follow from the injected
/// currents I: with C V the voltages of the ends less those of the nodes, V = V_0 + Z (I + C' J) + B E,
///
///     C Z C' J + C B E = - C (V_0 + Z I),        B' C' J = - B' I                                           (1)
class LoopCurrents {
public:
    explicit LoopCurrents(const LinearNetwork& net);

    bool none() const { return places_.empty(); }
    /// Row of /branch that closes a loop in which (1) leaves J open, because it has no impedance (in dc, no
    /// reactance); -1: all are settled.
    std::int64_t unsettled() const { return unsettled_; }

    /// Where a loop current flows: out of the network at the end of a loop, and in again at the bus's own node.
    struct Place {
        std::int32_t end, node;
        int phase;
        std::int64_t branch;  ///< row of /branch
    };
    std::span<const Place> places() const { return places_; }                   ///< [#loop current]
    std::span<const LinearNetwork::Entry> entries() const { return entries_; }  ///< [#entry]
    /// [#unknown]: every J, A, then every E, V.
    std::size_t unknown_count() const { return places_.size() + entries_.size(); }

    /// [#unknown] that the current of one watt of a customer causes (LinearNetwork::unit_current).
    std::span<const Complex> of_customer(std::size_t customer) const {
        return {of_customer_.data() + customer * unknown_count(), unknown_count()};
    }
    /// [#unknown] of a network whose loops are open.
    /// @param voltage  [#node] V
    /// @param current  [#node] A into the node from its parent
    std::vector<Complex> closing(std::span<const PhaseVector> voltage, std::span<const PhaseVector> current) const;

    /// What the voltage m'V at a node, or the flow k'I of all currents at and below one, sees of every unknown.
    /// @param functional  [#node] as PathSums gives it
    std::vector<Complex> seen_by_voltage(const LinearNetwork& net, std::int32_t node, const PhaseVector& m,
                                         std::span<const PhaseVector> functional) const;
    std::vector<Complex> seen_by_flow(std::span<const PhaseVector> functional) const;

    /// Adds every J to the currents injected at the nodes.
    void inject(std::span<const Complex> unknowns, std::span<PhaseVector> injected) const;

private:
    struct System;
    void find_places(const LinearNetwork& net);
    Eigen::MatrixXcd solve(const Eigen::MatrixXcd& open) const;
    void check(const System& system, const Eigen::MatrixXcd& answer);

    std::vector<Place> places_;
    std::vector<LinearNetwork::Entry> entries_;
    std::int64_t unsettled_ = -1;
    Eigen::VectorXd scale_;  ///< [#unknown] that makes own entries of (1) about one
    Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXcd> factor_;
    std::vector<Complex> of_customer_;  ///< [#customer x #unknown]
};

}  // namespace headroom
