#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

inline constexpr double no_bound = std::numeric_limits<double>::infinity();

/// Where a sparse matrix has entries, row by row; the values are kept apart because many problems share one pattern.
struct SparsePattern {
    std::vector<std::int32_t> start{0};  ///< [#row + 1]
    std::vector<std::int32_t> column;    ///< [#entry] increasing inside a row

    int row_count() const { return static_cast<int>(start.size()) - 1; }
    int entry_count() const { return static_cast<int>(column.size()); }
    bool operator==(const SparsePattern&) const = default;
};

/// A separable convex term of one variable, with weight w >= 0 (a value of the problem) and exponent a (structure).
enum class Term : std::int8_t {
    none,
    log,    ///< -w log(x)
    power,  ///< -w x^(1-a) / (1-a), a > 0 and a != 1: the alpha-fair rule
};

/// Which sides of a bound exist. Values of a side that does not exist are not looked at.
enum class Sides : std::int8_t { none = 0, lower = 1, upper = 2, both = 3 };

inline bool has_lower(Sides sides) { return (static_cast<int>(sides) & 1) != 0; }
inline bool has_upper(Sides sides) { return (static_cast<int>(sides) & 2) != 0; }

/// What all problems of one pattern share. The problem:
///
///     minimise    1/2 x'Qx + c'x + sum_j term_j(x_j)
///     subject to  row_lower <= A x <= row_upper,    lower <= x <= upper,                                        (1)
///                 x_a >= sqrt(x_b^2 + x_c^2)  for every cone (a, b, c)
///
/// A row whose sides are equal in value is an equation; it has to be one in every problem of the pattern, named so by
/// `equation`. A variable belongs to one cone at most. Q is positive semidefinite.
struct ConvexStructure {
    int variable_count = 0;
    SparsePattern rows;       ///< of A
    SparsePattern quadratic;  ///< upper triangle of Q with its diagonal, [#variable] rows; or no rows at all: Q = 0
    std::vector<Term> term;   ///< [#variable], or empty: none anywhere
    std::vector<double> exponent;  ///< [#variable] a of Term::power, or empty if there is none
    std::vector<std::array<std::int32_t, 3>> cones;
    std::vector<Sides> sides;      ///< [#variable]
    std::vector<Sides> row_sides;  ///< [#row]
    std::vector<char> equation;    ///< [#row] 1: row_lower == row_upper (row_sides both)

    int row_count() const { return rows.row_count(); }
    int cone_count() const { return static_cast<int>(cones.size()); }
    bool operator==(const ConvexStructure&) const = default;

    /// What is wrong with it, "" if nothing: "column 7 of row 3: there are 5 variables".
    std::string fault() const;
};

/// The numbers of one problem of a pattern.
struct ConvexValues {
    std::vector<double> linear;                ///< c [#variable]
    std::vector<double> quadratic;             ///< [#entry of Q]
    std::vector<double> row_value;             ///< [#entry of A]
    std::vector<double> row_lower, row_upper;  ///< [#row]
    std::vector<double> lower, upper;          ///< [#variable]
    std::vector<double> weight;                ///< w of the terms [#variable], or empty if there are none
};

/// One problem by itself.
struct ConvexProblem {
    ConvexStructure structure;
    ConvexValues values;

    /// Sets sides and equation from what is finite and equal in values.
    void find_sides();
    /// What is wrong with structure or values (shape, NaN, weight below zero), "" if nothing. Crossed bounds are no
    /// fault: such a problem is infeasible.
    std::string fault() const;
};

}  // namespace headroom
