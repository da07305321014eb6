#include "solver/convex/elastic.hpp"

#include <algorithm>
#include <cmath>

#include "solver/certificate/check_kkt.hpp"
#include "solver/convex/equilibration.hpp"
#include "solver/convex/safe_solver.hpp"

namespace headroom {
namespace {

/// Keeps what a multiplier can say: nothing about a side that does not exist.
double possible(double multiplier, Sides sides) {
    if (multiplier > 0 && !has_lower(sides)) return 0;
    if (multiplier < 0 && !has_upper(sides)) return 0;
    return multiplier;
}

ConvexProblem without_objective(const ConvexProblem& problem) {
    ConvexProblem plain = problem;
    std::fill(plain.values.linear.begin(), plain.values.linear.end(), 0.0);
    plain.structure.quadratic = {};
    plain.values.quadratic.clear();
    plain.structure.term.clear();
    plain.structure.exponent.clear();
    plain.values.weight.clear();
    return plain;
}

/// The problem without terms in units that bring entries of A and Q close to one: what is far from fitting in one row
/// is not drowned by the unit of another.
struct ScaledProblem {
    explicit ScaledProblem(const ConvexProblem& original)
        : problem(original),
          scale(equilibrate(original.structure, original.values.row_value.data(), original.values.quadratic.data(),
                            /*terms_too=*/true)) {
        ConvexValues& v = problem.values;
        const int entries = problem.structure.rows.entry_count();
        scale_values(problem.structure, scale, original.values.row_value.data(), original.values.quadratic.data(),
                     [&](int slot, double value) {
                         (slot < entries ? v.row_value[slot] : v.quadratic[slot - entries]) = value;
                     });
        for (std::size_t i = 0; i < v.row_lower.size(); ++i) {
            v.row_lower[i] *= scale.row[i];
            v.row_upper[i] *= scale.row[i];
        }
        for (std::size_t j = 0; j < v.linear.size(); ++j) {
            v.linear[j] *= scale.column[j];
            v.lower[j] /= scale.column[j];
            v.upper[j] /= scale.column[j];
        }
    }
    ConvexProblem problem;
    Equilibration scale;
};

/// A new variable in [0, inf) with cost one.
void add_violation(ConvexProblem& problem, double cost) {
    ++problem.structure.variable_count;
    problem.structure.sides.push_back(Sides::lower);
    problem.values.linear.push_back(cost);
    problem.values.lower.push_back(0.0);
    problem.values.upper.push_back(no_bound);
}

/// What a missed row costs: its distance, or half the square of it. The square has one answer where the distance may
/// have many, and converges where the set that fits almost is large.
enum class Miss { distance, squared };

void square_violations(int first, ConvexProblem& elastic) {
    std::fill(elastic.values.linear.begin() + first, elastic.values.linear.end(), 0.0);
    elastic.structure.quadratic = {};
    for (int j = 0; j < elastic.structure.variable_count; ++j) {
        if (j >= first) {
            elastic.structure.quadratic.column.push_back(j);
            elastic.values.quadratic.push_back(1.0);
        }
        elastic.structure.quadratic.start.push_back(elastic.structure.quadratic.entry_count());
    }
}

/// Every row may be missed at a price: A x + p - q.
ConvexProblem elastic_problem(const ConvexProblem& problem, Miss miss) {
    ConvexProblem elastic = without_objective(problem);
    SparsePattern rows;
    std::vector<double> row_value;
    const SparsePattern& old = problem.structure.rows;
    for (int i = 0; i < old.row_count(); ++i) {
        double largest = 0;
        for (int e = old.start[i]; e < old.start[i + 1]; ++e) {
            rows.column.push_back(old.column[e]);
            row_value.push_back(problem.values.row_value[e]);
            largest = std::max(largest, std::abs(problem.values.row_value[e]));
        }
        if (largest == 0) largest = 1;
        const auto add = [&](double sign) {
            rows.column.push_back(elastic.structure.variable_count);
            row_value.push_back(sign * largest);
            add_violation(elastic, 1.0);
        };
        if (has_lower(problem.structure.row_sides[i])) add(1.0);
        if (has_upper(problem.structure.row_sides[i])) add(-1.0);
        rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
    }
    elastic.structure.rows = std::move(rows);
    elastic.values.row_value = std::move(row_value);
    if (miss == Miss::squared) square_violations(problem.structure.variable_count, elastic);
    return elastic;
}

/// Row i of Q d = 0, both triangles.
void add_curvature_rows(const ConvexProblem& problem, ConvexProblem& ray) {
    const SparsePattern& q = problem.structure.quadratic;
    std::vector<std::vector<std::pair<std::int32_t, double>>> full(static_cast<std::size_t>(q.row_count()));
    for (int i = 0; i < q.row_count(); ++i)
        for (int e = q.start[i]; e < q.start[i + 1]; ++e) {
            const int j = q.column[e];
            full[i].emplace_back(j, problem.values.quadratic[e]);
            if (j != i) full[j].emplace_back(i, problem.values.quadratic[e]);
        }
    for (auto& row : full) {
        if (row.empty()) continue;
        std::sort(row.begin(), row.end());
        for (const auto& [column, value] : row) {
            ray.structure.rows.column.push_back(column);
            ray.values.row_value.push_back(value);
        }
        ray.structure.rows.start.push_back(static_cast<std::int32_t>(ray.structure.rows.column.size()));
        ray.structure.row_sides.push_back(Sides::both);
        ray.structure.equation.push_back(1);
        ray.values.row_lower.push_back(0.0);
        ray.values.row_upper.push_back(0.0);
    }
}

ConvexProblem ray_problem(const ConvexProblem& problem) {
    ConvexProblem ray = without_objective(problem);
    ray.values.linear = problem.values.linear;
    for (int i = 0; i < ray.structure.row_count(); ++i) {
        ray.values.row_lower[i] = ray.values.row_upper[i] = 0;
        ray.structure.equation[i] = ray.structure.row_sides[i] == Sides::both ? 1 : 0;
    }
    for (int j = 0; j < ray.structure.variable_count; ++j) {
        const Sides sides = problem.structure.sides[j];
        // A term's variable stays positive.
        const bool positive =
            !problem.structure.term.empty() && problem.structure.term[j] != Term::none && problem.values.weight[j] > 0;
        ray.values.lower[j] = has_lower(sides) || positive ? 0.0 : -1.0;
        ray.values.upper[j] = has_upper(sides) ? 0.0 : 1.0;
        ray.structure.sides[j] = Sides::both;
    }
    add_curvature_rows(problem, ray);
    return ray;
}

}  // namespace

void absorb_residual(const ConvexProblem& problem, ConvexAnswer& answer) {
    const ConvexStructure& s = problem.structure;
    for (int i = 0; i < s.row_count(); ++i) answer.y[i] = possible(answer.y[i], s.row_sides[i]);
    std::vector<double> rest(answer.z.size(), 0.0);
    for (int i = 0; i < s.row_count(); ++i)
        for (int e = s.rows.start[i]; e < s.rows.start[i + 1]; ++e)
            rest[s.rows.column[e]] -= problem.values.row_value[e] * answer.y[i];
    for (std::size_t c = 0; c < s.cones.size(); ++c)
        for (std::size_t k = 0; k < 3; ++k) rest[s.cones[c][k]] -= answer.cone_z[3 * c + k];
    for (std::size_t j = 0; j < rest.size(); ++j) answer.z[j] = possible(rest[j], s.sides[j]);
}

std::optional<ConvexAnswer> prove_infeasible(const ConvexProblem& problem, const ConvexSettings& settings) {
    ConvexAnswer answer;
    answer.route = ConvexRoute::safe;
    answer.x.resize(static_cast<std::size_t>(problem.structure.variable_count));
    answer.y.resize(static_cast<std::size_t>(problem.structure.row_count()));
    answer.z.resize(answer.x.size());
    answer.cone_z.resize(3 * problem.structure.cones.size());
    answer.status = ConvexStatus::primal_infeasible;
    // Crossed bounds need no multipliers.
    if (check_infeasible(problem, answer.y, answer.z, answer.cone_z).holds(proof_tolerance)) return answer;
    const ScaledProblem scaled(problem);
    for (const Miss miss : {Miss::squared, Miss::distance}) {
        const ConvexAnswer elastic = solve_alone(elastic_problem(scaled.problem, miss), settings);
        if (elastic.y.empty()) continue;
        answer.iterations = elastic.iterations;
        for (std::size_t i = 0; i < answer.y.size(); ++i) answer.y[i] = elastic.y[i] * scaled.scale.row[i];
        for (std::size_t k = 0; k < answer.cone_z.size(); ++k)
            answer.cone_z[k] = elastic.cone_z[k] / scaled.scale.column[problem.structure.cones[k / 3][k % 3]];
        absorb_residual(problem, answer);
        if (check_infeasible(problem, answer.y, answer.z, answer.cone_z).holds(proof_tolerance)) return answer;
    }
    return std::nullopt;
}

std::optional<ConvexAnswer> prove_unbounded(const ConvexProblem& problem, const ConvexSettings& settings) {
    const ScaledProblem scaled(problem);
    ConvexAnswer answer = solve_alone(ray_problem(scaled.problem), settings);
    for (std::size_t j = 0; j < answer.x.size(); ++j) answer.x[j] *= scaled.scale.column[j];
    if (answer.x.empty() || !check_unbounded(problem, answer.x).holds(proof_tolerance)) return std::nullopt;
    answer.status = ConvexStatus::unbounded;
    answer.y.assign(static_cast<std::size_t>(problem.structure.row_count()), 0.0);
    std::fill(answer.z.begin(), answer.z.end(), 0.0);
    return answer;
}

}  // namespace headroom
