#include "formulations/flow/network_builder.hpp"

#include <fmt/format.h>

#include <cmath>

namespace headroom {

std::int32_t node_of(const Region& region, std::int64_t feeder, const RadialTree& tree, std::int32_t bus) {
    return tree.node_of_bus[static_cast<std::size_t>(bus - region.feeder.bus_offset[static_cast<std::size_t>(feeder)])];
}

std::vector<std::int64_t> energised_customers(const Region& region, std::int64_t feeder, const RadialTree& tree) {
    const auto f = static_cast<std::size_t>(feeder);
    std::vector<std::int64_t> result;
    for (std::int64_t c = region.feeder.customer_offset[f]; c < region.feeder.customer_offset[f + 1]; ++c) {
        const auto k = static_cast<std::size_t>(c);
        if (node_of(region, feeder, tree, region.customer.bus[k]) >= 0) {
            result.push_back(c);
        } else if (region.customer.active[k] != 0) {
            throw InvalidFeeder(fmt::format("active customer '{}' at bus '{}' has no supply", region.customer.id[k],
                                            region.bus.id[static_cast<std::size_t>(region.customer.bus[k])]));
        }
    }
    return result;
}

PhaseVector balanced_rotation() {
    const double h = std::sqrt(3.0) / 2;
    return {Complex(1, 0), Complex(-0.5, -h), Complex(-0.5, h)};
}

}  // namespace headroom
