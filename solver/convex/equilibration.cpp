#include "solver/convex/equilibration.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

constexpr int rounds = 10;

double nearest_power_of_two(double value) { return std::ldexp(1.0, std::ilogb(value * std::sqrt(2.0))); }

}  // namespace

Equilibrator::Equilibrator(const ConvexStructure& structure, bool terms_too)
    : structure_(structure),
      terms_too_(terms_too),
      scale_{std::vector<double>(static_cast<std::size_t>(structure.variable_count)),
             std::vector<double>(static_cast<std::size_t>(structure.row_count()))},
      largest_(scale_) {}

bool Equilibrator::keeps_unit(int j) const {
    return !terms_too_ && !structure_.term.empty() && structure_.term[j] != Term::none;
}

void Equilibrator::find_largest(const double* row_value, const double* quadratic) {
    const ConvexStructure& s = structure_;
    std::fill(largest_.column.begin(), largest_.column.end(), 0.0);
    std::fill(largest_.row.begin(), largest_.row.end(), 0.0);
    for (int i = 0; i < s.rows.row_count(); ++i)
        for (int e = s.rows.start[i]; e < s.rows.start[i + 1]; ++e) {
            const int j = s.rows.column[e];
            const double entry = std::abs(row_value[e]) * scale_.row[i] * scale_.column[j];
            largest_.column[j] = std::max(largest_.column[j], entry);
            largest_.row[i] = std::max(largest_.row[i], entry);
        }
    for (int i = 0; i < s.quadratic.row_count(); ++i)
        for (int e = s.quadratic.start[i]; e < s.quadratic.start[i + 1]; ++e) {
            const int j = s.quadratic.column[e];
            const double entry = std::abs(quadratic[e]) * scale_.column[i] * scale_.column[j];
            largest_.column[i] = std::max(largest_.column[i], entry);
            largest_.column[j] = std::max(largest_.column[j], entry);
        }
    for (const auto& cone : s.cones) {
        double shared = 0;
        for (const int j : cone) shared = std::max(shared, largest_.column[j]);
        for (const int j : cone) largest_.column[j] = shared;
    }
}

const Equilibration& Equilibrator::find(const double* row_value, const double* quadratic) {
    std::fill(scale_.column.begin(), scale_.column.end(), 1.0);
    std::fill(scale_.row.begin(), scale_.row.end(), 1.0);
    for (int round = 0; round < rounds; ++round) {
        find_largest(row_value, quadratic);
        for (int j = 0; j < structure_.variable_count; ++j)
            if (largest_.column[j] > 0 && !keeps_unit(j)) scale_.column[j] /= std::sqrt(largest_.column[j]);
        for (std::size_t i = 0; i < scale_.row.size(); ++i)
            if (largest_.row[i] > 0) scale_.row[i] /= std::sqrt(largest_.row[i]);
    }
    for (const auto& cone : structure_.cones)
        if (std::any_of(cone.begin(), cone.end(), [this](int j) { return keeps_unit(j); }))
            for (const int j : cone) scale_.column[j] = 1.0;
    for (double& value : scale_.column) value = nearest_power_of_two(value);
    for (double& value : scale_.row) value = nearest_power_of_two(value);
    return scale_;
}

}  // namespace headroom
