#include "tests/support/small_convex.hpp"

#include <cmath>
#include <cstddef>

namespace headroom::test {
namespace {

void add_row(SparsePattern& pattern, std::vector<double>& value, const std::vector<double>& row, std::size_t first) {
    for (std::size_t j = first; j < row.size(); ++j) {
        if (row[j] == 0) continue;
        pattern.column.push_back(static_cast<std::int32_t>(j));
        value.push_back(row[j]);
    }
    pattern.start.push_back(pattern.entry_count());
}

std::vector<double> given_or(const std::vector<double>& given, std::size_t size, double otherwise) {
    return given.empty() ? std::vector<double>(size, otherwise) : given;
}

// x0 <= 3 stays open, x1 rises to 3, the row leaves 1: c = (-1, -2) = y (1, 1) + z with y = -1, z = (0, -1).
SolvedConvex linear() {
    const SmallConvex small{.linear = {-1, -2}, .rows = {{1, 1}}, .row_upper = {4}, .lower = {0, 0}, .upper = {3, 3}};
    return {"linear", small.problem(), {1, 3}, {-1}, {0, -1}, {}, -7};
}

// Q x + c = y (1, 1) and x0 + x1 = 2: the rows' difference says x1 = x0 + 1.
SolvedConvex quadratic() {
    const SmallConvex small{
        .linear = {-4, -5}, .rows = {{1, 1}}, .row_lower = {2}, .row_upper = {2}, .quadratic = {{2, 1}, {1, 2}}};
    return {"quadratic", small.problem(), {0.5, 1.5}, {-1.5}, {0, 0}, {}, -6.25};
}

// Shares of 3 as 1 : 2, at the price 1 per unit: (1 / 1, 2 / 2).
SolvedConvex logarithm() {
    const SmallConvex small{
        .linear = {0, 0}, .rows = {{1, 1}}, .row_upper = {3}, .term = {Term::log, Term::log}, .weight = {1, 2}};
    return {"logarithm", small.problem(), {1, 2}, {-1}, {0, 0}, {}, -2 * std::log(2.0)};
}

// 4 / x + x has its minimum 4 at 2; -2 sqrt(x) + x its minimum -1 at 1; 8 / (3 x^3) + x / 2 its 4/3 at 2.
SolvedConvex powers() {
    const SmallConvex small{.linear = {1, 1, 0.5},
                            .term = {Term::power, Term::power, Term::power},
                            .exponent = {2, 0.5, 4},
                            .weight = {4, 1, 8}};
    return {"powers", small.problem(), {2, 1, 2}, {}, {0, 0, 0}, {}, 4 - 1 + 4.0 / 3};
}

// The point of the cone nearest to (0, 3, 4), which has length 5: (5/2) (1, 3/5, 4/5); the multiplier is what is left.
SolvedConvex cone() {
    const SmallConvex small{
        .linear = {0, -3, -4}, .quadratic = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, .cones = {{0, 1, 2}}};
    return {"cone", small.problem(), {2.5, 1.5, 2}, {}, {0, 0, 0}, {2.5, -1.5, -2}, -6.25};
}

// x0 >= |(3, 4)| = 5 where x1, x2 are fixed, one by its bounds, one by an equation; x3 gets what a budget of 7 leaves.
// Row 0: x0 + x3 <= 7, price 1/2 = 1 / x3 at x3 = 2; x0 costs 1/2 more: cone_z = (3/2) (1, -3/5, -4/5).
SolvedConvex everything() {
    const SmallConvex small{.linear = {1, 0, 0, 0},
                            .rows = {{1, 0, 0, 1}, {0, 0, 2, 0}},
                            .row_lower = {-no_bound, 8},
                            .row_upper = {7, 8},
                            .lower = {0, 3, -no_bound, -no_bound},
                            .upper = {9, 3, no_bound, no_bound},
                            .term = {Term::none, Term::none, Term::none, Term::log},
                            .weight = {0, 0, 0, 1},
                            .cones = {{0, 1, 2}}};
    return {"everything",   small.problem(),   {5, 3, 4, 2},     {-0.5, 0.6},
            {0, 0.9, 0, 0}, {1.5, -0.9, -1.2}, 5 - std::log(2.0)};
}

}  // namespace

ConvexProblem SmallConvex::problem() const {
    ConvexProblem result;
    const std::size_t n = linear.size();
    result.structure.variable_count = static_cast<int>(n);
    for (const auto& row : rows) add_row(result.structure.rows, result.values.row_value, row, 0);
    for (std::size_t j = 0; j < quadratic.size(); ++j)
        add_row(result.structure.quadratic, result.values.quadratic, quadratic[j], j);
    result.structure.term = term;
    result.structure.exponent = exponent;
    result.structure.cones = cones;
    result.values.linear = linear;
    result.values.weight = weight;
    result.values.row_lower = given_or(row_lower, rows.size(), -no_bound);
    result.values.row_upper = given_or(row_upper, rows.size(), no_bound);
    result.values.lower = given_or(lower, n, -no_bound);
    result.values.upper = given_or(upper, n, no_bound);
    result.find_sides();
    return result;
}

std::vector<SolvedConvex> solved_convex_problems() {
    return {linear(), quadratic(), logarithm(), powers(), cone(), everything()};
}

}  // namespace headroom::test
