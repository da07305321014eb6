#include "solver/packing/working_problem.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace headroom {
namespace {

constexpr double small_work = 1e6;  // multiply-adds of a factorisation below which sums are not worth a thought

/// Multiply-adds of a factorisation of K that begins with the limits and ends with the rows as a dense block.
double dense_work(const PackingRows& rows, std::span<const std::int32_t> kept) {
    std::vector<double> in_column(static_cast<std::size_t>(rows.limit_count), 0.0);
    for (const std::int32_t r : kept)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) ++in_column[rows.column[e]];
    double work = 0;
    for (const double count : in_column) work += count * count / 2;
    const auto size = static_cast<double>(kept.size());
    return work + size * size * size / 6;
}

NestedRows written_out(const PackingRows& rows, std::span<const std::int32_t> kept) {
    NestedRows all{rows.limit_count, {}, {}};
    for (const std::int32_t r : kept) {
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) all.row.add(rows.column[e], rows.value[e]);
        all.row.end();
    }
    return all;
}

NestedRows chosen_rows(const FillingPlan& plan, std::span<const std::int32_t> kept) {
    NestedRows rows = plan.nested && dense_work(plan.rows, kept) > small_work ? with_rows(*plan.nested, kept)
                                                                              : written_out(plan.rows, kept);
    for (int i = 0; i < rows.row_count(); ++i)
        for (int e = rows.row.start[i]; e < rows.row.start[i + 1]; ++e) rows.row.value[e] *= plan.row_scale[kept[i]];
    return rows;
}

/// Of every place the columns of all its rows.
NestedRows places_written_out(const PackingRows& rows, const RowPlaces& places) {
    NestedRows all{rows.limit_count, {}, {}};
    std::vector<int> last(static_cast<std::size_t>(rows.limit_count), -1);
    for (int p = 0; p < places.count(); ++p) {
        std::vector<std::int32_t> columns;
        for (int k = places.start[p]; k < places.start[p + 1]; ++k)
            for (int e = rows.start[places.row[k]]; e < rows.start[places.row[k] + 1]; ++e)
                if (std::exchange(last[rows.column[e]], p) != p) columns.push_back(rows.column[e]);
        std::ranges::sort(columns);
        for (const std::int32_t column : columns) all.row.add(column, 0.0);
        all.row.end();
    }
    return all;
}

/// Rows of A in the convex problem: the working rows, then for every sum its definition, entries - sum = 0.
std::vector<double> add_rows(const NestedRows& nested, SparsePattern& rows) {
    std::vector<double> values = nested.row.value;
    rows = {nested.row.start, nested.row.column};
    for (int k = 0; k < nested.sum_count(); ++k) {
        const auto begin = nested.sum.start[k], end = nested.sum.start[k + 1];
        rows.column.insert(rows.column.end(), nested.sum.column.begin() + begin, nested.sum.column.begin() + end);
        values.insert(values.end(), nested.sum.value.begin() + begin, nested.sum.value.begin() + end);
        rows.column.push_back(nested.limit_count + k);
        values.push_back(-1.0);
        rows.start.push_back(rows.entry_count());
    }
    return values;
}

ConvexStructure structure_of(const NestedRows& nested, const PackingUtility& utility) {
    ConvexStructure s;
    const auto limits = static_cast<std::size_t>(nested.limit_count),
               sums = static_cast<std::size_t>(nested.sum_count()), rows = static_cast<std::size_t>(nested.row_count());
    s.variable_count = static_cast<int>(limits + sums);
    s.sides.assign(limits, Sides::both);
    s.sides.resize(limits + sums, Sides::none);
    s.row_sides.assign(rows, Sides::upper);
    s.row_sides.resize(rows + sums, Sides::both);
    s.equation.assign(rows, 0);
    s.equation.resize(rows + sums, 1);
    if (utility.term != Term::none) {
        s.term.assign(limits, utility.term);
        s.term.resize(limits + sums, Term::none);
        s.exponent.assign(limits + sums, utility.exponent);
    }
    if (!utility.quadratic.empty())
        for (std::size_t j = 0; j < limits + sums; ++j) {
            if (j < limits) s.quadratic.column.push_back(static_cast<std::int32_t>(j));
            s.quadratic.start.push_back(s.quadratic.entry_count());
        }
    return s;
}

}  // namespace

WorkingProblem::WorkingProblem(const FillingPlan& plan, std::span<const std::int32_t> rows,
                               const PackingUtility& utility)
    : rows_(rows.begin(), rows.end()), nested_(chosen_rows(plan, rows)), quadratic_(utility.quadratic), plan_([&] {
          ConvexStructure structure = structure_of(nested_, utility);
          row_value_ = add_rows(nested_, structure.rows);
          return ConvexPlan(std::move(structure), row_value_.data(), quadratic_.data());
      }()) {}

WorkingProblem::WorkingProblem(const FillingPlan& plan, RowPlaces places, const PackingUtility& utility)
    : places_(std::move(places)),
      nested_(places_written_out(plan.rows, places_)),
      quadratic_(utility.quadratic),
      plan_([&] {
          ConvexStructure structure = structure_of(nested_, utility);
          add_rows(nested_, structure.rows);
          return ConvexPlan(std::move(structure));
      }()) {}

void WorkingProblem::own_values(const FillingPlan& plan, const PackingItem& item, double* values) const {
    const SparsePattern& pattern = plan_.structure.rows;
    for (int p = 0; p < places_.count(); ++p) {
        const std::int32_t row = places_.row_of(item, p);
        int e = plan.rows.start[row];
        for (int slot = pattern.start[p]; slot < pattern.start[p + 1]; ++slot) {
            const bool here = e < plan.rows.start[row + 1] && plan.rows.column[e] == pattern.column[slot];
            values[slot] = here ? plan.rows.value[e++] * plan.row_scale[row] : 0.0;
        }
    }
}

void WorkingProblem::find_sums(std::span<double> x) const {
    for (int k = 0; k < nested_.sum_count(); ++k) {
        double sum = 0;
        for (int e = nested_.sum.start[k]; e < nested_.sum.start[k + 1]; ++e)
            sum += nested_.sum.value[e] * x[nested_.sum.column[e]];
        x[nested_.limit_count + k] = sum;
    }
}

ConvexProblem WorkingProblem::single(const ConvexItem& item) const {
    const int variables = variable_count(), rows = row_count();
    ConvexProblem problem{plan_.structure, {}};
    problem.values = {.linear = {item.linear, item.linear + variables},
                      .quadratic = quadratic_,
                      .row_value = {item.row_value, item.row_value + plan_.structure.rows.entry_count()},
                      .row_lower = {item.row_lower, item.row_lower + rows},
                      .row_upper = {item.row_upper, item.row_upper + rows},
                      .lower = {item.lower, item.lower + variables},
                      .upper = {item.upper, item.upper + variables},
                      .weight = {}};
    if (!plan_.structure.term.empty()) problem.values.weight.assign(item.weight, item.weight + variables);
    return problem;
}

}  // namespace headroom
