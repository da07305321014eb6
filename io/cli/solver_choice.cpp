#include "io/cli/solver_choice.hpp"

#include "io/errors.hpp"
#ifdef HEADROOM_WITH_IPOPT
#include "formulations/nlp/ipopt_convex.hpp"
#endif

namespace headroom::cli {

PackingProgram::SingleSolver single_solver(SolverChoice choice) {
    if (choice == SolverChoice::lanes) return {};
#ifdef HEADROOM_WITH_IPOPT
    return [](const ConvexProblem& problem) { return solve_with_ipopt(problem); };
#else
    throw UsageError("--solver ipopt: this program was built without Ipopt (coinor-libipopt-dev)");
#endif
}

}  // namespace headroom::cli
