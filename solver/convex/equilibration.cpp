#include "solver/convex/equilibration.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

constexpr int rounds = 10;

/// Largest entries of the scaled KKT matrix, by column and row.
struct Largest {
    std::vector<double> column, row;
};

Largest largest_entries(const ConvexStructure& s, const double* row_value, const double* quadratic,
                        const Equilibration& scale) {
    Largest largest{std::vector<double>(scale.column.size(), 0.0), std::vector<double>(scale.row.size(), 0.0)};
    for (int i = 0; i < s.rows.row_count(); ++i)
        for (int e = s.rows.start[i]; e < s.rows.start[i + 1]; ++e) {
            const int j = s.rows.column[e];
            const double entry = std::abs(row_value[e]) * scale.row[i] * scale.column[j];
            largest.column[j] = std::max(largest.column[j], entry);
            largest.row[i] = std::max(largest.row[i], entry);
        }
    for (int i = 0; i < s.quadratic.row_count(); ++i)
        for (int e = s.quadratic.start[i]; e < s.quadratic.start[i + 1]; ++e) {
            const int j = s.quadratic.column[e];
            const double entry = std::abs(quadratic[e]) * scale.column[i] * scale.column[j];
            largest.column[i] = std::max(largest.column[i], entry);
            largest.column[j] = std::max(largest.column[j], entry);
        }
    return largest;
}

double nearest_power_of_two(double value) { return std::ldexp(1.0, std::ilogb(value * std::sqrt(2.0))); }

}  // namespace

Equilibration equilibrate(const ConvexStructure& s, const double* row_value, const double* quadratic, bool terms_too) {
    Equilibration scale{std::vector<double>(static_cast<std::size_t>(s.variable_count), 1.0),
                        std::vector<double>(static_cast<std::size_t>(s.row_count()), 1.0)};
    const auto has_term = [&s, terms_too](std::size_t j) {
        return !terms_too && !s.term.empty() && s.term[j] != Term::none;
    };
    for (int round = 0; round < rounds; ++round) {
        Largest largest = largest_entries(s, row_value, quadratic, scale);
        for (const auto& cone : s.cones) {
            double shared = 0;
            for (const int j : cone) shared = std::max(shared, largest.column[j]);
            for (const int j : cone) largest.column[j] = shared;
        }
        for (std::size_t j = 0; j < scale.column.size(); ++j)
            if (largest.column[j] > 0 && !has_term(j)) scale.column[j] /= std::sqrt(largest.column[j]);
        for (std::size_t i = 0; i < scale.row.size(); ++i)
            if (largest.row[i] > 0) scale.row[i] /= std::sqrt(largest.row[i]);
    }
    for (const auto& cone : s.cones)
        for (const int j : cone)
            if (has_term(j))
                for (const int k : cone) scale.column[k] = 1.0;
    for (double& value : scale.column) value = nearest_power_of_two(value);
    for (double& value : scale.row) value = nearest_power_of_two(value);
    return scale;
}

}  // namespace headroom
