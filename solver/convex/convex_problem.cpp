#include "solver/convex/convex_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace headroom {
namespace {

std::string size_fault(std::string_view name, std::size_t size, std::size_t wanted) {
    return size == wanted ? "" : fmt::format("{} has {} values, needs {}", name, size, wanted);
}

/// @param name  what a row is called in the text
std::string pattern_fault(std::string_view name, const SparsePattern& pattern, int variable_count) {
    const auto& start = pattern.start;
    if (start.empty() || start.front() != 0 || start.back() != pattern.entry_count()
        || !std::is_sorted(start.begin(), start.end()))
        return fmt::format("the starts of {}s do not rise from 0 to {}, their number of entries", name,
                           pattern.entry_count());
    for (int i = 0; i < pattern.row_count(); ++i)
        for (int e = start[i]; e < start[i + 1]; ++e) {
            const int j = pattern.column[e];
            if (j < 0 || j >= variable_count)
                return fmt::format("column {} of {} {}: there are {} variables", j, name, i, variable_count);
            if (e > start[i] && j <= pattern.column[e - 1])
                return fmt::format("column {} of {} {} follows column {}: columns must increase", j, name, i,
                                   pattern.column[e - 1]);
        }
    return "";
}

std::string quadratic_fault(const ConvexStructure& problem) {
    const SparsePattern& q = problem.quadratic;
    if (auto text = pattern_fault("quadratic row", q, problem.variable_count); !text.empty()) return text;
    if (q.row_count() != 0 && q.row_count() != problem.variable_count)
        return fmt::format("there are {} quadratic rows, needs {} or none", q.row_count(), problem.variable_count);
    for (int i = 0; i < q.row_count(); ++i)
        if (q.start[i] < q.start[i + 1] && q.column[q.start[i]] < i)
            return fmt::format("column {} of quadratic row {} is below the diagonal", q.column[q.start[i]], i);
    return "";
}

std::string term_fault(const ConvexStructure& problem) {
    const auto n = static_cast<std::size_t>(problem.variable_count);
    if (!problem.term.empty() && problem.term.size() != n) return size_fault("term", problem.term.size(), n);
    const bool any_power = std::count(problem.term.begin(), problem.term.end(), Term::power) > 0;
    if (any_power || !problem.exponent.empty())
        if (auto text = size_fault("exponent", problem.exponent.size(), n); !text.empty()) return text;
    for (std::size_t j = 0; j < problem.term.size(); ++j) {
        if (problem.term[j] < Term::none || problem.term[j] > Term::power)
            return fmt::format("term[{}] = {} is none of the terms", j, static_cast<int>(problem.term[j]));
        if (problem.term[j] != Term::power) continue;
        const double a = problem.exponent[j];
        if (!(a > 0) || !std::isfinite(a) || a == 1)
            return fmt::format("exponent[{}] = {}, must be above 0 and not 1 (which is Term::log)", j, a);
    }
    return "";
}

std::string cone_fault(const ConvexStructure& problem) {
    std::vector<int> owner(static_cast<std::size_t>(problem.variable_count), -1);
    for (int k = 0; k < problem.cone_count(); ++k)
        for (const int j : problem.cones[k]) {
            if (j < 0 || j >= problem.variable_count)
                return fmt::format("variable {} of cone {}: there are {} variables", j, k, problem.variable_count);
            if (owner[j] >= 0) return fmt::format("variable {} of cone {} is in cone {} already", j, k, owner[j]);
            owner[j] = k;
        }
    return "";
}

std::string sides_fault(std::string_view name, const std::vector<Sides>& sides, int count) {
    if (auto text = size_fault(name, sides.size(), static_cast<std::size_t>(count)); !text.empty()) return text;
    for (std::size_t i = 0; i < sides.size(); ++i)
        if (sides[i] < Sides::none || sides[i] > Sides::both)
            return fmt::format("{}[{}] = {} is none of the sides", name, i, static_cast<int>(sides[i]));
    return "";
}

std::string equation_fault(const ConvexStructure& problem) {
    const auto m = static_cast<std::size_t>(problem.row_count());
    if (auto text = size_fault("equation", problem.equation.size(), m); !text.empty()) return text;
    for (std::size_t i = 0; i < m; ++i)
        if (problem.equation[i] != 0 && problem.row_sides[i] != Sides::both)
            return fmt::format("row {} is an equation without both sides", i);
    return "";
}

std::string number_fault(std::string_view name, std::span<const double> values, std::size_t wanted) {
    if (auto text = size_fault(name, values.size(), wanted); !text.empty()) return text;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i])) return fmt::format("{}[{}] = {} is not a finite number", name, i, values[i]);
    return "";
}

/// Values of sides that do not exist may be anything.
std::string bound_fault(std::string_view name, std::span<const double> values, const std::vector<Sides>& sides,
                        bool (*exists)(Sides)) {
    if (auto text = size_fault(name, values.size(), sides.size()); !text.empty()) return text;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (exists(sides[i]) && !std::isfinite(values[i]))
            return fmt::format("{}[{}] = {} is not a finite number, but its side exists", name, i, values[i]);
    return "";
}

std::string weight_fault(const ConvexStructure& structure, const std::vector<double>& weight) {
    if (structure.term.empty() && weight.empty()) return "";
    if (auto text = number_fault("weight", weight, static_cast<std::size_t>(structure.variable_count)); !text.empty())
        return text;
    for (std::size_t j = 0; j < weight.size(); ++j)
        if (weight[j] < 0) return fmt::format("weight[{}] = {} is below 0", j, weight[j]);
    return "";
}

/// A side that says nothing does not exist; NaN and the wrong infinity do, so that fault() finds them.
std::vector<Sides> sides_of(std::span<const double> lower, std::span<const double> upper) {
    std::vector<Sides> sides(std::min(lower.size(), upper.size()));
    for (std::size_t i = 0; i < sides.size(); ++i)
        sides[i] = static_cast<Sides>((lower[i] == -no_bound ? 0 : 1) + (upper[i] == no_bound ? 0 : 2));
    return sides;
}

}  // namespace

std::string ConvexStructure::fault() const {
    if (variable_count < 0) return fmt::format("variable_count = {} is below 0", variable_count);
    for (const auto& text :
         {pattern_fault("row", rows, variable_count), quadratic_fault(*this), term_fault(*this), cone_fault(*this),
          sides_fault("sides", sides, variable_count), sides_fault("row_sides", row_sides, row_count())})
        if (!text.empty()) return text;
    return equation_fault(*this);
}

void ConvexProblem::find_sides() {
    structure.sides = sides_of(values.lower, values.upper);
    structure.row_sides = sides_of(values.row_lower, values.row_upper);
    structure.equation.assign(structure.row_sides.size(), 0);
    for (std::size_t i = 0; i < structure.equation.size(); ++i)
        structure.equation[i] =
            structure.row_sides[i] == Sides::both && values.row_lower[i] == values.row_upper[i] ? 1 : 0;
}

std::string ConvexProblem::fault() const {
    if (auto text = structure.fault(); !text.empty()) return text;
    const auto n = static_cast<std::size_t>(structure.variable_count);
    for (const auto& text :
         {number_fault("linear", values.linear, n),
          number_fault("quadratic", values.quadratic, structure.quadratic.column.size()),
          number_fault("row_value", values.row_value, structure.rows.column.size()),
          bound_fault("row_lower", values.row_lower, structure.row_sides, has_lower),
          bound_fault("row_upper", values.row_upper, structure.row_sides, has_upper),
          bound_fault("lower", values.lower, structure.sides, has_lower),
          bound_fault("upper", values.upper, structure.sides, has_upper), weight_fault(structure, values.weight)})
        if (!text.empty()) return text;
    for (int i = 0; i < structure.row_count(); ++i)
        if (structure.equation[i] != 0 && values.row_lower[i] != values.row_upper[i])
            return fmt::format("row {} is an equation, but row_lower = {} and row_upper = {}", i, values.row_lower[i],
                               values.row_upper[i]);
    return "";
}

}  // namespace headroom
