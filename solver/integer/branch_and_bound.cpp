#include "solver/integer/branch_and_bound.hpp"

#include <fmt/format.h>
#include <stdexcept>

#include "solver/integer/integer_search.hpp"

namespace headroom {

std::string IntegerSettings::fault() const {
    if (!(gap_relative >= 0)) return fmt::format("gap_relative = {}, must not be below 0", gap_relative);
    if (!(gap_absolute >= 0)) return fmt::format("gap_absolute = {}, must not be below 0", gap_absolute);
    if (node_max < 1) return fmt::format("node_max = {}, must be at least 1", node_max);
    if (proof_size_max < 0) return fmt::format("proof_size_max = {}, must not be below 0", proof_size_max);
    return simplex.fault();
}

IntegerAnswer branch_and_bound(const ConvexProblem& problem, const std::vector<int>& integer,
                               const IntegerSettings& settings) {
    if (const std::string fault = settings.fault(); !fault.empty()) throw std::invalid_argument(fault);
    std::vector<char> named(static_cast<std::size_t>(problem.structure.variable_count), 0);
    for (const int j : integer) {
        if (j < 0 || j >= problem.structure.variable_count)
            throw std::invalid_argument(fmt::format("there is no variable {} to be integer", j));
        if (named[j] != 0) throw std::invalid_argument(fmt::format("variable {} is named twice as integer", j));
        named[j] = 1;
    }
    return IntegerSearch(problem, integer, settings).run();
}

}  // namespace headroom
