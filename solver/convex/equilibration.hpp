#pragma once

#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// Powers of two that bring the entries of A and Q close to one: x = column * x^, row * (A x) is the scaled activity.
///
/// Ruiz's method: rows and columns of the KKT matrix are divided by the root of their largest entry, a few times.
/// Variables with a term keep their unit (its power would have to be scaled too); those of a cone share one.
struct Equilibration {
    std::vector<double> column;  ///< [#variable]
    std::vector<double> row;     ///< [#row]
};

/// Finds the scales of problems of one structure, one after the other; allocates in its constructor only.
class Equilibrator {
public:
    /// @param structure  must outlive it
    /// @param terms_too  find units for variables with a term as well (InteriorForm scales their terms itself)
    explicit Equilibrator(const ConvexStructure& structure, bool terms_too = false);

    /// @param row_value, quadratic  as in ConvexValues    @return valid until the next call
    const Equilibration& find(const double* row_value, const double* quadratic);

private:
    bool keeps_unit(int j) const;
    void find_largest(const double* row_value, const double* quadratic);

    const ConvexStructure& structure_;
    bool terms_too_;
    Equilibration scale_, largest_;  // largest entries of the scaled KKT matrix, by column and row
};

/// The scales of one problem.
inline Equilibration equilibrate(const ConvexStructure& structure, const double* row_value, const double* quadratic,
                                 bool terms_too = false) {
    return Equilibrator(structure, terms_too).find(row_value, quadratic);
}

/// Calls put(slot, scaled value) for every entry of A and after them of Q.
template <class Put>
void scale_values(const ConvexStructure& s, const Equilibration& scale, const double* row_value,
                  const double* quadratic, Put put) {
    for (int i = 0; i < s.rows.row_count(); ++i)
        for (int e = s.rows.start[i]; e < s.rows.start[i + 1]; ++e)
            put(e, row_value[e] * scale.row[i] * scale.column[s.rows.column[e]]);
    for (int i = 0; i < s.quadratic.row_count(); ++i)
        for (int e = s.quadratic.start[i]; e < s.quadratic.start[i + 1]; ++e)
            put(s.rows.entry_count() + e, quadratic[e] * scale.column[i] * scale.column[s.quadratic.column[e]]);
}

}  // namespace headroom
