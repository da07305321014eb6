#include "solver/convex/solve.hpp"

#include <stdexcept>

#include "solver/convex/elastic.hpp"
#include "solver/convex/safe_solver.hpp"

namespace headroom {

ConvexAnswer solve(const ConvexProblem& problem, const ConvexSettings& settings) {
    if (const std::string fault = settings.fault(); !fault.empty()) throw std::invalid_argument(fault);
    if (const std::string fault = problem.fault(); !fault.empty()) throw std::invalid_argument(fault);
    ConvexAnswer answer = solve_alone(problem, settings);
    if (answer.status == ConvexStatus::solved || answer.status == ConvexStatus::primal_infeasible
        || answer.status == ConvexStatus::unbounded)
        return answer;
    if (const auto proof = prove_infeasible(problem, settings)) return *proof;
    if (const auto proof = prove_unbounded(problem, settings)) return *proof;
    return answer;
}

}  // namespace headroom
