#include "solver/convex/interior_form.hpp"

#include <cmath>

#include "solver/convex/equilibration.hpp"

namespace headroom {
namespace {

/// Q x + c + term'(x) of the variables that are wanted; zero for the others.
std::vector<double> objective_gradient(const ConvexProblem& problem, const std::vector<double>& x) {
    const auto& [s, v] = problem;
    std::vector<double> gradient = v.linear;
    for (int i = 0; i < s.quadratic.row_count(); ++i)
        for (int e = s.quadratic.start[i]; e < s.quadratic.start[i + 1]; ++e) {
            const int j = s.quadratic.column[e];
            gradient[i] += v.quadratic[e] * x[j];
            if (j != i) gradient[j] += v.quadratic[e] * x[i];
        }
    for (std::size_t j = 0; j < s.term.size(); ++j)
        if (s.term[j] != Term::none && v.weight[j] > 0)
            gradient[j] -= v.weight[j] * std::pow(x[j], s.term[j] == Term::log ? -1.0 : -s.exponent[j]);
    return gradient;
}

/// w of a term of x = unit * v in terms of v.
double weight_in_units(const ConvexProblem& problem, int j, double unit) {
    const double weight = problem.values.weight[j];
    return problem.structure.term[j] == Term::power ? weight * std::pow(unit, 1 - problem.structure.exponent[j])
                                                    : weight;
}

}  // namespace

InteriorForm::InteriorForm(const ConvexProblem& problem) : from_(problem) {
    find_units();
    keep_variables();
    keep_rows();
    keep_quadratic();
    copy_cones();
}

void InteriorForm::find_units() {
    const ConvexStructure& s = from_.structure;
    unit_.assign(static_cast<std::size_t>(s.variable_count), 1.0);
    if (s.term.empty()) return;
    const Equilibration scale =
        equilibrate(s, from_.values.row_value.data(), from_.values.quadratic.data(), /*terms_too=*/true);
    for (std::size_t j = 0; j < unit_.size(); ++j)
        if (s.term[j] != Term::none) unit_[j] = scale.column[j];
}

void InteriorForm::keep_variables() {
    const ConvexStructure& s = from_.structure;
    const ConvexValues& v = from_.values;
    for (int j = 0; j < s.variable_count; ++j) {
        if (s.sides[j] == Sides::both && v.lower[j] == v.upper[j]) {
            place_.push_back(constant);
            continue;
        }
        place_.push_back(form_.structure.variable_count++);
        form_.structure.sides.push_back(s.sides[j]);
        form_.values.linear.push_back(v.linear[j] * unit_[j]);
        form_.values.lower.push_back(v.lower[j] / unit_[j]);
        form_.values.upper.push_back(v.upper[j] / unit_[j]);
        if (!s.term.empty()) form_.structure.term.push_back(s.term[j]);
        if (!s.exponent.empty()) form_.structure.exponent.push_back(s.exponent[j]);
        if (!v.weight.empty()) form_.values.weight.push_back(weight_in_units(from_, j, unit_[j]));
    }
}

void InteriorForm::keep_rows() {
    const ConvexStructure& s = from_.structure;
    const ConvexValues& v = from_.values;
    form_.structure.row_sides = s.row_sides;
    form_.structure.equation = s.equation;
    form_.values.row_lower = v.row_lower;
    form_.values.row_upper = v.row_upper;
    for (int i = 0; i < s.row_count(); ++i) {
        double used = 0;
        for (int e = s.rows.start[i]; e < s.rows.start[i + 1]; ++e) {
            const int j = s.rows.column[e];
            if (is_constant(j)) {
                used += v.row_value[e] * v.lower[j];
            } else {
                form_.structure.rows.column.push_back(place_[j]);
                form_.values.row_value.push_back(v.row_value[e] * unit_[j]);
            }
        }
        form_.values.row_lower[i] -= used;
        form_.values.row_upper[i] -= used;
        form_.structure.rows.start.push_back(form_.structure.rows.entry_count());
    }
}

void InteriorForm::keep_quadratic() {
    const SparsePattern& q = from_.structure.quadratic;
    for (int i = 0; i < q.row_count(); ++i) {
        for (int e = q.start[i]; e < q.start[i + 1]; ++e) {
            const int j = q.column[e];
            const double value = from_.values.quadratic[e];
            if (!is_constant(i) && !is_constant(j)) {
                form_.structure.quadratic.column.push_back(place_[j]);
                form_.values.quadratic.push_back(value * unit_[i] * unit_[j]);
            } else if (!is_constant(i)) {
                form_.values.linear[place_[i]] += value * unit_[i] * from_.values.lower[j];
            } else if (!is_constant(j)) {
                form_.values.linear[place_[j]] += value * unit_[j] * from_.values.lower[i];
            }
        }
        if (!is_constant(i)) form_.structure.quadratic.start.push_back(form_.structure.quadratic.entry_count());
    }
}

void InteriorForm::copy_cones() {
    ConvexStructure& s = form_.structure;
    for (auto cone : from_.structure.cones) {
        for (std::int32_t& j : cone) {
            const bool has_term = !from_.structure.term.empty() && from_.structure.term[j] != Term::none;
            if (from_.structure.sides[j] == Sides::none && !has_term) {
                j = place_[j];
                continue;
            }
            // copy - variable = 0, or copy = constant.
            const int copy = s.variable_count++;
            s.sides.push_back(Sides::none);
            form_.values.linear.push_back(0);
            form_.values.lower.push_back(-no_bound);
            form_.values.upper.push_back(no_bound);
            if (!s.term.empty()) s.term.push_back(Term::none);
            if (!s.exponent.empty()) s.exponent.push_back(0);
            if (!form_.values.weight.empty()) form_.values.weight.push_back(0);
            if (s.quadratic.row_count() > 0) s.quadratic.start.push_back(s.quadratic.entry_count());
            if (!is_constant(j)) {
                s.rows.column.push_back(place_[j]);
                form_.values.row_value.push_back(-unit_[j]);
            }
            s.rows.column.push_back(copy);
            form_.values.row_value.push_back(1);
            s.rows.start.push_back(s.rows.entry_count());
            s.row_sides.push_back(Sides::both);
            s.equation.push_back(1);
            const double aim = is_constant(j) ? from_.values.lower[j] : 0.0;
            form_.values.row_lower.push_back(aim);
            form_.values.row_upper.push_back(aim);
            j = copy;
        }
        s.cones.push_back(cone);
    }
}

ConvexAnswer InteriorForm::original(const ConvexAnswer& answer) const {
    if (answer.x.empty()) return answer;
    ConvexAnswer full = answer;
    const ConvexStructure& s = from_.structure;
    const auto n = static_cast<std::size_t>(s.variable_count);
    full.y.resize(static_cast<std::size_t>(s.row_count()));
    full.x.assign(n, 0.0);
    full.z.assign(n, 0.0);
    for (std::size_t j = 0; j < n; ++j) {
        if (place_[j] == constant) continue;
        full.x[j] = answer.x[place_[j]] * unit_[j];
        full.z[j] = answer.z[place_[j]] / unit_[j];
    }
    const bool has_point = answer.status != ConvexStatus::unbounded;
    const bool has_costs = answer.status != ConvexStatus::primal_infeasible;
    for (std::size_t j = 0; j < n; ++j)
        if (place_[j] == constant && has_point) full.x[j] = from_.values.lower[j];
    if (!has_point) return full;
    std::vector<double> rest = has_costs ? objective_gradient(from_, full.x) : std::vector<double>(n, 0.0);
    for (int i = 0; i < s.row_count(); ++i)
        for (int e = s.rows.start[i]; e < s.rows.start[i + 1]; ++e)
            rest[s.rows.column[e]] -= from_.values.row_value[e] * full.y[i];
    for (std::size_t c = 0; c < s.cones.size(); ++c)
        for (std::size_t k = 0; k < 3; ++k) rest[s.cones[c][k]] -= full.cone_z[3 * c + k];
    for (std::size_t j = 0; j < n; ++j)
        if (place_[j] == constant) full.z[j] = rest[j];
    return full;
}

}  // namespace headroom
