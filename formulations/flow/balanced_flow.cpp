// The balanced network of lin_dist_flow.md and dc.md: the three-phase one seen by one phase that stands for all.

#include <bit>
#include <cmath>
#include <utility>
#include <vector>

#include "formulations/flow/network_builder.hpp"

namespace headroom {
namespace {

constexpr double phase_count = 3.0;  // per-phase powers are a third of the total, whatever phases a branch has

/// Mean of the magnitudes of the phases that have supply.
double mean_magnitude(const PhaseVector& v) {
    double sum = 0;
    int count = 0;
    for (int p = 0; p < 3; ++p)
        if (v[p] != Complex{}) sum += std::abs(v[p]), ++count;
    return count > 0 ? sum / count : 0.0;
}

int conductors(const Region& region, std::int64_t branch) {
    return std::popcount(static_cast<unsigned>(region.branch.phases[static_cast<std::size_t>(branch)] & phase::abc));
}

/// Positive-sequence impedance: mean of the diagonal less mean of the off-diagonal entries of the phases present; for a
/// single phase its self impedance.
Complex positive_sequence(const PhaseMatrix& z) {
    Complex diagonal{}, coupling{};
    int count = 0;
    for (int i = 0; i < 3; ++i) {
        if (z(i, i) == Complex{}) continue;
        diagonal += z(i, i);
        ++count;
        for (int j = 0; j < 3; ++j)
            if (j != i && z(j, j) != Complex{}) coupling += z(i, j);
    }
    if (count == 0) return {};
    diagonal /= static_cast<double>(count);
    return count == 1 ? diagonal : diagonal - coupling / static_cast<double>(count * (count - 1));
}

PhaseVector on_phase_a(Complex value) { return {value, Complex{}, Complex{}}; }

LinearNetwork::Node collapse(const LinearNetwork::Node& node, const LinearNetwork& balanced, const LinearNetwork& three,
                             FlowModel model) {
    LinearNetwork::Node result{.bus = node.bus,
                               .parent = node.parent,
                               .edge = {},
                               .from_slack = TurnsMatrix::Zero(),
                               .flat = on_phase_a(mean_magnitude(node.flat)),
                               .shunt_power = on_phase_a(node.shunt_power.sum() / phase_count)};
    if (node.parent < 0) {
        result.from_slack(0, 0) = 1.0;
        return result;
    }
    const auto parent = static_cast<std::size_t>(node.parent);
    const double ratio = mean_magnitude(node.flat) / mean_magnitude(three.nodes[parent].flat);
    result.edge.turns(0, 0) = std::abs(ratio - 1.0) < 1e-12 ? 1.0 : ratio;
    const Complex impedance = positive_sequence(node.edge.impedance);
    result.edge.impedance(0, 0) = model == FlowModel::dc ? Complex(0, impedance.imag()) : impedance;
    result.from_slack(0, 0) = result.edge.turns(0, 0) * balanced.nodes[parent].from_slack(0, 0);
    return result;
}

void add_monitor(LinearNetwork& net, const Region& region, std::int32_t node, std::vector<char>& monitored) {
    if (std::exchange(monitored[static_cast<std::size_t>(node)], 1) != 0) return;
    const auto bus = static_cast<std::size_t>(net.nodes[static_cast<std::size_t>(node)].bus);
    net.monitors.push_back({node, on_phase_a(1.0), region.bus.base_voltage[bus], region.bus.voltage_min[bus],
                            region.bus.voltage_max[bus], "abc"});
}

void add_thermals(LinearNetwork& net, const LinearNetwork& three, const Region& region, const FeederTree& tree,
                  std::int32_t node) {
    const auto i = static_cast<std::size_t>(node);
    const auto& parent = three.nodes[static_cast<std::size_t>(net.nodes[i].parent)];
    int all = 0;  // branches side by side share the power by their phases
    for (std::int32_t e = tree.branch_start[i]; e < tree.branch_start[i + 1]; ++e)
        all += conductors(region, tree.branches[static_cast<std::size_t>(e)]);
    for (std::int32_t e = tree.branch_start[i]; e < tree.branch_start[i + 1]; ++e) {
        const std::int64_t branch = tree.branches[static_cast<std::size_t>(e)];
        const auto k = static_cast<std::size_t>(branch);
        const int own = conductors(region, branch);
        const Complex charging = charging_power(region, branch, parent).sum();
        const PhaseVector functional = on_phase_a(phase_count * own / all * net.nodes[i].flat[0]);
        const double amperes = region.branch.rating_current[k], total = region.branch.rating_power[k];
        const double base = region.bus.base_voltage[static_cast<std::size_t>(parent.bus)];
        const auto add = [&](double limit, RowKind kind) {
            net.thermals.push_back({node, functional, -charging, limit, branch, parent.bus, kind, "abc"});
        };
        if (!std::isnan(amperes)) add(own * amperes * base, RowKind::branch_phase);
        if (!std::isnan(total)) add(total, RowKind::branch_total);
    }
}

}  // namespace

LinearNetwork build_balanced(const Region& region, std::int64_t feeder, const FeederTree& tree, Monitoring monitoring,
                             FlowModel model, TapPositions taps) {
    const LinearNetwork three = build_three_phase(region, feeder, tree, Monitoring::customers, taps);
    LinearNetwork net;
    for (const LinearNetwork::Node& node : three.nodes) net.nodes.push_back(collapse(node, net, three, model));
    net.closures = three.closures;  // a phase that enters elsewhere is one of a bus that has others
    for (const LinearNetwork::Customer& customer : three.customers)
        net.customers.push_back({customer.customer, customer.node, on_phase_a(1.0 / phase_count)});
    for (std::int32_t node = 1; node < tree.size(); ++node) add_thermals(net, three, region, tree, node);
    if (model == FlowModel::dc) return net;  // power alone: no voltages
    std::vector<char> monitored(net.nodes.size(), 0);
    for (const LinearNetwork::Customer& customer : net.customers) add_monitor(net, region, customer.node, monitored);
    if (monitoring == Monitoring::all)
        for (std::int32_t node = 1; node < tree.size(); ++node)
            if (tree.closes[static_cast<std::size_t>(node)] < 0) add_monitor(net, region, node, monitored);
    return net;
}

}  // namespace headroom
