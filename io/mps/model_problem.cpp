#include "io/mps/model_problem.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

namespace headroom::mps {
namespace {

double at_least_infinite(double side) { return std::abs(side) >= infinite_from ? std::copysign(infinity, side) : side; }

/// {lower, upper} of a row:   E  rhs, rhs    L  -inf, rhs    G  rhs, inf; with a range R the missing side is |R| away,
/// for E above where R > 0, below where R < 0.
std::array<double, 2> row_bounds(const Row& row, std::string_view file) {
    double lower = row.type == 'L' ? -infinity : row.rhs, upper = row.type == 'G' ? infinity : row.rhs;
    const bool one_sided_down = row.type == 'L' || (row.type == 'E' && row.range < 0);
    // An infinite right-hand side is judged below; a difference of infinities is no number.
    if (row.has_range && std::isfinite(row.rhs)) {
        if (one_sided_down)
            lower = at_least_infinite(row.rhs - std::abs(row.range));
        else
            upper = at_least_infinite(row.rhs + std::abs(row.range));
    }
    if (lower == infinity || upper == -infinity || (row.type == 'E' && std::isinf(row.rhs)))
        Place{file, row.line}.fail(
            fmt::format("row {} has a right-hand side that no number meets", shown_name(row.name)));
    return {lower, upper};
}

/// Turns entries by column into entries by row; columns stay in order.
void set_rows(const Model& model, ConvexProblem& problem) {
    const std::vector<MatrixEntry>& entries = model.entries();
    SparsePattern& rows = problem.structure.rows;
    rows.start.assign(model.rows().size() + 1, 0);
    for (const MatrixEntry& entry : entries) ++rows.start[entry.row + 1];
    for (std::size_t r = 1; r < rows.start.size(); ++r) rows.start[r] += rows.start[r - 1];
    rows.column.resize(entries.size());
    problem.values.row_value.resize(entries.size());
    std::vector<std::int32_t> next(rows.start.begin(), rows.start.end() - 1);
    for (const MatrixEntry& entry : entries) {
        const std::int32_t at = next[entry.row]++;
        rows.column[at] = entry.column;
        problem.values.row_value[at] = entry.value;
    }
}

std::tuple<std::int32_t, std::int32_t> upper_key(const QuadraticEntry& entry) {
    return std::minmax(entry.row, entry.column);
}

/// Leaves one entry per place of the upper triangle, in order of rows.
std::vector<QuadraticEntry> upper_triangle(const Model& model, bool symmetric, std::string_view file) {
    std::vector<QuadraticEntry> sorted = model.quadratic(), upper;
    std::ranges::stable_sort(sorted, {}, upper_key);
    for (std::size_t k = 0; k < sorted.size(); ++k) {
        const QuadraticEntry& entry = sorted[k];
        const auto fail = [&](const QuadraticEntry& where, std::string_view what) {
            const std::vector<Column>& columns = model.columns();
            Place{file, where.line}.fail(fmt::format("the quadratic entry of {} and {} {}",
                                                     shown_name(columns[entry.row].name),
                                                     shown_name(columns[entry.column].name), what));
        };
        upper.push_back(entry);
        std::size_t same = k + 1;
        while (same < sorted.size() && upper_key(sorted[same]) == upper_key(entry)) ++same;
        const std::size_t count = same - k;
        const bool two_sided = symmetric && entry.row != entry.column;
        if (!two_sided && count > 1) fail(sorted[k + 1], "stands twice; each pair has one");
        if (two_sided) {
            if (count == 1) fail(entry, "lacks its partner across the diagonal");
            const QuadraticEntry& partner = sorted[k + 1];
            if (count > 2 || partner.row == entry.row) fail(partner, "stands twice");
            if (partner.value != entry.value) fail(partner, "differs from its partner across the diagonal");
        }
        k = same - 1;
    }
    std::erase_if(upper, [](const QuadraticEntry& entry) { return entry.value == 0; });
    return upper;
}

void set_quadratic(const std::vector<QuadraticEntry>& upper, double sign, ConvexProblem& problem) {
    if (upper.empty()) return;
    SparsePattern& quadratic = problem.structure.quadratic;
    quadratic.start.assign(static_cast<std::size_t>(problem.structure.variable_count) + 1, 0);
    for (const QuadraticEntry& entry : upper) {
        const auto [row, column] = upper_key(entry);
        ++quadratic.start[row + 1];
        quadratic.column.push_back(column);
        problem.values.quadratic.push_back(sign * entry.value);
    }
    for (std::size_t r = 1; r < quadratic.start.size(); ++r) quadratic.start[r] += quadratic.start[r - 1];
}

}  // namespace

ConvexProblem build_problem(const Model& model, bool maximised, bool symmetric, std::string_view file) {
    const double sign = maximised ? -1 : 1;
    ConvexProblem problem;
    problem.structure.variable_count = static_cast<int>(model.columns().size());
    ConvexValues& values = problem.values;
    for (const Column& column : model.columns()) {
        values.linear.push_back(sign * column.cost);
        values.lower.push_back(column.lower);
        values.upper.push_back(column.upper);
    }
    for (const Row& row : model.rows()) {
        const auto [lower, upper] = row_bounds(row, file);
        values.row_lower.push_back(lower);
        values.row_upper.push_back(upper);
    }
    set_rows(model, problem);
    set_quadratic(upper_triangle(model, symmetric, file), sign, problem);
    problem.find_sides();
    return problem;
}

}  // namespace headroom::mps
