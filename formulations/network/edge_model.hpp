#pragma once

#include <complex>
#include <cstdint>
#include <Eigen/Core>
#include <span>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

using Complex = std::complex<double>;
using PhaseVector = Eigen::Vector3cd;
using PhaseMatrix = Eigen::Matrix3cd;
using TurnsMatrix = Eigen::Matrix3d;

/// What joins a bus to its parent, in phases a, b, c to neutral:
///
///     V_to = N V_from - Z I_to        I_from = N' I_to                                       (1)
///
/// V in volts, I in amperes flowing away from the slack bus, Z in ohm on the to side. N is real: the identity for
/// lines, the tap for a regulator, turns and winding connection for a transformer. A delta winding has no zero
/// sequence, and so neither has N: all that lies upstream of it is seen from below as N Z N', with zero-sequence
/// impedance zero.
struct EdgeModel {
    TurnsMatrix turns = TurnsMatrix::Zero();      ///< N
    PhaseMatrix impedance = PhaseMatrix::Zero();  ///< Z
};

/// The edge made of all closed branches between two buses, seen from bus `parent` (row of /bus).
///
/// Several branches are one edge when their coils and conductors are independent (three single-phase regulators; an
/// open delta with its straight-through phase). Stack their equations A_to V_to = A_from V_from - z i, I_to = A_to' i:
/// where A_to has full row rank this is (1) with N = A_to^+ A_from and Z = A_to^+ z A_to^+'. Where the to side has no
/// path for the zero sequence (delta), A_to^+ takes the phase voltages whose mean is zero. Coils of a transformer that
/// are alike and on the same terminals share their current, as A_to^+ has it.
///
/// Explicit neutral conductors are eliminated with all neutral current returning in them (grounded at the source only):
/// Z_pn = Z_pp - Z_pN - Z_Np + Z_NN, exact for loads between phase and neutral.
/// @throws std::invalid_argument  if the equations are dependent: the branches close a loop
EdgeModel edge_model(const Region& region, std::span<const std::int64_t> branches, std::int32_t parent,
                     TapPositions taps = {});

/// What each branch adds to the impedance of the edge that they make together: A_to^+ z A_to^+' with z of that branch.
/// [#branches]
std::vector<PhaseMatrix> branch_impedances(const Region& region, std::span<const std::int64_t> branches,
                                           std::int32_t parent, TapPositions taps);

/// Which coil pair or conductor of the edge carries what: flow of one branch in terms of the edge's to-side currents.
///
/// Coil or conductor k of `branch` carries i_k = (row k of currents) I_to, has the voltage (row k of voltages) V_to on
/// the to side, and draws (row k of sending)' i_k at the phases of the from side.
struct BranchCurrents {
    using Rows = Eigen::Matrix<double, Eigen::Dynamic, 3, 0, 3, 3>;
    Rows currents, voltages, sending;
};
BranchCurrents branch_currents(const Region& region, std::span<const std::int64_t> branches, std::int64_t branch,
                               std::int32_t parent, TapPositions taps = {});

/// A transformer as it is met on the way from the slack bus: near is the side of `parent`.
struct OrientedTransformer {
    const TransformerColumns::Coils &near, &far;
    double near_voltage, far_voltage;
    std::array<double, 3> near_tap, far_tap;
    double impedance_scale;  ///< r and x seen from the far side, at rated voltage, over those of the file
};
/// @pre  region.branch.transformer[branch] >= 0
OrientedTransformer orient(const Region& region, std::int64_t branch, std::int32_t parent, TapPositions taps = {});

}  // namespace headroom
