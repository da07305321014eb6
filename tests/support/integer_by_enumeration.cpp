#include "tests/support/integer_by_enumeration.hpp"

#include <algorithm>
#include <numeric>

#include "solver/simplex/dual_simplex.hpp"

namespace headroom::test {

std::vector<int> first(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

ConvexProblem fixed_at(ConvexProblem problem, const std::vector<int>& integer, const std::vector<double>& x) {
    for (const int j : integer) problem.values.lower[j] = problem.values.upper[j] = x[j];
    return problem;
}

double by_enumeration(const ConvexProblem& problem, const std::vector<int>& integer) {
    double best = no_bound;
    std::vector<double> x = problem.values.lower;
    for (;;) {
        DualSimplex simplex(fixed_at(problem, integer, x));
        if (simplex.solve() == ConvexStatus::solved) best = std::min(best, simplex.objective());
        std::size_t k = 0;
        while (k < integer.size() && x[integer[k]] == problem.values.upper[integer[k]])
            x[integer[k]] = problem.values.lower[integer[k]], ++k;
        if (k == integer.size()) return best;
        x[integer[k]] += 1;
    }
}

}  // namespace headroom::test
