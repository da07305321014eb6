#pragma once

#include <cstdint>
#include <vector>

#include "solver/certificate/check_kkt.hpp"

namespace headroom {

/// What the returned numbers are worth.
enum class ConvexStatus : std::int8_t {
    solved,             ///< the certificate holds: x is optimal within the tolerance
    primal_infeasible,  ///< y, z, cone_z prove that no point fits (check_infeasible)
    unbounded,          ///< x is a direction along which the objective falls for ever (check_unbounded)
    iteration_limit,    ///< best iterate found; the certificate says how far off. Not for publishing
    stalled,            ///< likewise, no further progress in double precision
    invalid_input,      ///< NaN or a malformed problem; nothing was computed
};

/// Which way found the answer.
enum class ConvexRoute : std::int8_t {
    lanes,  ///< side by side with others
    safe,   ///< alone, slower, with refinement and proofs of infeasibility
};

/// Answer to one problem. Multipliers satisfy, at an optimum,
///
///     Q x + c + term'(x) = A'y + z + cone_z                                                                       (2)
///
/// y_i > 0 only where row i is at its lower bound, y_i < 0 at its upper one; z_j likewise for the variable's bounds;
/// cone_z lies in the cone, orthogonal to x. For primal_infeasible, 0 = A'y + z + cone_z and the bounds that the signs
/// pick add up to more than 0.
struct ConvexAnswer {
    ConvexStatus status = ConvexStatus::invalid_input;
    ConvexRoute route = ConvexRoute::lanes;
    int iterations = 0;
    std::vector<double> x;       ///< [#variable]
    std::vector<double> y;       ///< [#row]
    std::vector<double> z;       ///< [#variable]
    std::vector<double> cone_z;  ///< [3 #cone]
    double objective = 0;        ///< at x
    KktCertificate certificate;  ///< of x, y, z, cone_z in the original variables
};

}  // namespace headroom
