#include "formulations/flow/tree_solution.hpp"

namespace headroom {

TreeSolution solve_tree(const LinearNetwork& net, const std::vector<Complex>& power, const PhaseVector& slack) {
    const std::size_t n = net.nodes.size();
    TreeSolution solution{std::vector<PhaseVector>(n, PhaseVector::Zero()),
                          std::vector<PhaseVector>(n, PhaseVector::Zero())};
    for (std::size_t c = 0; c < net.customers.size(); ++c) {
        const auto& customer = net.customers[c];
        solution.current[static_cast<std::size_t>(customer.node)] -= std::conj(power[c]) * net.unit_current(customer);
    }
    for (std::size_t i = n; i-- > 1;)
        solution.current[static_cast<std::size_t>(net.nodes[i].parent)] +=
            net.nodes[i].edge.turns.transpose() * solution.current[i];
    solution.voltage[0] = net.nodes[0].from_slack * slack;
    for (std::size_t i = 1; i < n; ++i) {
        const auto& node = net.nodes[i];
        solution.voltage[i] = node.edge.turns * solution.voltage[static_cast<std::size_t>(node.parent)]
                              - node.edge.impedance * solution.current[i];
    }
    return solution;
}

std::vector<PhaseVector> expand_voltages(const ReducedNetwork& reduced, const TreeSolution& solution) {
    std::vector<PhaseVector> voltage;
    voltage.reserve(reduced.expansion.size());
    for (const ReducedNetwork::Expansion& e : reduced.expansion) {
        PhaseVector v = e.along * solution.voltage[static_cast<std::size_t>(e.parent)];
        if (e.child >= 0) v -= e.drop * solution.current[static_cast<std::size_t>(e.child)];
        voltage.push_back(v);
    }
    return voltage;
}

}  // namespace headroom
