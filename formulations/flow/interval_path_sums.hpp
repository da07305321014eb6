#pragma once

#include <cstdint>
#include <vector>

#include "formulations/flow/linear_network.hpp"
#include "solver/lanes/lane_count.hpp"

namespace headroom {

/// How far path sums move where the r and the x of every branch are wrong by up to a share rho of themselves, each
/// branch by two factors of its own: one for all entries of its resistance matrix, one for those of its reactance.
///
/// With g_e the monitored voltage seen from edge e (path_sums.hpp, equation 1) and J_e the current that an injection
/// sends through e, it adds g_e' Z_e J_e to m'V. A squared voltage (per unit) therefore moves by up to
///
///     d = rho * sum over branches b of the common path of |Re(w g_b' R_b J_b)| + |Re(w g_b' j X_b J_b)|        (1)
///
/// with w = 2 conj(V_flat) / base^2. The bound is reached by one current or one sum of currents alone; several at once
/// may need factors of opposite signs, so that the sum of their bounds may be more than any one error does.
class IntervalPathSums {
public:
    /// @param net  the network branch by branch, not a reduced one: merged branches have errors of their own
    /// @param rho  in [0, 1)
    IntervalPathSums(const Region& region, std::int64_t feeder, const LinearNetwork& net, double rho);

    /// The way from a monitor to the slack bus.
    struct Path {
        std::vector<std::int32_t> node;  ///< the lower ends of its edges, from the slack bus down
        /// [#edge][#branch, r then x] w (R' g) or w j (X' g), per unit of squared voltage per ampere
        std::vector<std::vector<PhaseVector>> functional;
    };
    Path path_of(const LinearNetwork::Monitor& monitor) const;

    /// (1) for a current at a node, per unit of the squared base voltage.
    double deviation(const Path& path, std::int32_t node, const PhaseVector& current) const;

    /// Currents through all edges that injections and shunts cause together.
    /// @param p, q      [#customer x lane] W, V A
    /// @param current   [#node x 3 phases x (real, imaginary) x lane] out, A towards the slack bus
    void currents(const LaneArray& p, const LaneArray& q, LaneArray& current) const;
    LaneArray current_array() const { return LaneArray(6 * net_.nodes.size() * lane_count, 0.0); }

    /// (1) for these currents.
    /// @param out  [lane] per unit of the squared base voltage, added to
    void add_deviation(const LinearNetwork::Monitor& monitor, const LaneArray& current, double* out) const;

private:
    template <class Visit> void climb(const LinearNetwork::Monitor& monitor, Visit visit) const;

    LinearNetwork net_;
    std::vector<std::vector<PhaseMatrix>> impedance_;  ///< [#node][#branch of the edge to the parent] shares of its Z
    std::vector<PhaseVector> shunt_current_;           ///< [#node] A, injected
    double rho_;
};

}  // namespace headroom
