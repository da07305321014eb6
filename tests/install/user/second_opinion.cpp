#include "formulations/nlp/ipopt_convex.hpp"

// The least x >= 2 is 2.
int main() {
    headroom::ConvexProblem problem;
    problem.structure.variable_count = 1;
    problem.values.linear = {1};
    problem.values.lower = {2};
    problem.values.upper = {headroom::no_bound};
    problem.find_sides();
    const headroom::ConvexAnswer answer = headroom::solve_with_ipopt(problem);
    return answer.status == headroom::ConvexStatus::solved && answer.x[0] - 2 < 1e-6 ? 0 : 1;
}
