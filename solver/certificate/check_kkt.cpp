#include "solver/certificate/check_kkt.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <vector>

#include "solver/numbers.hpp"

namespace headroom {
namespace {

/// A sum below this share of its parts is what rounding of the multipliers left of 0.
constexpr long double rounding = 1e-12L;

using Numbers = std::vector<long double>;

/// Largest magnitude seen; once NaN, always NaN.
class Largest {
public:
    void see(long double value) {
        const auto size = static_cast<double>(std::abs(value));
        if (std::isnan(size) || size > value_) value_ = size;
    }
    void see_if_positive(long double value) {
        if (!(value <= 0)) see(value);
    }
    double value() const { return value_; }

private:
    double value_ = 0;
};

/// M v of a matrix of `pattern`, [#row]. @param largest  sees every product
Numbers times(const SparsePattern& pattern, std::span<const double> value, std::span<const double> v,
              Largest* largest = nullptr) {
    Numbers product(static_cast<std::size_t>(pattern.row_count()), 0.0L);
    for (int i = 0; i < pattern.row_count(); ++i)
        for (int e = pattern.start[i]; e < pattern.start[i + 1]; ++e) {
            const long double part = static_cast<long double>(value[e]) * v[pattern.column[e]];
            product[i] += part;
            if (largest != nullptr) largest->see(part);
        }
    return product;
}

/// M'v, [#column].
Numbers transposed_times(const SparsePattern& pattern, std::span<const double> value, std::span<const double> v,
                         int column_count) {
    Numbers product(static_cast<std::size_t>(column_count), 0.0L);
    for (int i = 0; i < pattern.row_count(); ++i)
        for (int e = pattern.start[i]; e < pattern.start[i + 1]; ++e)
            product[pattern.column[e]] += static_cast<long double>(value[e]) * v[i];
    return product;
}

/// Q v, [#variable]; Q is stored as its upper triangle.
Numbers quadratic_times(const ConvexProblem& problem, std::span<const double> v) {
    const SparsePattern& pattern = problem.structure.quadratic;
    Numbers product(v.size(), 0.0L);
    for (int i = 0; i < pattern.row_count(); ++i)
        for (int e = pattern.start[i]; e < pattern.start[i + 1]; ++e) {
            const int j = pattern.column[e];
            const long double entry = problem.values.quadratic[e];
            product[i] += entry * v[j];
            if (j != i) product[j] += entry * v[i];
        }
    return product;
}

/// By how far (x_a, x_b, x_c) misses its cone; below 0 inside.
long double outside_cone(long double a, long double b, long double c) { return std::hypot(b, c) - a; }

bool has_term(const ConvexProblem& problem, std::size_t j) {
    return !problem.structure.term.empty() && problem.structure.term[j] != Term::none && problem.values.weight[j] > 0;
}

struct TermAt {
    long double value = 0, slope = 0;
};

TermAt term_at(const ConvexProblem& problem, std::size_t j, long double x) {
    if (!has_term(problem, j)) return {};
    const long double w = problem.values.weight[j];
    if (!(x > 0)) return {infinity, -infinity};
    if (problem.structure.term[j] == Term::log) return {-w * std::log(x), -w / x};
    const long double a = problem.structure.exponent[j];
    return {-w * std::pow(x, 1 - a) / (1 - a), -w * std::pow(x, -a)};
}

/// A'y + z + cone_z, [#variable].
Numbers pull_of(const ConvexProblem& problem, std::span<const double> y, std::span<const double> z,
                std::span<const double> cone_z) {
    const ConvexStructure& structure = problem.structure;
    Numbers pull = transposed_times(structure.rows, problem.values.row_value, y, structure.variable_count);
    for (std::size_t j = 0; j < z.size(); ++j) pull[j] += z[j];
    for (int k = 0; k < structure.cone_count(); ++k)
        for (int i = 0; i < 3; ++i) pull[structure.cones[k][i]] += cone_z[3 * k + i];
    return pull;
}

struct Sum {
    long double value = 0, size = 0;  ///< of the parts and of their magnitudes
    void add(long double part) { value += part, size += std::abs(part); }
    double clear_of_rounding() const { return static_cast<double>(std::abs(value) <= rounding * size ? 0 : value); }
};

/// What multipliers make of the bounds that their signs pick. A multiplier of a side that does not exist adds nothing
/// but is seen by `misuse`.
Sum picked_bounds(std::span<const double> multiplier, const std::vector<Sides>& sides, std::span<const double> lower,
                  std::span<const double> upper, Largest& misuse) {
    Sum sum;
    for (std::size_t i = 0; i < multiplier.size(); ++i) {
        const long double size = multiplier[i];
        if (size > 0 && has_lower(sides[i]))
            sum.add(size * lower[i]);
        else if (size < 0 && has_upper(sides[i]))
            sum.add(size * upper[i]);
        else
            misuse.see(size);
    }
    return sum;
}

void see_outside_cones(std::span<const double> cone_z, Largest& misuse) {
    for (std::size_t k = 0; k + 2 < cone_z.size(); k += 3)
        misuse.see_if_positive(outside_cone(cone_z[k], cone_z[k + 1], cone_z[k + 2]));
}

/// Violations of value between bounds. The bound counts in the scale where the value stands at it or beyond.
void see_interval(long double value, Sides sides, double lower, double upper, Largest& residual, Largest& scale) {
    if (has_lower(sides) && !(value > lower)) residual.see(lower - value), scale.see(lower);
    if (has_upper(sides) && !(value < upper)) residual.see(value - upper), scale.see(upper);
}

/// Largest excess of a lower side over the upper one; 0 if none cross.
double crossing(const std::vector<Sides>& sides, std::span<const double> lower, std::span<const double> upper) {
    double largest = 0;
    for (std::size_t i = 0; i < sides.size(); ++i)
        if (sides[i] == Sides::both) largest = std::max(largest, lower[i] - upper[i]);
    return largest;
}

void check_primal(const ConvexProblem& problem, std::span<const double> x, KktCertificate& certificate) {
    const auto& [structure, values] = problem;
    Largest residual, scale;
    const Numbers row = times(structure.rows, values.row_value, x, &scale);
    for (std::size_t i = 0; i < row.size(); ++i) {
        scale.see(row[i]);
        see_interval(row[i], structure.row_sides[i], values.row_lower[i], values.row_upper[i], residual, scale);
    }
    for (std::size_t j = 0; j < x.size(); ++j) {
        see_interval(x[j], structure.sides[j], values.lower[j], values.upper[j], residual, scale);
        if (has_term(problem, j) && !(x[j] > 0)) residual.see(infinity);
    }
    for (const auto& [a, b, c] : structure.cones) {
        residual.see_if_positive(outside_cone(x[a], x[b], x[c]));
        scale.see(x[a]);
        scale.see(std::hypot(x[b], x[c]));
    }
    certificate.primal_residual = residual.value();
    certificate.primal_scale = scale.value();
}

void check_lengths([[maybe_unused]] const ConvexProblem& problem, [[maybe_unused]] std::span<const double> y,
                   [[maybe_unused]] std::span<const double> z, [[maybe_unused]] std::span<const double> cone_z) {
    assert(static_cast<int>(y.size()) == problem.structure.row_count());
    assert(static_cast<int>(z.size()) == problem.structure.variable_count);
    assert(static_cast<int>(cone_z.size()) == 3 * problem.structure.cone_count());
}

}  // namespace

double KktCertificate::gap_relative() const { return gap / (1 + std::abs(objective)); }

bool KktCertificate::holds(double tolerance) const {
    // An infinite scale would excuse everything.
    return std::isfinite(primal_scale) && std::isfinite(dual_scale) && std::isfinite(objective)
           && primal_relative() <= tolerance && dual_relative() <= tolerance && gap_relative() <= tolerance;
}

KktCertificate check_kkt(const ConvexProblem& problem, std::span<const double> x, std::span<const double> y,
                         std::span<const double> z, std::span<const double> cone_z) {
    check_lengths(problem, y, z, cone_z);
    assert(x.size() == z.size());
    const auto& [structure, values] = problem;
    KktCertificate certificate;
    check_primal(problem, x, certificate);

    Largest residual, scale;
    const Numbers qx = quadratic_times(problem, x);
    const Numbers aty = transposed_times(structure.rows, values.row_value, y, structure.variable_count);
    const Numbers pull = pull_of(problem, y, z, cone_z);
    long double objective = 0, dual_objective = 0;
    for (std::size_t j = 0; j < x.size(); ++j) {
        const TermAt term = term_at(problem, j, x[j]);
        residual.see(qx[j] + values.linear[j] + term.slope - pull[j]);
        for (const long double part :
             {static_cast<long double>(values.linear[j]), qx[j], term.slope, aty[j], static_cast<long double>(z[j])})
            scale.see(part);
        const long double half = qx[j] * x[j] / 2;
        objective += half + static_cast<long double>(values.linear[j]) * x[j] + term.value;
        dual_objective += term.value - x[j] * term.slope - half;
    }
    for (const double part : cone_z) scale.see(part);
    see_outside_cones(cone_z, residual);
    dual_objective += picked_bounds(y, structure.row_sides, values.row_lower, values.row_upper, residual).value;
    dual_objective += picked_bounds(z, structure.sides, values.lower, values.upper, residual).value;

    certificate.dual_residual = residual.value();
    certificate.dual_scale = scale.value();
    certificate.objective = static_cast<double>(objective);
    certificate.dual_objective = static_cast<double>(dual_objective);
    certificate.gap = static_cast<double>(std::abs(objective - dual_objective));
    return certificate;
}

bool InfeasibilityCertificate::holds(double tolerance) const { return bound > 0 && residual <= tolerance * bound; }

InfeasibilityCertificate check_infeasible(const ConvexProblem& problem, std::span<const double> y,
                                          std::span<const double> z, std::span<const double> cone_z) {
    check_lengths(problem, y, z, cone_z);
    const auto& [structure, values] = problem;
    // A term lives on positive x only: a lower bound of 0 that every such variable has.
    std::vector<Sides> sides = structure.sides;
    std::vector<double> lower = values.lower;
    for (std::size_t j = 0; j < z.size(); ++j) {
        if (!has_term(problem, j)) continue;
        lower[j] = has_lower(sides[j]) ? std::max(lower[j], 0.0) : 0.0;
        sides[j] = has_upper(sides[j]) ? Sides::both : Sides::lower;
    }
    // One multiplier for both sides cannot say that they cross.
    if (const double crossed = std::max(crossing(structure.row_sides, values.row_lower, values.row_upper),
                                        crossing(sides, lower, values.upper));
        crossed > 0)
        return {.bound = crossed, .residual = 0};
    Largest size, residual;
    for (const auto& part : {y, z, cone_z})
        for (const double multiplier : part) size.see(multiplier);
    for (const long double part : pull_of(problem, y, z, cone_z)) residual.see(part);
    see_outside_cones(cone_z, residual);
    Sum bound = picked_bounds(y, structure.row_sides, values.row_lower, values.row_upper, residual);
    const Sum of_variables = picked_bounds(z, sides, lower, values.upper, residual);
    bound.value += of_variables.value;
    bound.size += of_variables.size;
    if (size.value() == 0) return {};
    return {.bound = bound.clear_of_rounding() / size.value(), .residual = residual.value() / size.value()};
}

bool UnboundednessCertificate::holds(double tolerance) const {
    return slope < 0 && residual <= tolerance * std::abs(slope);
}

UnboundednessCertificate check_unbounded(const ConvexProblem& problem, std::span<const double> direction) {
    const auto& [structure, values] = problem;
    const auto& d = direction;
    assert(static_cast<int>(d.size()) == structure.variable_count);
    Largest size, residual, unused;
    Sum slope;
    for (std::size_t j = 0; j < d.size(); ++j) {
        size.see(d[j]);
        slope.add(static_cast<long double>(values.linear[j]) * d[j]);
        see_interval(d[j], structure.sides[j], 0, 0, residual, unused);
        if (has_term(problem, j)) residual.see_if_positive(-d[j]);
    }
    for (const long double part : quadratic_times(problem, d)) residual.see(part);
    const Numbers row = times(structure.rows, values.row_value, d);
    for (std::size_t i = 0; i < row.size(); ++i) {
        Largest entry;
        for (int e = structure.rows.start[i]; e < structure.rows.start[i + 1]; ++e) entry.see(values.row_value[e]);
        if (entry.value() > 0) see_interval(row[i] / entry.value(), structure.row_sides[i], 0, 0, residual, unused);
    }
    for (const auto& [a, b, c] : structure.cones) residual.see_if_positive(outside_cone(d[a], d[b], d[c]));
    if (size.value() == 0) return {};
    return {.slope = slope.clear_of_rounding() / size.value(), .residual = residual.value() / size.value()};
}

}  // namespace headroom
