#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "formulations/flow/linear_network.hpp"
#include "solver/packing/nested_rows.hpp"

namespace headroom {

/// The split rows of a tree without their coefficients: security_rows.md, "Sums along the tree".
///
/// Customers whose currents point the same way (one direction of C^3 up to a positive factor: a phase, a phase pair,
/// all phases, of one power factor) are alike below a node: their exports add up to one sum x_export per node and
/// direction, their imports to another. Reactive power with limits of its own points a quarter turn away and has sums
/// of its own. With a_j the path sum of node j for a monitored voltage and a direction, the row of a voltage is u_i,
/// from the slack bus down,
///
///     u_j = u_parent + sum over directions of (a_j+ - a_parent+) x_export_j + (a_j- - a_parent-) x_import_j       (1)
///
/// which is the split of the *whole* path sum for every customer: the a+ of all nodes above where two paths part cancel
/// but the last. A lower voltage has exports and imports in exchange.
class NestedPathSums {
public:
    /// The P of an active customer, or its Q: its node, A per kW (at its power factor) or kvar of injection, and the
    /// columns of its two limits.
    struct Source {
        std::int32_t node;
        PhaseVector current;
        std::int32_t export_column, import_column;  ///< of Q: of q_inject, of q_absorb
    };
    /// @param limit_count  number of columns
    NestedPathSums(const LinearNetwork& net, std::span<const Source> sources, int limit_count);

    /// The squared voltage of a monitor, per unit, as an upper or a lower limit sees it.
    /// @param monitor  index into net.monitors
    RowEntries voltage(std::size_t monitor, bool upper) const;
    /// Re(functional' J) summed over all currents J at and below the node.
    RowEntries flow(std::int32_t node, const PhaseVector& functional) const;

    /// What the entries of a row may be, without writing it out.
    struct Extent {
        double least, most;  ///< bounds of the smallest and of the largest one; most 0: there are none
        double large;        ///< one of the larger ones
    };
    Extent voltage_extent(std::size_t monitor) const;
    Extent flow_extent(std::int32_t node, const PhaseVector& functional) const;
    /// The largest |functional' conj(J)| of a current J at or below the node, and of its imaginary part alone.
    std::pair<double, double> largest_flow(std::int32_t node, const PhaseVector& functional) const;

    /// The sums, with `rows` (entries as voltage() and flow() return them, or limits written out) over them.
    NestedRows nested(std::span<const RowEntries> rows) const;

private:
    /// Directions at one node, each with where it goes at the parent: -1 where nothing of it is left there.
    struct Directions {
        std::vector<PhaseVector> unit;
        std::vector<std::int32_t> parent;
        std::vector<double> factor;
        std::vector<double> shortest, longest;  ///< of what points this way, of currents: A per unit of a limit

        struct Found {
            std::int32_t index;
            double length;
        };
        Found find_or_add(const PhaseVector& v);
        void reach(std::int32_t index, double least, double most);
        std::size_t count() const { return unit.size(); }
    };
    void add_flows(std::span<const Source> sources);
    void find_classes();
    void add_voltages();
    void add_voltage(std::size_t node, std::size_t voltage_class, const std::vector<PhaseVector>& functional);
    static Extent extent_of(const Directions& currents, std::span<const double> a);
    static void widen(Extent& extent, const Extent& above, double factor);
    static std::vector<double> flow_effects(const Directions& currents, const PhaseVector& functional);
    std::int32_t column_of_sum(int sum) const { return sums_.limit_count + sum; }
    std::int32_t import_of(std::int32_t export_column) const {
        return export_column < sums_.limit_count ? import_column_[static_cast<std::size_t>(export_column)]
                                                 : export_column + 1;
    }

    const LinearNetwork& net_;
    NestedRows sums_;                              // no rows yet
    std::vector<std::int32_t> import_column_;      // [#column] of export columns
    std::vector<Directions> currents_, voltages_;  // [#node] of customers at or below, of monitors at or below
    std::vector<std::vector<std::int32_t>> flow_sum_, voltage_sum_;  // [#node][#direction] columns: exports, upper
    std::vector<std::vector<double>> path_sum_;                      // [#node][#voltage x #current] a_j
    std::vector<Directions::Found> class_of_;                        // [#monitor]
    std::vector<std::vector<Extent>> extent_;                        // [#node][#voltage]
};

}  // namespace headroom
