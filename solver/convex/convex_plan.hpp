#pragma once

#include <cstdint>
#include <vector>

#include "solver/convex/convex_problem.hpp"
#include "solver/convex/equilibration.hpp"
#include "solver/kkt/kkt_pattern.hpp"

namespace headroom {

/// One pattern made ready for the lanes: elimination order, lists of bounds, terms and cones, and where values go.
///
/// A value slot is an entry of A, then an entry of Q, then three off-diagonal entries for every cone. With shared
/// values A and Q are the same in all problems of the plan, scaled once; otherwise each lane brings its own.
struct ConvexPlan {
    /// A and Q differ from problem to problem.
    explicit ConvexPlan(ConvexStructure structure);
    /// All problems have these A and Q; `row_value` and `quadratic` of an item are not looked at.
    ConvexPlan(ConvexStructure structure, const double* row_value, const double* quadratic);

    ConvexStructure structure;
    bool shared_values;
    bool coupled;                      ///< variables meet outside A: off-diagonal entries of Q, or cones
    Equilibration scale;               ///< of the shared values; empty otherwise
    std::vector<double> shared_value;  ///< [#slot of A, Q and augmentation] scaled; empty otherwise

    /// Rows of equations that define a free variable without curvature (sums). K's upper block takes a'a of each and
    /// the right side a' times its residual, which leaves the step as it is (augmented Lagrangian): the variable's
    /// pivot becomes about one where it would be nothing but regularisation, and what follows would drown in its
    /// inverse.
    std::vector<std::int32_t> augmented;
    std::vector<std::int32_t> augmented_position;  ///< [#augmented]
    int augmented_slots = 0;  ///< entries of the squares below their diagonals, behind those of A and Q

    KktPattern kkt;
    std::vector<char> kind;                    ///< [#position] PositionKind
    std::vector<std::int32_t> range_position;  ///< [#range] rows that are no equations, with a slack variable each
    std::vector<std::int32_t> range_of;        ///< [#position] -1: none
    /// Bounds by quantity (position, or #position + range), lower ones first; where each one's value comes from:
    /// variable j, or #variable + row.
    std::vector<std::int32_t> pair, pair_source;
    int lower_count = 0;
    std::vector<std::int32_t> lower_pair, upper_pair;  ///< [#quantity] its bounds in `pair`; -1: none
    std::vector<std::int32_t> term;                    ///< [#term] position
    std::vector<double> exponent;                      ///< [#term] 1 for a logarithm
    std::vector<std::int32_t> cone;                    ///< [3 #cone] positions
    /// Rows of K without diagonal, A's part and Q's part.
    std::vector<std::int32_t> row_start, row_middle, row_column, row_slot;
    std::vector<std::int32_t> diagonal_slot;  ///< [#position] -1: none

    int slot_count() const { return structure.rows.entry_count() + structure.quadratic.entry_count(); }
    /// Entries of A, of Q and of the augmented equations' squares.
    int value_count() const { return slot_count() + augmented_slots; }
    int size() const { return kkt.size; }
    int range_count() const { return static_cast<int>(range_position.size()); }
    int pair_count() const { return static_cast<int>(pair.size()); }
    int quantity_count() const { return size() + range_count(); }

private:
    void find_positions();
    void find_pairs();
    void find_rows();
};

/// Squares of the augmented equations. @param value  of a slot of A
/// @param put       (slot, value) for entries below the diagonal
/// @param diagonal  (position, value), adding up
template <class Value, class Put, class Diagonal>
void square_augmented(const ConvexPlan& plan, Value value, Put put, Diagonal diagonal) {
    const SparsePattern& rows = plan.structure.rows;
    int slot = plan.slot_count();
    for (const std::int32_t i : plan.augmented)
        for (int e = rows.start[i]; e < rows.start[i + 1]; ++e) {
            diagonal(plan.kkt.position[rows.column[e]], value(e) * value(e));
            for (int f = rows.start[i]; f < e; ++f) put(slot++, value(e) * value(f));
        }
}

}  // namespace headroom
