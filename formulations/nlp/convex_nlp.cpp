#include "formulations/nlp/convex_nlp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace headroom {
namespace {

/// A cone's row (1) at a point: gradient, and second derivatives in the order aa, ab, ac, bb, cc. All 0 at the apex,
/// which is only reached by a cone that the bounds close.
struct ConeRow {
    double value = 0;
    std::array<double, 3> slope{};
    std::array<double, 5> curvature{};
};

ConeRow cone_row(std::span<const double> x, const std::array<std::int32_t, 3>& cone) {
    const double a = x[cone[0]], b = x[cone[1]], c = x[cone[2]];
    if (a == 0) return {};
    const double square = b * b + c * c;
    return {.value = a - square / a,
            .slope = {1 + square / (a * a), -2 * b / a, -2 * c / a},
            .curvature = {-2 * square / (a * a * a), 2 * b / (a * a), 2 * c / (a * a), -2 / a, -2 / a}};
}

Triplets jacobian_of(const ConvexStructure& structure) {
    Triplets entries;
    for (int i = 0; i < structure.row_count(); ++i)
        for (int e = structure.rows.start[i]; e < structure.rows.start[i + 1]; ++e)
            entries.add(i, structure.rows.column[e]);
    for (int k = 0; k < structure.cone_count(); ++k)
        for (const int j : structure.cones[k]) entries.add(structure.row_count() + k, j);
    return entries;
}

Triplets hessian_of(const ConvexStructure& structure) {
    Triplets entries;
    for (int i = 0; i < structure.quadratic.row_count(); ++i)
        for (int e = structure.quadratic.start[i]; e < structure.quadratic.start[i + 1]; ++e)
            entries.add(structure.quadratic.column[e], i);
    for (int j = 0; j < static_cast<int>(structure.term.size()); ++j)
        if (structure.term[j] != Term::none) entries.add(j, j);
    for (const auto& [a, b, c] : structure.cones) {
        entries.add(a, a);
        entries.add(std::max(a, b), std::min(a, b));
        entries.add(std::max(a, c), std::min(a, c));
        entries.add(b, b);
        entries.add(c, c);
    }
    return entries;
}

/// Bounds with infinities for sides that do not exist.
void copy_sides(const std::vector<Sides>& sides, const std::vector<double>& low, const std::vector<double>& up,
                std::vector<double>& lower, std::vector<double>& upper) {
    for (std::size_t i = 0; i < sides.size(); ++i) {
        lower.push_back(has_lower(sides[i]) ? low[i] : -no_bound);
        upper.push_back(has_upper(sides[i]) ? up[i] : no_bound);
    }
}

bool is_fixed(const NlpBounds& bounds, int j) { return bounds.lower[j] == bounds.upper[j]; }

}  // namespace

ConvexNlp::ConvexNlp(ConvexProblem problem)
    : problem_(std::move(problem)),
      is_head_(static_cast<std::size_t>(problem_.structure.variable_count), 0),
      jacobian_(jacobian_of(problem_.structure)),
      hessian_(hessian_of(problem_.structure)) {
    for (const auto& cone : problem_.structure.cones) is_head_[cone[0]] = 1;
}

bool ConvexNlp::has_weight(int j) const {
    const auto& term = problem_.structure.term;
    return !term.empty() && term[j] != Term::none && problem_.values.weight[j] > 0;
}

bool ConvexNlp::has_own_lower(int j, const NlpBounds& limits) const {
    return has_lower(problem_.structure.sides[j]) && problem_.values.lower[j] == limits.lower[j];
}

NlpBounds ConvexNlp::bounds() const {
    const auto& [structure, values] = problem_;
    NlpBounds bounds;
    copy_sides(structure.sides, values.lower, values.upper, bounds.lower, bounds.upper);
    copy_sides(structure.row_sides, values.row_lower, values.row_upper, bounds.row_lower, bounds.row_upper);
    for (int j = 0; j < variable_count(); ++j)
        if (is_head_[j] != 0 || has_weight(j)) bounds.lower[j] = std::max(bounds.lower[j], 0.0);
    for (const auto& [a, b, c] : structure.cones) {
        const bool is_closed = bounds.upper[a] <= 0;
        bounds.row_lower.push_back(is_closed ? -no_bound : 0.0);
        bounds.row_upper.push_back(no_bound);
        if (!is_closed) continue;
        for (const int j : {b, c}) {
            bounds.lower[j] = std::max(bounds.lower[j], 0.0);
            bounds.upper[j] = std::min(bounds.upper[j], 0.0);
        }
    }
    return bounds;
}

NlpPoint ConvexNlp::start() const {
    const NlpBounds limits = bounds();
    const std::vector<double> zeros(limits.lower.size());
    NlpPoint point{zeros, std::vector<double>(limits.row_lower.size()), zeros, zeros};
    for (int j = 0; j < variable_count(); ++j) {
        const double wanted = is_head_[j] != 0 || has_weight(j) ? 1.0 : 0.0;
        point.x[j] = std::min(std::max(wanted, limits.lower[j]), limits.upper[j]);
    }
    return point;
}

double ConvexNlp::objective(std::span<const double> x) const {
    const auto& [structure, values] = problem_;
    double sum = 0;
    for (int j = 0; j < variable_count(); ++j) {
        sum += values.linear[j] * x[j];
        if (!has_weight(j)) continue;
        const double rest = 1 - (structure.term[j] == Term::log ? 1.0 : structure.exponent[j]);
        sum -= values.weight[j] * (rest == 0 ? std::log(x[j]) : std::pow(x[j], rest) / rest);
    }
    for (int i = 0; i < structure.quadratic.row_count(); ++i)
        for (int e = structure.quadratic.start[i]; e < structure.quadratic.start[i + 1]; ++e) {
            const int j = structure.quadratic.column[e];
            sum += (i == j ? 0.5 : 1.0) * values.quadratic[e] * x[i] * x[j];
        }
    return sum;
}

void ConvexNlp::gradient(std::span<const double> x, std::span<double> slope) const {
    const auto& [structure, values] = problem_;
    for (int j = 0; j < variable_count(); ++j) {
        slope[j] = values.linear[j];
        if (!has_weight(j)) continue;
        slope[j] -= values.weight[j] * std::pow(x[j], structure.term[j] == Term::log ? -1.0 : -structure.exponent[j]);
    }
    for (int i = 0; i < structure.quadratic.row_count(); ++i)
        for (int e = structure.quadratic.start[i]; e < structure.quadratic.start[i + 1]; ++e) {
            const int j = structure.quadratic.column[e];
            slope[i] += values.quadratic[e] * x[j];
            if (i != j) slope[j] += values.quadratic[e] * x[i];
        }
}

void ConvexNlp::rows(std::span<const double> x, std::span<double> value) const {
    const auto& [structure, values] = problem_;
    for (int i = 0; i < structure.row_count(); ++i) {
        value[i] = 0;
        for (int e = structure.rows.start[i]; e < structure.rows.start[i + 1]; ++e)
            value[i] += values.row_value[e] * x[structure.rows.column[e]];
    }
    for (int k = 0; k < structure.cone_count(); ++k)
        value[structure.row_count() + k] = cone_row(x, structure.cones[k]).value;
}

void ConvexNlp::jacobian_values(std::span<const double> x, std::span<double> value) const {
    auto next = std::copy(problem_.values.row_value.begin(), problem_.values.row_value.end(), value.begin());
    for (const auto& cone : problem_.structure.cones) next = std::ranges::copy(cone_row(x, cone).slope, next).out;
}

void ConvexNlp::hessian_values(std::span<const double> x, double factor, std::span<const double> multiplier,
                               std::span<double> value) const {
    const auto& [structure, values] = problem_;
    std::size_t next = 0;
    for (const double entry : values.quadratic) value[next++] = factor * entry;
    for (int j = 0; j < static_cast<int>(structure.term.size()); ++j) {
        if (structure.term[j] == Term::none) continue;
        const double a = structure.term[j] == Term::log ? 1.0 : structure.exponent[j];
        value[next++] = has_weight(j) ? factor * values.weight[j] * a * std::pow(x[j], -a - 1) : 0.0;
    }
    for (int k = 0; k < structure.cone_count(); ++k)
        for (const double part : cone_row(x, structure.cones[k]).curvature)
            value[next++] = multiplier[structure.row_count() + k] * part;
}

std::array<double, 3> ConvexNlp::cone_multiplier(int k, const NlpPoint& point, const NlpBounds& limits,
                                                 std::span<const double> rest) const {
    const auto& [a, b, c] = problem_.structure.cones[k];
    if (is_fixed(limits, a) && limits.upper[a] == 0)
        return {std::max(std::hypot(rest[b], rest[c]), rest[a]), rest[b], rest[c]};
    const auto [part_a, part_b, part_c] = cone_row(point.x, problem_.structure.cones[k]).slope;
    const double size = -point.row[problem_.structure.row_count() + k];
    return {size * part_a + (has_own_lower(a, limits) ? 0.0 : point.lower[a]), size * part_b, size * part_c};
}

ConvexAnswer ConvexNlp::answer(const NlpPoint& point) const {
    const auto& [structure, values] = problem_;
    const NlpBounds limits = bounds();
    ConvexAnswer answer;
    answer.route = ConvexRoute::safe;
    answer.x = point.x;
    std::vector<double> rest(point.x.size());  // what is left of (2) of ConvexAnswer, step by step
    gradient(point.x, rest);
    for (int i = 0; i < structure.row_count(); ++i) {
        answer.y.push_back(-point.row[i]);
        for (int e = structure.rows.start[i]; e < structure.rows.start[i + 1]; ++e)
            rest[structure.rows.column[e]] -= values.row_value[e] * answer.y[i];
    }
    for (int k = 0; k < structure.cone_count(); ++k) {
        const std::array part = cone_multiplier(k, point, limits, rest);
        answer.cone_z.insert(answer.cone_z.end(), part.begin(), part.end());
        for (int i = 0; i < 3; ++i) rest[structure.cones[k][i]] -= part[i];
    }
    for (int j = 0; j < variable_count(); ++j)
        answer.z.push_back(is_fixed(limits, j) ? rest[j]
                                               : (has_own_lower(j, limits) ? point.lower[j] : 0.0) - point.upper[j]);
    return answer;
}

}  // namespace headroom
