#pragma once

#include <optional>
#include <string>

#include "io/mps/read_mps.hpp"
#include "solver/convex/convex_answer.hpp"

namespace headroom::bench {

/// What is known of a problem from elsewhere.
struct Expectation {
    std::optional<double> objective;  ///< published optimum: the problem is feasible and bounded
    bool infeasible = false;
};

enum class Verdict {
    solved,      ///< the certificate holds and the objective is the published one, if there is one
    infeasible,  ///< proved so, and nothing says otherwise
    unbounded,   ///< likewise
    not_solved,  ///< no claim, or a certified optimum other than the published one
    wrong,       ///< claims what its own numbers do not prove, or what is known to be false
};

struct JudgedAnswer {
    Verdict verdict = Verdict::not_solved;
    std::string reason;  ///< of a verdict that is wrong or not solved, "" if its status tells
    double primal = 0;   ///< relative measures of check_kkt; NaN where the answer is no point
    double dual = 0;     ///< of a proof: its residual over what it proves
    double gap = 0;
    double objective = 0;              ///< of the file, NaN where the answer is no point
    std::optional<double> difference;  ///< |objective - published| / max(1, |published|)
};

/// Judges an answer by the certificates of the problem as it was read; the solver's status is only held against it.
/// @param tolerance  of the certificates; objectives agree to objective_agreement
JudgedAnswer judge(const MpsProblem& problem, const ConvexAnswer& answer, const Expectation& expected,
                   double tolerance);

/// Published optima have 8 to 10 digits, some come from solvers that stopped at 1e-5.
inline constexpr double objective_agreement = 1e-4;

}  // namespace headroom::bench
