#include "formulations/flow/linear_network.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "formulations/flow/loop_currents.hpp"
#include "formulations/flow/network_builder.hpp"

namespace headroom {
namespace {

/// Currents along the tree, into every node, that injected ones cause; voltages into the network.
/// @param entry  [#entry] V
std::vector<PhaseVector> sweep(LinearNetwork& net, const std::vector<PhaseVector>& injected,
                               std::span<const Complex> entry = {}) {
    const std::size_t n = net.nodes.size();
    std::vector<PhaseVector> current(n, PhaseVector::Zero());
    for (std::size_t i = n; i-- > 0;) {
        const LinearNetwork::Node& node = net.nodes[i];
        current[i] -= injected[i];
        if (node.parent >= 0)
            current[static_cast<std::size_t>(node.parent)] += node.edge.turns.transpose() * current[i];
    }
    net.shunt_voltage_rise.assign(n, PhaseVector::Zero());
    for (std::size_t i = 1; i < n; ++i) {
        const LinearNetwork::Node& node = net.nodes[i];
        net.shunt_voltage_rise[i] = node.edge.turns * net.shunt_voltage_rise[static_cast<std::size_t>(node.parent)]
                                    - node.edge.impedance * current[i];
        for (std::size_t e = 0; e < entry.size(); ++e)
            if (net.entries[e].node == static_cast<std::int32_t>(i))
                net.shunt_voltage_rise[i][net.entries[e].phase] += entry[e];
    }
    return current;
}

/// [#node] A that shunts and line charging inject.
std::vector<PhaseVector> shunt_currents(const LinearNetwork& net) {
    std::vector<PhaseVector> injected(net.nodes.size(), PhaseVector::Zero());
    for (std::size_t i = 0; i < net.nodes.size(); ++i)
        for (int p = 0; p < 3; ++p)
            if (const LinearNetwork::Node& node = net.nodes[i]; node.flat[p] != Complex{})
                injected[i][p] = std::conj(node.shunt_power[p] / node.flat[p]);
    return injected;
}

/// Currents and voltages that shunts alone cause, and in loops turns that do not match: constant for the whole series.
void add_shunt_effects(LinearNetwork& net, const Region& region) {
    std::vector<PhaseVector> injected = shunt_currents(net);
    std::vector<PhaseVector> current = sweep(net, injected);
    if (!net.closures.empty()) {
        std::vector<PhaseVector> voltage = net.shunt_voltage_rise;
        for (std::size_t i = 0; i < voltage.size(); ++i) voltage[i] += net.nodes[i].flat;
        const LoopCurrents loops(net);
        if (const std::int64_t branch = loops.unsettled(); branch >= 0)
            throw InvalidFeeder(
                fmt::format("branch '{}' closes a loop without {}: nothing settles how power divides in it",
                            region.branch.id[static_cast<std::size_t>(branch)],
                            net.model == FlowModel::dc ? "reactance" : "impedance"));
        const std::vector<Complex> unknowns = loops.closing(voltage, current);
        loops.inject(unknowns, injected);
        current = sweep(net, injected, std::span(unknowns).subspan(loops.places().size()));
    }
    for (LinearNetwork::Thermal& thermal : net.thermals)
        thermal.shunt_flow +=
            (thermal.functional.transpose() * current[static_cast<std::size_t>(thermal.node)].conjugate())(0);
}

}  // namespace

PhaseVector LinearNetwork::unit_current(const Customer& customer) const {
    const PhaseVector& flat = nodes[static_cast<std::size_t>(customer.node)].flat;
    PhaseVector current = PhaseVector::Zero();
    for (int p = 0; p < 3; ++p)
        if (customer.share[p] != Complex{}) current[p] = std::conj(customer.share[p] / flat[p]);
    return current;
}

PhaseVector slack_voltage(const Region& region, const SeriesSet& series, std::size_t feeder, std::size_t step,
                          FlowModel model) {
    const std::size_t first = (step * region.feeder_count() + feeder) * 3;
    const auto present = region.bus.phases[static_cast<std::size_t>(region.feeder.slack_bus[feeder])];
    PhaseVector slack = PhaseVector::Zero();
    double squares = 0;
    int count = 0;
    for (std::size_t p = 0; p < 3; ++p) {
        if ((present >> p & 1U) == 0) continue;
        const double magnitude = series.slack_voltage[first + p];
        slack[static_cast<int>(p)] = std::polar(magnitude, series.slack_angle[first + p] * std::numbers::pi / 180.0);
        squares += magnitude * magnitude;
        ++count;
    }
    if (!is_balanced(model)) return slack;
    return {std::sqrt(squares / count), Complex{}, Complex{}};
}

LinearNetwork linear_network(const Region& region, std::int64_t feeder, FlowModel model, Monitoring monitoring,
                             TapPositions taps) {
    const FeederTree tree = feeder_tree(region, feeder);
    LinearNetwork net = is_balanced(model) ? build_balanced(region, feeder, tree, monitoring, model, taps)
                                           : build_three_phase(region, feeder, tree, monitoring, taps);
    net.model = model;
    net.taps = taps;
    add_shunt_effects(net, region);
    return net;
}

}  // namespace headroom
