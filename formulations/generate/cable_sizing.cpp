#include "formulations/generate/cable_sizing.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

std::vector<int> customers_behind(const GrownTree& tree) {
    std::vector<int> behind(tree.size(), 0);
    for (const std::int32_t bus : tree.customer_bus) ++behind[static_cast<std::size_t>(bus)];
    for (std::size_t bus = tree.size() - 1; bus > 0; --bus)
        behind[static_cast<std::size_t>(tree.parent[bus])] += behind[bus];
    return behind;
}

/// Of the fullest phase: what a third of the customers leaves, and a standard deviation of the spread more.
double design_current(int customers, const DesignRule& rule) {
    const double third = customers / 3.0;
    return rule.current_per_customer * (third + std::sqrt(third));
}

/// Number in the family of the thinnest cable that carries the current.
std::size_t thinnest(std::span<const std::size_t> family, double current) {
    std::size_t size = 0;
    while (size + 1 < family.size() && cable_types()[family[size]].rating < current) ++size;
    return size;
}

/// Largest drop to a joint, V.
double largest_drop(const GrownTree& tree, const std::vector<double>& current, const std::vector<std::size_t>& cable) {
    std::vector<double> drop(tree.size(), 0);
    double largest = 0;
    for (std::size_t bus = 1; bus < tree.size(); ++bus) {
        if (tree.role[bus] != BranchRole::main) continue;
        const CableType& type = cable_types()[cable[bus]];
        const double r = 1e-3 * (2 * type.r1 + type.r0) / 3, x = 1e-3 * (2 * type.x1 + type.x0) / 3;
        drop[bus] = drop[static_cast<std::size_t>(tree.parent[bus])]
                    + current[bus] * tree.length[bus] * (r + 0.33 * x);  // power factor 0.95
        largest = std::max(largest, drop[bus]);
    }
    return largest;
}

}  // namespace

std::vector<std::size_t> size_mains(const GrownTree& tree, CableFamily family, const DesignRule& rule) {
    const auto types = mains_of(family);
    const std::vector<int> behind = customers_behind(tree);
    std::vector<double> current(tree.size(), 0);
    for (std::size_t bus = 1; bus < tree.size(); ++bus) current[bus] = design_current(behind[bus], rule);

    std::vector<std::size_t> cable(tree.size(), 0);
    for (std::size_t thicker = 0; thicker < types.size(); ++thicker) {
        for (std::size_t bus = 1; bus < tree.size(); ++bus)
            if (tree.role[bus] != BranchRole::service)
                cable[bus] = types[std::min(thinnest(types, current[bus]) + thicker, types.size() - 1)];
        if (largest_drop(tree, current, cable) <= rule.voltage_drop_max) break;
    }
    return cable;
}

}  // namespace headroom
