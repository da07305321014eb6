#include "formulations/flow/network_builder.hpp"

#include <fmt/format.h>

#include <cmath>

namespace headroom {

std::int32_t node_of(const Region& region, std::int64_t feeder, const FeederTree& tree, std::int32_t bus) {
    return tree.node_of_bus[static_cast<std::size_t>(bus - region.feeder.bus_offset[static_cast<std::size_t>(feeder)])];
}

std::vector<std::int64_t> energised_customers(const Region& region, std::int64_t feeder, const FeederTree& tree) {
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

PhaseVector directions(const PhaseVector& v) {
    PhaseVector result = PhaseVector::Zero();
    for (int p = 0; p < 3; ++p)
        if (v[p] != Complex{}) result[p] = v[p] / std::abs(v[p]);
    return result;
}

PhaseVector admittance_power(const Region& region, const LinearNetwork::Node& node, const ConductorMatrix& g,
                             const ConductorMatrix& b, std::uint8_t phases) {
    const PhaseVector nominal = region.bus.base_voltage[static_cast<std::size_t>(node.bus)] * directions(node.flat);
    PhaseVector power = PhaseVector::Zero();
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
            if ((phases >> i & 1) == 0 || (phases >> j & 1) == 0) continue;
            const auto p = static_cast<int>(i), q = static_cast<int>(j);
            power[p] -= nominal[p] * std::conj(Complex(g[i][j], b[i][j]) * nominal[q]);
        }
    return power;
}

PhaseVector charging_power(const Region& region, std::int64_t branch, const LinearNetwork::Node& node) {
    const auto k = static_cast<std::size_t>(branch);
    if (region.branch.line_code[k] < 0) return PhaseVector::Zero();
    const auto code = static_cast<std::size_t>(region.branch.line_code[k]);
    return 0.5 * region.branch.length[k]
           * admittance_power(region, node, region.line_code.g[code], region.line_code.b[code],
                              region.branch.phases[k]);
}

PhaseVector balanced_rotation() {
    const double h = std::sqrt(3.0) / 2;
    return {Complex(1, 0), Complex(-0.5, -h), Complex(-0.5, h)};
}

}  // namespace headroom
