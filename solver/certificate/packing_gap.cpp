#include "solver/certificate/packing_gap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "solver/numbers.hpp"

namespace headroom {
namespace {

constexpr int bisections = 200;

/// Slope of cost(v) + pull v at v > 0 (v >= 0 without a term).
double slope(const LimitCost& c, double pull, double v) {
    const double term = c.weight > 0 ? c.weight * std::pow(v, -c.exponent) : 0.0;
    return c.linear + pull + c.quadratic * v - term;
}

/// Where cost(v) + pull v is smallest in [lower, upper]; convex, so where its slope passes zero.
double best_point(const LimitCost& c, double pull, double lower, double upper) {
    if (slope(c, pull, upper) <= 0) return upper;
    if ((c.weight == 0 || lower > 0) && slope(c, pull, lower) >= 0) return lower;
    const double push = c.linear + pull;
    if (c.weight == 0) return std::clamp(-push / c.quadratic, lower, upper);
    if (c.quadratic == 0) return std::clamp(std::pow(c.weight / push, 1 / c.exponent), lower, upper);
    for (int k = 0; k < bisections && lower < upper; ++k) {
        const double middle = 0.5 * (lower + upper);
        (slope(c, pull, middle) < 0 ? lower : upper) = middle;
    }
    return upper;
}

double term_difference(const LimitCost& c, double w, double v) {
    if (c.weight == 0 || w == v) return 0;
    if (c.exponent == 1) return -c.weight * std::log(w / v);
    const double power = 1 - c.exponent;
    return -c.weight * (std::pow(w, power) - std::pow(v, power)) / power;
}

double term_value(const LimitCost& c, double w) {
    if (c.weight == 0) return 0;
    return c.exponent == 1 ? -c.weight * std::log(w) : -c.weight * std::pow(w, 1 - c.exponent) / (1 - c.exponent);
}

}  // namespace

double PackingCertificate::gap_relative() const { return gap / (1 + std::abs(objective)); }

PackingCertificate check_packing(const PackingRows& rows, std::span<const double> room, std::span<const double> lower,
                                 std::span<const double> upper, std::span<const LimitCost> cost,
                                 std::span<const double> w, std::span<const double> price) {
    PackingCertificate certificate;
    certificate.row_violation = -infinity;
    std::vector<double> pull(w.size(), 0.0);
    for (int r = 0; r < rows.row_count(); ++r) {
        double used = 0, largest = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            used += rows.value[e] * w[rows.column[e]];
            largest = std::max(largest, rows.value[e]);
        }
        const double over = largest > 0 ? (used - room[r]) / largest : (room[r] >= 0 ? -infinity : infinity);
        if (!(over <= certificate.row_violation)) certificate.row_violation = over;
        if (price[r] == 0) continue;
        if (!(price[r] >= 0)) certificate.bound_violation = infinity;
        certificate.gap += price[r] * (room[r] - used);
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) pull[rows.column[e]] += rows.value[e] * price[r];
    }
    for (std::size_t c = 0; c < w.size(); ++c) {
        const double outside = std::max(w[c] - upper[c], lower[c] - w[c]);
        if (!(outside <= certificate.bound_violation)) certificate.bound_violation = outside;
        const double v = best_point(cost[c], pull[c], lower[c], upper[c]);
        certificate.gap += (cost[c].linear + pull[c]) * (w[c] - v) + 0.5 * cost[c].quadratic * (w[c] - v) * (w[c] + v)
                           + term_difference(cost[c], w[c], v);
        certificate.objective += (cost[c].linear + 0.5 * cost[c].quadratic * w[c]) * w[c] + term_value(cost[c], w[c]);
    }
    return certificate;
}

}  // namespace headroom
