#include "solver/reference/dense_form.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace headroom {
namespace {

/// Collects rows and gives each the largest entry 1.
template <typename Scalar> class RowList {
public:
    using Vector = typename DenseForm<Scalar>::Vector;
    using Matrix = typename DenseForm<Scalar>::Matrix;
    using Origin = typename DenseForm<Scalar>::Origin;

    void add(const Vector& row, Scalar side, Origin origin) {
        const Scalar largest = row.size() > 0 ? row.cwiseAbs().maxCoeff() : Scalar(0);
        if (largest > 0) origin.factor /= largest;
        rows_.push_back(origin.factor * row);
        sides_.push_back(origin.factor * side);
        origins_.push_back(origin);
    }
    Matrix matrix(int column_count) const {
        Matrix result(static_cast<int>(rows_.size()), column_count);
        for (std::size_t i = 0; i < rows_.size(); ++i) result.row(static_cast<int>(i)) = rows_[i].transpose();
        return result;
    }
    Vector sides() const { return Eigen::Map<const Vector>(sides_.data(), static_cast<int>(sides_.size())); }
    const std::vector<Origin>& origins() const { return origins_; }

private:
    std::vector<Vector> rows_;
    std::vector<Scalar> sides_;
    std::vector<Origin> origins_;
};

/// Units of the variables in which the entries of a column of A, its rows divided by their largest, reach up to 1.
template <typename Scalar> typename DenseForm<Scalar>::Vector units_of(const ConvexProblem& problem) {
    using Vector = typename DenseForm<Scalar>::Vector;
    const auto& [structure, values] = problem;
    const SparsePattern& rows = structure.rows;
    Vector unit = Vector::Ones(structure.variable_count);
    for (int sweep = 0; sweep < 10; ++sweep) {
        Vector largest = Vector::Zero(unit.size());
        for (int i = 0; i < rows.row_count(); ++i) {
            Scalar of_row = 0;
            for (int e = rows.start[i]; e < rows.start[i + 1]; ++e)
                of_row = std::max(of_row, std::abs(values.row_value[e] * unit[rows.column[e]]));
            for (int e = rows.start[i]; e < rows.start[i + 1] && of_row > 0; ++e) {
                const int j = rows.column[e];
                largest[j] = std::max(largest[j], std::abs(values.row_value[e] * unit[j]) / of_row);
            }
        }
        for (const auto& [a, b, c] : structure.cones)
            largest[a] = largest[b] = largest[c] = std::max({largest[a], largest[b], largest[c]});
        for (int j = 0; j < unit.size(); ++j)
            if (largest[j] > 0) unit[j] /= std::sqrt(largest[j]);
    }
    return unit;
}

template <typename Scalar> struct Rows {
    using Vector = typename DenseForm<Scalar>::Vector;
    RowList<Scalar> equations, inequalities;

    /// lower <= row x <= upper.
    void add(const Vector& row, Sides sides, double lower, double upper, bool is_variable, int index) {
        if (sides == Sides::both && lower == upper) {
            equations.add(row, lower, {is_variable, index, 1});
            return;
        }
        if (has_lower(sides)) inequalities.add(row, lower, {is_variable, index, 1});
        if (has_upper(sides)) inequalities.add(row, upper, {is_variable, index, -1});
    }
};

template <typename Scalar>
Rows<Scalar> rows_of(const ConvexProblem& problem, const typename DenseForm<Scalar>::Vector& unit) {
    using Vector = typename DenseForm<Scalar>::Vector;
    const auto& [structure, values] = problem;
    const int n = structure.variable_count;
    Rows<Scalar> rows;
    for (int i = 0; i < structure.row_count(); ++i) {
        Vector row = Vector::Zero(n);
        for (int e = structure.rows.start[i]; e < structure.rows.start[i + 1]; ++e)
            row[structure.rows.column[e]] = values.row_value[e] * unit[structure.rows.column[e]];
        rows.add(row, structure.row_sides[i], values.row_lower[i], values.row_upper[i], false, i);
    }
    for (int j = 0; j < n; ++j)
        rows.add(unit[j] * Vector::Unit(n, j), structure.sides[j], values.lower[j], values.upper[j], true, j);
    return rows;
}

template <typename Scalar> void set_objective(const ConvexProblem& problem, DenseForm<Scalar>& form) {
    const auto& [structure, values] = problem;
    const int n = structure.variable_count;
    form.c = DenseForm<Scalar>::Vector::Zero(n);
    for (int j = 0; j < n; ++j) form.c[j] = values.linear[j] * form.unit[j];
    const SparsePattern& pattern = structure.quadratic;
    form.P = DenseForm<Scalar>::Matrix::Zero(n, n);
    for (int i = 0; i < pattern.row_count(); ++i)
        for (int e = pattern.start[i]; e < pattern.start[i + 1]; ++e) {
            const int j = pattern.column[e];
            form.P(i, j) = form.P(j, i) = values.quadratic[e] * form.unit[i] * form.unit[j];
        }
    for (int j = 0; j < static_cast<int>(structure.term.size()); ++j) {
        if (structure.term[j] == Term::none || values.weight[j] == 0) continue;
        const Scalar exponent = structure.term[j] == Term::log ? 1 : structure.exponent[j];
        form.terms.push_back({j, values.weight[j] * std::pow(form.unit[j], 1 - exponent), exponent});
    }
}

}  // namespace

template <typename Scalar> DenseForm<Scalar> dense_form(const ConvexProblem& problem) {
    using Vector = typename DenseForm<Scalar>::Vector;
    const int n = problem.structure.variable_count;
    DenseForm<Scalar> form;
    form.unit = units_of<Scalar>(problem);
    set_objective(problem, form);
    Rows<Scalar> rows = rows_of<Scalar>(problem, form.unit);
    form.E = rows.equations.matrix(n);
    form.b = rows.equations.sides();
    form.equation_origin = rows.equations.origins();
    form.origin = rows.inequalities.origins();
    form.cone_count = problem.structure.cone_count();
    for (const auto& cone : problem.structure.cones)
        for (const int j : cone) rows.inequalities.add(Vector::Unit(n, j), 0, {true, j, 1});
    form.G = rows.inequalities.matrix(n);
    form.h = rows.inequalities.sides();
    return form;
}

template DenseForm<double> dense_form<double>(const ConvexProblem&);
template DenseForm<long double> dense_form<long double>(const ConvexProblem&);

}  // namespace headroom
