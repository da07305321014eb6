#pragma once

#include <cstddef>
#include <vector>

#include "formulations/generate/cable_types.hpp"
#include "formulations/generate/tree_growth.hpp"

namespace headroom {

/// What a planner designs mains for.
struct DesignRule {
    double current_per_customer;  ///< A per phase and customer of that phase, after diversity
    double voltage_drop_max;      ///< V, phase to neutral, from busbar to the last joint
};

/// Cable type above each bus of the tree: mains and stubs out of the family, the thinnest that carry the customers
/// behind them, then all of them one size thicker until the drop is small enough or there is none thicker. Entries of
/// services are left at 0.
///
/// Customers are spread over the phases as they come: a third on each, and more than that on the fullest where they
/// are few.
std::vector<std::size_t> size_mains(const GrownTree& tree, CableFamily family, const DesignRule& rule);

}  // namespace headroom
